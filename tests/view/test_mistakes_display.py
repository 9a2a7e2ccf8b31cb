"""The most confident mistakes, read from their artists."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special
from drawn import DATA, LAB, assert_all_inside, assert_texts_apart, random_network, texts

from classlens import plot
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError
from classlens.network import Network

RNG = np.random.default_rng(0)


def pictures(*shape: int, samples: int = 40, names: tuple[str, ...] = ()) -> Dataset:
    pixels = RNG.random((samples, int(np.prod(shape)))) * 255
    return Dataset(pixels, np.arange(samples) % 3, names, image_shape=shape)


def test_the_surest_come_first_with_their_shares() -> None:
    data = pictures(4, 4)
    network = random_network([16, 3], 1, classes=["cat", "dog", "owl"])
    named = Dataset(data.X / 255, data.y, ("cat", "dog", "owl"), image_shape=(4, 4))
    display = plot.mistakes(network, named, count=5)
    shares = scipy.special.softmax(
        named.X @ network.layers[0].kernel + network.layers[0].bias, axis=1
    )
    wrong = np.flatnonzero(shares.argmax(axis=1) != named.y)
    worst = wrong[np.argsort(-shares.max(axis=1)[wrong])][:5]
    assert [each.row for each in display.mistakes] == worst.tolist()
    assert (display.wrong, display.samples) == (len(wrong), 40)
    np.testing.assert_allclose(display.own, shares[worst, named.y[worst]], rtol=1e-5)
    for ax, row in zip(display.figure().axes, worst.tolist(), strict=True):
        example, true, said, *heading = texts(ax)
        assert example == f"example {row}"
        assert true.startswith(f"is {named.class_names[named.y[row]]}, ")
        assert said.startswith(f"as {named.class_names[int(shares[row].argmax())]}, ")
        assert bool(heading) == (row == worst[0])


def test_black_is_the_data_s_least_and_white_its_greatest() -> None:
    data = Dataset([[0, 16, 4, 8], [0, 4, 4, 4]], [0, 0], ("a", "b"), image_shape=(2, 2))
    network = Network.from_arrays([np.eye(4)[:, :2]], [[5.0, 0.0]])
    (ax,) = plot.mistakes(network, data, count=1).figure().axes
    (image,) = ax.images
    assert image.origin == "upper"
    assert np.asarray(image.get_array()).tolist() == [[0, 1], [0.25, 0.5]]
    assert image.get_clim() == (0, 1)


def test_colours_stay_colours() -> None:
    display = plot.mistakes(random_network([2 * 3 * 3, 3]), pictures(2, 3, 3), count=2)
    shapes = [np.shape(image.get_array()) for ax in display.figure().axes for image in ax.images]
    assert shapes == [(2, 3, 3)] * 2


@pytest.mark.parametrize("shape", [(8, 8), (3, 30), (30, 3), (5, 4, 3)])
@pytest.mark.parametrize("count", [1, 8])
def test_nothing_is_cut_and_nothing_overlaps(shape: tuple[int, ...], count: int) -> None:
    names = ("a class of a long name", "another one, $and$ more", "猫")
    data = pictures(*shape, names=names)
    network = random_network([data.features, 3], classes=names)
    figure = plot.mistakes(network, data, count=count).figure()
    assert_all_inside(figure)
    assert_texts_apart(figure)
    assert len(figure.axes) == count


def test_no_mistake() -> None:
    data = Dataset(np.eye(4), range(4), image_shape=(2, 2))
    display = plot.mistakes(Network.from_arrays([np.eye(4)], [np.zeros(4)]), data)
    assert repr(display) == "MistakesDisplay(0 among 4 examples)"
    (ax,) = display.figure().axes
    assert texts(ax) == ["The most confident mistakes", "none: all of 4 examples are right"]
    assert not ax.images


def test_how_many_are_told() -> None:
    (first, *_) = plot.mistakes(random_network([16, 3]), pictures(4, 4), count=3).figure().axes
    assert any(text.startswith("3 of ") for text in texts(first))
    few = Dataset(np.eye(4), [1, 1, 2, 3], tuple("abcd"), image_shape=(2, 2))
    (ax,) = plot.mistakes(Network.from_arrays([np.eye(4)], [np.zeros(4)]), few).figure().axes
    assert any(text.startswith("1 mistake among 4 examples; ") for text in texts(ax))


def test_what_it_cannot_draw() -> None:
    with pytest.raises(ArgumentError, match="inputs must be a picture's pixels"):
        plot.mistakes(LAB, DATA)
    with pytest.raises(DataError, match="data must be a Dataset or a pair"):
        plot.mistakes(LAB, None)  # type: ignore[arg-type]
    for count in (0, 61, 1.5):
        with pytest.raises(ArgumentError, match=r"count must be a whole number .*\. Got "):
            plot.mistakes(random_network([16, 3]), pictures(4, 4), count=count)  # type: ignore
