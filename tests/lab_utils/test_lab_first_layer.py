"""The first layer's units, and any function, over the plane."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from lab_pictures import (
    FAR,
    TRACE,
    X,
    Y,
    assert_one_scale,
    blobs,
    grid_of,
    holds,
    scattered,
    segments,
    texts,
)

from classlens.lab_utils import plt_layer_relu, plt_prob_z

W1, B1 = TRACE["fW1"], TRACE["fb1"]


def titles(figure):
    return [title for ax in figure.axes for title in texts(ax) if title.startswith("Layer 1 Unit")]


def test_the_lab():
    figure = plt_layer_relu(X, Y.reshape(-1), W1, B1, 4)
    assert titles(figure) == ["Layer 1 Unit 0", "Layer 1 Unit 1"]
    panels = figure.axes[:2]
    values = [np.maximum(0, grid_of(ax) @ W1[:, u] + B1[u]) for u, ax in enumerate(panels)]
    assert_one_scale(panels, values)
    for unit, ax in enumerate(panels):
        ends = segments(ax, "crease").reshape(-1, 2)
        assert np.abs(ends @ W1[:, unit] + B1[unit]).max() < 1e-4
        assert len(scattered(ax)) == 4
    tops = [ax.get_position().y1 for ax in panels]
    assert tops[0] == pytest.approx(tops[1])  # a row


@pytest.mark.parametrize(("classes", "units"), [(2, 1), (3, 3), (5, 7), (12, 2)])
def test_any_number_of_classes_and_units_anywhere(classes, units):
    places, y = blobs(classes, FAR)
    kernel = np.random.default_rng(units).normal(size=(2, units))
    figure = plt_layer_relu(places, y, kernel, -places.mean(axis=0) @ kernel, classes)
    assert titles(figure) == [f"Layer 1 Unit {unit}" for unit in range(units)]
    for ax in figure.axes[:units]:
        assert holds(ax, places)
        assert len(scattered(ax)) == classes
        assert len(segments(ax, "crease"))


def test_a_dead_unit_is_said_to_be_dead():
    figure = plt_layer_relu(X, Y, np.concatenate((W1, W1), axis=1), [*B1, -1e4, -100.0], 4)
    assert [title.replace("\n", " ") for title in titles(figure)[2:]] == [
        f"Layer 1 Unit {unit}: dead, off for all examples (0 all over, off)" for unit in (2, 3)
    ]


def test_a_unit_that_only_the_margin_of_the_picture_turns_on():
    top = float(X[:, 0].max()) + 0.5
    (title,) = titles(plt_layer_relu(X, Y, [[1.0], [0.0]], [-top], 4))
    assert title.replace("\n", " ") == "Layer 1 Unit 0: dead, off for all examples"


class TestAFunction:
    @pytest.mark.parametrize(
        "fwb",
        [
            lambda P: np.maximum(0, P @ W1[:, 0] + B1[0]),
            lambda P: np.maximum(0, P @ W1[:, :1] + B1[0]),
            lambda x: max(0, x[0] * W1[0, 0] + x[1] * W1[1, 0] + B1[0]),
        ],
    )
    def test_values_and_where_it_turns_on(self, fwb):
        _, ax = plt.subplots()
        assert plt_prob_z(ax, fwb) is ax
        assert (ax.get_xlim(), ax.get_ylim()) == ((-8, 8), (-5, 4))
        ends = segments(ax, "crease").reshape(-1, 2)
        assert np.abs(ends @ W1[:, 0] + B1[0]).max() < 0.002
        assert_one_scale([ax], [np.maximum(0, grid_of(ax) @ W1[:, 0] + B1[0])])
        assert len(ax.figure.axes) == 2  # the colour bar

    def test_a_function_of_the_first_number_of_each_row(self):
        """Of two examples at once it would make something else that looks right."""
        _, ax = plt.subplots()
        plt_prob_z(ax, lambda x: x[0] + 2 * x[1], (-1, 1), (-1, 1))
        ends = segments(ax, "crease").reshape(-1, 2)
        assert np.abs(ends @ [1, 2]).max() < 1e-3

    def test_one_that_is_never_0(self):
        _, ax = plt.subplots()
        plt_prob_z(ax, lambda P: 1 + P[:, 0] ** 2, (0, 5), (90, 91))
        assert len(segments(ax, "crease")) == 0
        assert (ax.get_xlim(), ax.get_ylim()) == ((0, 5), (90, 91))
