"""What the lab's calls refuse, and in which words."""

from __future__ import annotations

import re
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from lab_pictures import LAB, TRACE, A, OnlyPredicts, X, Y

from classlens.errors import ArgumentError, DataError
from classlens.lab_utils import (
    plot_cat_decision_boundary_mc,
    plt_cat_mc,
    plt_layer_relu,
    plt_mc,
    plt_mc_data,
    plt_output_layer_linear,
    plt_prob_z,
)

W1, B1, W2, B2 = (TRACE[name] for name in ("fW1", "fb1", "fW2", "fb2"))


@pytest.fixture
def ax():
    return plt.subplots()[1]


def refused(error, said):
    return pytest.raises(error, match=re.escape(said))


CALLS = [
    plt_mc,
    lambda x, y, classes: plt_cat_mc(x, y, LAB, classes),
    lambda x, y, classes: plt_cat_mc(x, y, OnlyPredicts(), classes),
    lambda x, y, classes: plt_layer_relu(x, y, W1, B1, classes),
    lambda x, y, classes: plt_output_layer_linear(x, y, W2, B2, classes),
    lambda x, y, classes: plt_mc_data(plt.subplots()[1], x, y, classes),
]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("x", "y", "classes", "error", "said"),
    [
        (X, Y, 0, ArgumentError, "classes must be a whole number from 1 to 100,000. Got 0 instead"),
        (X, Y, "4", ArgumentError, "classes must be a whole number from 1 to 100,000. Got '4'"),
        (X, Y, 3, DataError, "y must hold class indices below 3, the number of classes. Got 3"),
        (X, Y[:9], 4, DataError, "y must have the shape (100,), one class for each row of X."),
        (X, Y - 1, 4, DataError, "y must hold class indices 0, 1, ... Got -1 in row"),
        (X[:, 0], Y, 4, DataError, "X must have the shape (samples, features)"),
        (X * np.nan, Y, 4, DataError, "X must be finite in float32. Got nan in row 0, column 0"),
        (X[:0], Y[:0], 4, DataError, "X must have the shape (samples, features), neither"),
    ],
)
def test_examples(call, x, y, classes, error, said):
    with refused(error, said):
        call(x, y, classes)
    assert not plt.get_fignums()[1:]  # at most the axes that was given


@pytest.mark.parametrize("call", [*CALLS[:4], CALLS[5]])
def test_more_columns_than_a_plane_has(call):
    with refused(DataError, "X must have 2 columns to be drawn in the plane. Got 3 instead"):
        call(np.ones((100, 3)), Y, 4)


@pytest.mark.parametrize(
    ("kernel", "bias", "said"),
    [
        (W1[:1], B1, "W1 must have the shape (2, units), a row for each column of X. Got (1, 2)"),
        (W1[0], B1, "W1 must have the shape (2, units), a row for each column of X. Got (2,)"),
        (np.ones((2, 0)), [], "W1 must have the shape (2, units)"),
        (W1, B1[:1], "b1 must have the shape (2,), a number for each column of W1. Got (1,)"),
        (W1 * np.inf, B1, "W1 must be finite in float32. Got "),
        (W1, ["a", "b"], "b1 must hold real numbers."),
    ],
)
def test_the_weights_of_the_first_layer(kernel, bias, said):
    with refused(ArgumentError, said):
        plt_layer_relu(X, Y, kernel, bias, 4)


@pytest.mark.parametrize(
    ("kernel", "bias", "said"),
    [
        (W2.T, B2, "W must have the shape (2, units), a row for each column of X. Got (4, 2)"),
        (W2, B2[:3], "b must have the shape (4,), a number for each column of W. Got (3,)"),
        (W2[:, :3], B2[:3], "W must have a column for each of the 4 classes. Got 3 instead."),
    ],
)
def test_the_weights_of_the_output_layer(kernel, bias, said):
    with refused(ArgumentError, said):
        plt_output_layer_linear(A, Y, kernel, bias, 4)


