"""The confusion matrix, read from its artists."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import DATA, LAB, assert_all_inside, assert_texts_apart, random_network, texts
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from sklearn.metrics import confusion_matrix

from classlens import plot
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError
from classlens.view.displays.confusion import ConfusionDisplay

RNG = np.random.default_rng(0)


def numbers(display: ConfusionDisplay, *, title: str | None = None) -> dict[tuple[int, int], str]:
    """What is written in the cells, by row and column; a cell's lines follow each other."""
    ax = Figure(figsize=(9, 9)).add_subplot()
    display.plot(ax, title=title)
    size = len(display.counts)
    found: dict[tuple[int, int], str] = {}
    for text in ax.texts:
        if text.get_transform() == ax.transData:
            column, up = text.get_position()
            cell = (int(size - up), int(column))
            found[cell] = f"{found.get(cell, '')} {text.get_text()}".strip()
    return found


def display_of(counts: object) -> ConfusionDisplay:
    table = np.array(counts, np.int64)
    return ConfusionDisplay(table, tuple(f"c{index}" for index in range(len(table))))


def test_the_counts_are_scikit_learn_s() -> None:
    X, y = RNG.normal(size=(300, 2)), RNG.integers(0, 4, 300)
    network = random_network([2, 6, 4], 2)
    expected = confusion_matrix(y, network.predict(X.astype(np.float32)), labels=range(4))
    np.testing.assert_array_equal(plot.confusion(network, (X, y)).counts, expected)


def test_counts_and_shares_stand_where_they_belong() -> None:
    display = display_of([[997, 1, 0], [20, 60, 20], [0, 0, 0]])
    assert numbers(display) == {
        (0, 0): "997 >99%",
        (0, 1): "1 <1%",
        (1, 0): "20 20%",
        (1, 1): "60 60%",
        (1, 2): "20 20%",
    }
    (ax,) = display.figure().axes
    assert {">99% of 998", "60% of 100", "no examples", "true class", "predicted class"} <= set(
        texts(ax)
    )
    assert "1,057 of 1,098 examples right, 96%; blue is right, brown is wrong" in texts(ax)


def test_right_is_blue_and_wrong_is_brown_and_the_deeper_the_more() -> None:
    (ax,) = display_of([[90, 10, 0], [50, 50, 0], [0, 0, 7]]).figure().axes
    (image,) = ax.images
    colours = np.asarray(image.get_array()).astype(int)[..., :3]
    bluer = colours[..., 2] - colours[..., 0]
    light = colours.sum(axis=2)
    assert (np.diag(bluer) > 0).all()
    assert bluer[0, 1] < 0 > bluer[1, 0]
    assert light[2, 2] < light[0, 0] < light[1, 1]
    assert light[1, 0] < light[0, 1] < light[0, 2]


def test_the_numbers_can_be_read_on_their_colours() -> None:
    """The contrast of the web's accessibility rules, of large text: 3 to 1."""

    def luminance(colour: object) -> float:
        part = np.asarray(colour, float)
        part = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
        return float(part @ [0.2126, 0.7152, 0.0722])

    for share in (1, 20, 40, 60, 62, 63, 65, 80, 99):
        (ax,) = display_of([[share, 100 - share], [share, 100 - share]]).figure().axes
        pixels = np.asarray(ax.images[0].get_array())[..., :3] / 255
        for text in ax.texts:
            if text.get_transform() == ax.transData:
                column, up = text.get_position()
                pair = (
                    luminance(pixels[int(2 - up), int(column)]),
                    luminance(to_rgb(text.get_color())),
                )
                assert (max(pair) + 0.05) / (min(pair) + 0.05) > 3


@pytest.mark.parametrize("classes", [1, 2, 7, 13, 20, 30])
def test_nothing_is_cut_and_nothing_overlaps(classes: int) -> None:
    counts = np.where(RNG.random((classes, classes)) < 0.15, RNG.integers(0, 99), 0)
    counts[np.diag_indices(classes)] = 123_456
    names = tuple(f"a rather long name, number {index}" for index in range(classes))
    figure = ConfusionDisplay(counts.astype(np.int64), names).figure()
    assert_all_inside(figure)
    assert_texts_apart(figure)


def test_of_very_many_classes_those_with_the_most_mistakes() -> None:
    counts = np.diag(np.full(50, 9))
    for index in range(20, 50):
        counts[index, 19] = index - 10
    display = display_of(counts)
    (ax,) = display.figure().axes
    # The last class with mistakes of its own has to make room for the class that all are taken for.
    assert display._shown() == [19, *range(21, 50)]
    assert "\nthe 30 classes with the most mistakes of 50" in " ".join(texts(ax))
    assert "c20" not in texts(ax)


def test_classes_that_are_not_in_the_data_have_their_row() -> None:
    some = DATA.y > 1
    display = plot.confusion(LAB, (DATA.X[some], DATA.y[some]))
    assert display.counts.sum(axis=1).tolist() == [0, 0, *np.bincount(DATA.y)[2:].tolist()]


def test_what_it_cannot_draw() -> None:
    with pytest.raises(DataError, match=r"data must be a Dataset or a pair"):
        plot.confusion(LAB, None)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="data must have the network's classes, c0, c1, c2"):
        plot.confusion(LAB, Dataset([[1.0, 2.0]], [4], tuple("abcde")))


def test_the_heading_may_be_one_s_own() -> None:
    (ax,) = plot.confusion(LAB, DATA).figure().axes
    assert "Which classes are taken for which" in texts(ax)
    own = Figure().add_subplot()
    plot.confusion(LAB, DATA).plot(own, title="Mine")
    assert "Mine" in texts(own)
