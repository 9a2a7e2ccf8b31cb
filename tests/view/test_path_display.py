"""One example's way, read from its artists."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import DATA, LAB, assert_texts_apart, legend_texts, places, random_network, texts

from classlens import plot
from classlens.data.dataset import Dataset

NETWORK = random_network([2, 5, 4, 3], 3)
X = np.array([0.5, -0.25])
PATH = plot.path(NETWORK, X)
MINUS = "\N{MINUS SIGN}"


def bars(ax, label):
    """Where a panel's bars begin and where they end, from the top."""
    (found,) = [each for each in ax.collections if each.get_label() == label]
    return np.array([path.vertices[:2, 0] for path in found.get_paths()])


def widths(ax):
    """The lengths of a panel's bars from the top, those behind them left out."""
    label = "adds" if "adds to the lead" in texts(ax) else "value"
    return np.diff(bars(ax, label), axis=1)[:, 0]


def number(text):
    return float(text.replace(MINUS, "-"))


def columns(figure):
    """The panels with values, and those with what adds to the lead."""
    adds = [ax for ax in figure.axes if "adds to the lead" in texts(ax)]
    return [ax for ax in figure.axes if ax not in adds], adds


def test_the_bars_are_the_network_s_values() -> None:
    values, _ = columns(PATH.figure())
    expected = [X, *(layer.activation[0] for layer in NETWORK.forward(X[None]))]
    for ax, numbers in zip(values, expected, strict=True):
        np.testing.assert_allclose(widths(ax), numbers)


def test_dots_are_the_pre_activations() -> None:
    values, _ = columns(PATH.figure())
    for ax, layer in zip(values[1:-1], NETWORK.forward(X[None])[:-1], strict=True):
        np.testing.assert_allclose(places(ax, "before")[:, 0], layer.pre_activation[0])


def test_in_each_place_the_parts_add_up_to_the_lead() -> None:
    _, adds = columns(PATH.figure())
    logits = np.sort(NETWORK.logits(X[None])[0])
    assert len(adds) == 3
    for ax in adds:
        assert sum(widths(ax)) == pytest.approx(logits[-1] - logits[-2])


def test_the_heading_and_the_note() -> None:
    found = PATH.path
    said = texts(PATH.figure().axes[0])
    winner, second = f"c{found.winner}", f"c{found.runner_up}"
    share = 100 * NETWORK.predict_proba(X[None])[0].max()
    assert any(text.startswith(f"An example's way to {winner} ({share:.3g} %)") for text in said)
    assert any(
        f"lead of {winner}'s logit over {second}'s: {found.lead:.3g}" in text for text in said
    )
    assert found.flip is not None
    assert any(f"{found.flip.distance:.3g}" in text for text in said)


def test_of_many_rows_the_largest_are_named_and_the_rest_summed() -> None:
    network = random_network([30, 64, 10], 1)
    x = np.random.default_rng(0).normal(size=30)
    display = plot.path(network, x)
    _, adds = columns(display.figure())
    for ax, found in zip(adds, display.path.contributions, strict=True):
        drawn = widths(ax)
        order = np.argsort(-np.abs(found.parts))
        np.testing.assert_allclose(drawn[:9], found.parts[order[:9]])
        assert drawn[9] == pytest.approx(found.parts[order[9:]].sum())
        assert drawn[10] == pytest.approx(found.rest)
    said = texts(display.figure().axes[0])
    assert "21 more" in said
    assert "biases" in said


def test_of_many_classes_the_rest_s_softmax_is_summed() -> None:
    network = random_network([2, 3, 15], 1)
    outputs = plot.path(network, X).figure().axes[-1]
    share = np.sort(network.predict_proba(X[None])[0])[:-9].sum()
    assert "6 more" in texts(outputs)
    said = next(text for text in texts(outputs) if text.startswith("together "))
    assert number(said.split()[1].lstrip("<")) == pytest.approx(max(100 * share, 0.1), rel=0.01)


def test_the_data_s_range_lies_behind() -> None:
    figure = plot.path(LAB, DATA.X[0], DATA).figure()
    values, _ = columns(figure)
    activations = LAB.forward(DATA.X)[0].activation
    expected = np.stack((activations.min(axis=0), activations.max(axis=0)), axis=1)
    np.testing.assert_allclose(bars(values[1], "range"), expected)
    assert "range over the data" in legend_texts(figure.axes[-1])


def test_a_curved_network_tells_only_what_is_exact() -> None:
    smooth = random_network([2, 4, 3, 2], 1, activations=["tanh", "tanh", "linear"])
    _, adds = columns(plot.path(smooth, X).figure())
    assert len(adds) == 1


def test_without_a_hidden_layer() -> None:
    figure = plot.path(random_network([3, 4], 1), np.ones(3)).figure()
    assert len(figure.axes) == 3
    assert "before the activation" not in legend_texts(figure.axes[-1])


def test_a_single_class_has_no_lead() -> None:
    figure = plot.path(random_network([2, 3, 1], 1), X).figure()
    assert not columns(figure)[1]
    assert any("a single class" in text for text in texts(figure.axes[0]))


def test_names() -> None:
    data = Dataset(DATA.X, DATA.y, tuple("abcd"), ("height", "width"))
    figure = plot.path(LAB, DATA.X[0], data).figure()
    assert {"height", "width"} <= set(texts(figure.axes[0]))
    assert {"a", "d"} <= set(texts(figure.axes[-1]))


# A notebook's cell is 800 to 1000 pixels wide; a wider picture's letters are shrunk.
CELL = 1000
LONG = tuple(f"a rather long name {number:02}" for number in range(13))
SHAPES = {
    "the lab": ([2, 2, 4], {}),
    "two layers": ([2, 8, 8, 5], {}),
    "a table": ([13, 8, 3], {"feature_names": LONG}),
    "deep": ([2, 3, 3, 3, 3, 3, 2], {}),
}


@pytest.mark.parametrize("case", SHAPES)
def test_it_fits_a_notebook_s_cell(case: str) -> None:
    sizes, names = SHAPES[case]
    X = np.random.default_rng(0).normal(size=(40, sizes[0]))
    data = Dataset(X, np.arange(40) % sizes[-1], **names)
    figure = plot.path(random_network(sizes, 1), X[0], data).figure()
    assert_texts_apart(figure)
    assert figure.get_size_inches()[0] * figure.dpi <= CELL
    # It is read line by line, and the bars of each line's first place begin at one edge.
    values, _ = columns(figure)
    corners = [(-round(ax.get_position().y1, 3), ax.get_position().x0) for ax in values]
    assert corners == sorted(corners)
    firsts = [min(x for top, x in corners if top == line) for line, _ in corners]
    assert np.ptp(firsts) < 1e-6


def test_the_legend_stands_under_the_outputs_where_there_is_no_room_beside_them() -> None:
    beside, below = (plot.path(random_network(sizes, 1), X) for sizes in ([2, 2, 4], [2, 2, 2, 5]))
    for display, under in ((beside, False), (below, True)):
        outputs = display.figure().axes[-1]
        first = next(each for each in outputs.texts if each.get_label() == "legend")
        assert (first.get_window_extent().y1 < outputs.bbox.y0) == under


def test_a_network_without_anything_to_explain() -> None:
    network = random_network([2, 1], 1)
    assert not legend_texts(plot.path(network, X).figure().axes[-1])
