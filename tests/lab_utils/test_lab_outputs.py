"""The output units over the hidden space."""

from __future__ import annotations

import numpy as np
import pytest
from lab_pictures import TRACE, A, Y, assert_one_scale, blobs, grid_of, scattered, segments, texts

from classlens.lab_utils import plt_output_layer_linear

slow = pytest.mark.slow

W2, B2 = TRACE["fW2"], TRACE["fb2"]
RANGES = {
    "x0_rng": (-0.25, np.amax(A[:, 0])),
    "x1_rng": (-0.25, np.amax(A[:, 1])),
}


def titles(figure):
    return [said for ax in figure.axes for said in texts(ax) if said.startswith("Linear Output")]


def shared(figure):
    """What is said of places that several examples share, panel by panel."""
    return [[said for said in texts(ax) if "\N{MULTIPLICATION SIGN}" in said] for ax in figure.axes]


def names(figure):
    return [
        name for ax in figure.axes for name in (ax.get_xlabel(), ax.get_ylabel()) if "a[1]" in name
    ]


def test_the_lab():
    figure = plt_output_layer_linear(A, Y.reshape(-1), W2, B2, 4, **RANGES)
    assert titles(figure) == [f"Linear Output Unit {unit}" for unit in range(4)]
    assert names(figure) == ["a[1]0", "a[1]1"]
    panels = figure.axes[:4]
    logits = [grid_of(ax) @ W2 + B2 for ax in panels]
    assert_one_scale(panels, [each[:, unit] for unit, each in enumerate(logits)])
    for unit, ax in enumerate(panels):
        assert ax.get_xlim() == pytest.approx(RANGES["x0_rng"])
        assert ax.get_ylim() == pytest.approx(RANGES["x1_rng"])
        assert np.allclose(scattered(ax)["c3"], A[Y == 3])
        at = segments(ax, "boundary").reshape(-1, 2) @ W2 + B2
        others = np.delete(at, unit, axis=1).max(axis=1)
        assert np.abs(at[:, unit] - others).max() < 1e-4


def test_the_one_blue_dot_is_counted():
    """Against a count of equal rows."""
    places, counts = np.unique(A[Y == 0], axis=0, return_counts=True)
    assert (places.tolist(), counts.tolist()) == ([[0.0, 0.0]], [25])
    said = shared(plt_output_layer_linear(A, Y, W2, B2, 4, **RANGES))
    assert said[0] == ["25 \N{MULTIPLICATION SIGN} c0 at (0, 0)"]
    assert not any(said[1:])


@pytest.mark.parametrize(("classes", "units"), [(2, 1), (3, 2), (5, 3), (12, 7), (1, 2)])
def test_any_number_of_classes_and_units(classes, units):
    places, y = blobs(classes)
    rng = np.random.default_rng(units)
    hidden = np.maximum(0, places @ rng.normal(size=(2, units)))
    kernel, bias = rng.normal(size=(units, classes)), rng.normal(size=classes)
    figure = plt_output_layer_linear(hidden, y, kernel, bias, classes)
    assert titles(figure) == [f"Linear Output Unit {unit}" for unit in range(classes)]
    panels = figure.axes[:classes]
    held = hidden.mean(axis=0)
    values = []
    for unit, ax in enumerate(panels):
        plane = grid_of(ax)
        points = np.tile(held, (len(plane), 1))
        points[:, :2] = plane[:, : min(units, 2)]
        values.append((points @ kernel + bias)[:, unit])
        drawn = np.concatenate(list(scattered(ax).values()))
        assert np.allclose(np.sort(drawn[:, 0]), np.sort(hidden[:, 0]), atol=1e-4)
    assert_one_scale(panels, values)
    said = "".join(said for ax in figure.axes for said in texts(ax))
    assert ("held at the examples' mean" in said) == (units > 2)


def test_a_single_hidden_unit_has_the_classes_apart():
    places = [[0.0], [0.0], [0.0], [2.0], [3.0]]
    figure = plt_output_layer_linear(places, [0, 0, 0, 1, 1], [[-1.0, 1.0]], [1.0, 0.0], 2)
    corner = figure.axes[0]
    assert (corner.get_xlabel(), corner.get_ylabel()) == ("a[1]0", "class")
    assert scattered(corner)["c1"].tolist() == [[2.0, 1.0], [3.0, 1.0]]
    assert segments(corner, "boundary")[..., 0] == pytest.approx(0.5)
    assert shared(figure)[0] == ["3 \N{MULTIPLICATION SIGN} c0 at 0"]


def test_a_dead_hidden_unit_is_said_to_be_dead():
    figure = plt_output_layer_linear(A * [1, 0], Y, W2, B2, 4)
    assert names(figure) == ["a[1]0", "a[1]1 (dead: 0 for all examples)"]


def test_the_ranges_of_the_examples_where_none_are_given():
    far = A + 1000
    figure = plt_output_layer_linear(far, Y, W2, B2, 4, x1_rng=(990, 1020))
    ax = figure.axes[0]
    assert ax.get_xlim()[0] < far[:, 0].min() < far[:, 0].max() < ax.get_xlim()[1]
    assert ax.get_ylim() == (990, 1020)


@slow
def test_more_outputs_than_fit_a_picture():
    figure = plt_output_layer_linear(A, Y, np.ones((2, 70)), np.arange(70.0), 4)
    assert len(titles(figure)) == 64
    assert "Output layer: 70 linear units, the first 64" in texts(figure.axes[0])
