"""The boundaries between the classes, of models of every kind."""

from __future__ import annotations

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from lab_pictures import FAR, LAB, OnlyPredicts, X, Y, blobs, holds, scattered, segments, texts
from matplotlib.collections import PathCollection

from classlens.analysis.geometry import regions
from classlens.lab_utils import plot_cat_decision_boundary_mc, plt_cat_mc
from classlens.model import Model
from classlens.network import Network


def lengths(found):
    return np.hypot(*(found[:, 1] - found[:, 0]).T).sum()


def leads(places):
    """By how much the largest logit is ahead of the second."""
    logits = np.sort(LAB.logits(places.reshape(-1, 2)), axis=1)
    return logits[:, -1] - logits[:, -2]


def nearest(places):
    """The class of the nearest of two points, a model of which nothing else is known."""
    return np.hypot(*(places - (1, 0)).T) < np.hypot(*(places - (-1, 0)).T)


@pytest.mark.parametrize("model", [LAB, Model(LAB, ("x0", "x1"))])
def test_exact_boundaries(model):
    figure = plt_cat_mc(X, Y, model, 4)
    (ax,) = figure.axes
    found = segments(ax, "boundary")
    window = (ax.get_xlim(), ax.get_ylim())
    lines = regions(LAB, window).boundaries
    assert lengths(found) == pytest.approx(np.hypot(*(lines.end - lines.start).T).sum())
    assert leads(found).max() < 1e-4
    assert "model decision boundary" in texts(ax)
    assert "100 of 100 examples right" in "".join(texts(ax))
    assert np.allclose(scattered(ax)["c1"], X[Y == 1])


@pytest.mark.parametrize(
    "answer",
    [
        LAB.logits,
        LAB.predict_proba,
        LAB.predict,
        lambda places: LAB.predict(places)[:, None].astype(np.float32),
    ],
)
def test_whatever_predicts(answer):
    """Its boundaries come so near to the exact ones that no eye sees the difference."""
    (ax,) = plt_cat_mc(X, Y, SimpleNamespace(predict=answer), 4).axes
    (exact,) = plt_cat_mc(X, Y, LAB, 4).axes
    found = segments(ax, "boundary")
    assert leads(found).max() < 0.1  # of logits that reach 40
    assert np.median(leads(found)) < 0.01
    assert lengths(found) == pytest.approx(lengths(segments(exact, "boundary")), rel=0.01)
    assert "sampled on a grid" in "".join(texts(ax))


def test_what_it_gets_wrong_has_a_ring():
    wrong = (Y + (np.arange(100) < 3)) % 4
    (ax,) = plt_cat_mc(X, wrong, OnlyPredicts(), 4).axes
    assert "97 of 100 examples right" in "".join(texts(ax))
    assert "misclassified (3)" in texts(ax)


@pytest.mark.parametrize("classes", [1, 2, 3, 12])
def test_any_number_of_classes_anywhere(classes):
    places, y = blobs(classes, FAR)
    centres = np.array([places[y == index].mean(axis=0) for index in range(classes)])
    # The nearest centre wins: that is linear, |x - c|^2 without the |x|^2 that all have.
    known = Network.from_arrays([2 * (centres - FAR).T], [-((centres - FAR) ** 2).sum(axis=1)])
    moved = Network.from_arrays(
        [known.layers[0].kernel], [known.layers[0].bias - FAR * known.layers[0].kernel.sum(axis=0)]
    )
    for model in (moved, SimpleNamespace(predict=moved.predict)):
        (ax,) = plt_cat_mc(places, y, model, classes).axes
        assert holds(ax, places)
        ends = segments(ax, "boundary").reshape(-1, 2)
        apart = np.sort(np.hypot(*(ends[:, None] - centres).T), axis=0)
        assert (len(ends) == 0) == (classes == 1)
        if classes > 1:
            assert np.median(np.abs(apart[1] - apart[0])) < 0.01


def test_a_progress_bar_is_not_asked_for():
    """As Keras would print one at each of the calls."""
    asked = []

    def predict(places, batch_size=None, verbose="auto"):
        asked.append(verbose)
        return LAB.logits(places)

    plt_cat_mc(X, Y, SimpleNamespace(predict=predict), 4)
    plot_cat_decision_boundary_mc(plt.subplots()[1], X, predict)
    assert set(asked) == {0}


class TestOnAnAxes:
    def test_a_method_of_a_model(self):
        _, ax = plt.subplots()
        assert plot_cat_decision_boundary_mc(ax, X, LAB.predict, legend=True) is ax
        assert leads(segments(ax, "boundary")).max() < 1e-4
        said = [text.get_text() for text in ax.get_legend().get_texts()]
        assert said == ["c0", "c1", "c2", "c3"]
        assert holds(ax, X)

    def test_a_function(self):
        _, ax = plt.subplots()
        names = ["left", "right"]
        plot_cat_decision_boundary_mc(ax, X, nearest, names, legend=True)
        assert np.abs(segments(ax, "boundary")[..., 0]).max() < 1e-3
        assert [text.get_text() for text in ax.get_legend().get_texts()] == names

    def test_another_method_of_what_has_a_model(self):
        """It is asked: what it makes of the model is not known."""

        class Mirror:
            model = Model(LAB, ("x0", "x1"))

            def mirrored(self, places):
                return self.model.predict(-places)

        _, ax = plt.subplots()
        plot_cat_decision_boundary_mc(ax, X, Mirror().mirrored)
        assert np.median(leads(-segments(ax, "boundary"))) < 0.01

    def test_a_function_of_one_example(self):
        _, ax = plt.subplots()

        def one(x):
            assert x.shape == (2,)
            return x[0] > 0.3

        plot_cat_decision_boundary_mc(ax, X, one, vector=False)
        assert np.abs(segments(ax, "boundary")[..., 0] - 0.3).max() < 2e-3

    @pytest.mark.parametrize("predict", [LAB.predict, OnlyPredicts().predict])
    def test_it_covers_no_scatter(self, predict):
        _, ax = plt.subplots()
        dots = ax.scatter(X[:, 0], X[:, 1])
        plot_cat_decision_boundary_mc(ax, X, predict)
        assert all(
            each.get_zorder() < dots.get_zorder()
            for each in [*ax.patches, *ax.images, *ax.collections]
            if each is not dots
        )
        assert [each for each in ax.collections if isinstance(each, PathCollection)]