@pytest.mark.parametrize("given", [(1, 0), 3, (0, 1, 2), (0, np.inf), "ab", (2, 2), (0, None)])
@pytest.mark.parametrize("name", ["x0_rng", "x1_rng"])
def test_ranges(name, given, ax):
    said = f"{name} must be two finite numbers, the lower one first. Got {given!r} instead."
    with refused(ArgumentError, said):
        plt_output_layer_linear(A, Y, W2, B2, 4, **{name: given})
    with refused(ArgumentError, said):
        plt_prob_z(ax, lambda P: P[:, 0], **{name: given})


class TestModels:
    def test_no_model(self):
        with refused(ArgumentError, "model must be a Network, a Model, "):
            plt_cat_mc(X, Y, None, 4)
        with refused(ArgumentError, "Got SimpleNamespace instead."):
            plt_cat_mc(X, Y, SimpleNamespace(predict=3), 4)

    def test_too_few_outputs(self):
        said = "model must have an output for each of the 5 classes. Got 4 instead."
        for model in (LAB, OnlyPredicts()):
            with refused(ArgumentError, said):
                plt_cat_mc(X, Y, model, 5)

    @pytest.mark.parametrize(
        ("answer", "said"),
        [
            (
                lambda P: P[:1],
                "predict must give scores of the classes, shape (14641, classes), or",
            ),
            (lambda P: P[:, 0], "predict must give a score for each class, or class indices 0, 1,"),
            (lambda P: ["cat"] * len(P), "what predict gives must hold real numbers."),
        ],
    )
    def test_answers(self, answer, said, ax):
        with refused(ArgumentError, said):
            plt_cat_mc(X, Y, SimpleNamespace(predict=answer), 4)
        with refused(ArgumentError, said):
            plot_cat_decision_boundary_mc(ax, X, answer)


class TestAxes:
    @pytest.mark.parametrize(
        "call",
        [
            lambda ax: plt_mc_data(ax, X, Y, 4),
            lambda ax: plot_cat_decision_boundary_mc(ax, X, LAB.predict),
            lambda ax: plt_prob_z(ax, lambda P: P[:, 0]),
        ],
    )
    def test_what_is_none(self, call):
        with refused(ArgumentError, "ax must be a matplotlib Axes"):
            call(X)

    @pytest.mark.parametrize("x", [np.ones((3, 5)), [1.0, 2.0], 7, [[np.nan, 0.0]], [[1], [1, 2]]])
    def test_places(self, ax, x):
        with refused(DataError, "X must "):
            plot_cat_decision_boundary_mc(ax, x, LAB.predict)

    def test_functions(self, ax):
        with refused(ArgumentError, "predict must be a function, such as model.predict. Got 3"):
            plot_cat_decision_boundary_mc(ax, X, 3)
        with refused(ArgumentError, "fwb must be a function. Got 3 instead."):
            plt_prob_z(ax, 3)
        with refused(ArgumentError, "fwb must give one number for each of 14641 examples."):
            plt_prob_z(ax, lambda x: np.ones(3))
        with refused(ArgumentError, "fwb must give finite numbers. Got nan."):
            plt_prob_z(ax, lambda P: P[:, 0] * np.nan)

    @pytest.mark.parametrize("predict", [LAB.predict, LAB.logits, OnlyPredicts().predict])
    def test_names(self, ax, predict):
        said = "class_labels must have a name for each of the 4 classes. Got 2 instead."
        with refused(ArgumentError, said):
            plot_cat_decision_boundary_mc(ax, X, predict, ["a", "b"])
        with refused(ArgumentError, said):
            plt_mc_data(ax, X, Y, 4, ["a", "b"])

    def test_colours(self, ax):
        with refused(ArgumentError, "map must be a matplotlib Colormap. Got str instead."):
            plt_mc_data(ax, X, Y, 4, map="viridis")
