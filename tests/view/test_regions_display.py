"""The decision regions, read from their artists."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from drawn import (
    DATA,
    LAB,
    blobs,
    in_order,
    labels,
    legend_texts,
    places,
    random_network,
    segments,
    texts,
)
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb

from classlens import plot
from classlens.analysis.slices import Slice
from classlens.network import Network
from classlens.view.displays import decisions, territory
from classlens.view.palette import look, rgb, tint

CLASSES = list(DATA.class_names)
REGIONS = plot.regions(LAB, DATA)
WINDOW = ((-8, 8), (-5, 5))


def areas(ax):
    """For each class that wins somewhere, its shapes from the palest on, and their colours."""
    found = [each for each in ax.collections if isinstance(each, PathCollection)]
    return [(each.get_paths(), each.get_facecolors()) for each in found]


def test_points_and_boundary() -> None:
    (ax,) = REGIONS.figure().axes
    np.testing.assert_array_equal(places(ax, "c2"), DATA.X[DATA.y == 2])
    drawn = segments(ax, "boundary")
    np.testing.assert_array_equal(in_order(drawn), in_order(REGIONS.territories.boundary))
    logits = np.sort(LAB.logits(drawn.reshape(-1, 2)), axis=1)
    np.testing.assert_allclose(logits[:, -1], logits[:, -2], atol=1e-4)


def test_each_class_is_one_shape() -> None:
    (ax,) = REGIONS.figure().axes
    points = np.random.default_rng(0).uniform((-8, -5), (7, 4), size=(300, 2))
    predicted = LAB.predict(points)
    for label, (shapes, _) in enumerate(areas(ax)):
        np.testing.assert_array_equal(shapes[0].contains_points(points), predicted == label)


def test_a_tint_deepens_where_the_network_is_surer() -> None:
    (ax,) = REGIONS.figure().axes
    points = np.random.default_rng(1).uniform((-8, -5), (7, 4), size=(400, 2))
    share = LAB.predict_proba(points)
    for label, (shapes, colours) in enumerate(areas(ax)):
        assert len(shapes) == len(colours) > 2
        for level, shape in zip(territory.LEVELS, shapes[1:], strict=False):
            clear = np.abs(share[:, label] - level) > 0.02
            inside = shape.contains_points(points)
            np.testing.assert_array_equal(inside[clear], share[clear, label] > level)
        assert (np.diff(colours.sum(axis=1)) < 0).all()
        missing = territory.LEVELS[len(shapes) - 1 :]  # levels that the class does not reach
        assert share[:, label].max() <= (missing or (1.0,))[0]
        if not missing:
            np.testing.assert_allclose(colours[-1][:3], rgb(tint(look(label).colour)))


def test_a_vector_file_holds_no_picture() -> None:
    target = io.BytesIO()
    REGIONS.figure().savefig(target, format="svg")
    assert b"<image" not in target.getvalue()
    assert len(target.getvalue()) < 250_000


def test_a_large_network_s_file_is_small() -> None:
    network = random_network([2, 32, 32, 4], 3)
    target = io.BytesIO()
    plot.regions(network, window=((-3, 3), (-3, 3))).figure().savefig(target, format="svg")
    assert len(target.getvalue()) < 400_000


def test_misclassified_points_get_a_ring_and_are_counted() -> None:
    y = DATA.y.copy()
    y[[3, 7]] = (y[[3, 7]] + 1) % 4
    (ax,) = plot.regions(LAB, (DATA.X, y)).figure().axes
    np.testing.assert_array_equal(places(ax, "misclassified"), DATA.X[[3, 7]])
    assert legend_texts(ax) == [*CLASSES, "misclassified (2)"]
    assert any(text.startswith("98 of 100 examples right") for text in texts(ax))


def test_no_ring_where_all_is_right() -> None:
    (ax,) = REGIONS.figure().axes
    assert "misclassified" not in labels(ax)
    assert legend_texts(ax) == CLASSES


def test_without_data() -> None:
    (ax,) = plot.regions(LAB, window=WINDOW).figure().axes
    assert labels(ax) == ["boundary"]
    assert legend_texts(ax) == CLASSES
    assert (ax.get_xlim(), ax.get_ylim()) == WINDOW


def test_what_is_sampled_says_so() -> None:
    smooth = random_network([2, 4, 3], 1, activations=["tanh", "linear"])
    display = plot.regions(smooth, window=((-2, 2), (-2, 2)), creases=True)
    (ax,) = display.figure().axes
    assert any("sampled boundaries" in text for text in texts(ax))
    assert not display.creases
    assert not any("sampled" in text for text in texts(REGIONS.figure().axes[0]))


def test_areas_where_classes_tie_are_told() -> None:
    (ax,) = (
        plot.regions(Network.from_arrays([np.zeros((2, 2))], [[0, 0]]), window=WINDOW).figure().axes
    )
    assert any("areas where classes tie show the first" in text for text in texts(ax))


def test_a_single_class() -> None:
    (ax,) = plot.regions(Network.from_arrays([[[1], [1]]], [[0]]), window=WINDOW).figure().axes
    ((shapes, colours),) = areas(ax)
    assert len(shapes) == 1
    np.testing.assert_allclose(colours[0][:3], to_rgb(tint(look(0).colour)))
    assert any("one class" in text for text in texts(ax))


class TestCreases:
    def test_they_are_named_inside_the_frame(self) -> None:
        display = plot.regions(LAB, DATA, creases=True)
        figure = display.figure()
        (ax,) = figure.axes
        z = LAB.forward(segments(ax, "crease").reshape(-1, 2))[0].pre_activation
        np.testing.assert_allclose(np.abs(z).min(axis=1), 0, atol=1e-5)
        assert {"L1.0", "L1.1"} <= set(texts(ax))
        assert "crease: a unit turns on" in legend_texts(ax)
        for text in ax.texts:
            if text.get_text() in ("L1.0", "L1.1"):
                box = text.get_window_extent()
                assert ax.bbox.x0 <= box.x0 < box.x1 <= ax.bbox.x1
                assert ax.bbox.y0 <= box.y0 < box.y1 <= ax.bbox.y1

    def test_very_many_are_counted(self) -> None:
        network = random_network([2, decisions._NAMED + 10, 3], 1)
        (ax,) = plot.regions(network, window=WINDOW, creases=True).figure().axes
        assert not any(text.startswith("L1.") for text in texts(ax))
        assert any(re.match(r"creases of \d+ units", text) for text in legend_texts(ax))


class TestMargins:
    def test_lines_run_from_examples_to_the_boundary_with_their_length(self) -> None:
        display = plot.regions(LAB, DATA, margins=[3, 7])
        (ax,) = display.figure().axes
        drawn = segments(ax, "margin")
        np.testing.assert_allclose(drawn[:, 0], DATA.X[[3, 7]])
        said = [f"{length:.3g}" for length in np.linalg.norm(drawn[:, 1] - drawn[:, 0], axis=1)]
        assert {each.removeprefix("≤ ") for each in texts(ax)} >= set(said)
        assert "distance to a boundary" in legend_texts(ax)

    def test_one_for_each_pair_of_neighbours(self) -> None:
        display = plot.regions(LAB, DATA, margins=True)
        assert display.margins is not None
        found = display.regions.margins(DATA.X)
        assert len(display.margins.distance) == len(np.unique(found.classes, axis=0))

    def test_right_angles_look_right(self) -> None:
        (ax,) = plot.regions(LAB, DATA, margins=True).figure().axes
        across = ax.bbox.width / np.ptp(ax.get_xlim())
        up = ax.bbox.height / np.ptp(ax.get_ylim())
        assert across == pytest.approx(up, rel=1e-6)

    def test_no_boundary_no_margin(self) -> None:
        one = Network.from_arrays([np.zeros((2, 4))], [[0, 1, 0, 0]])
        (ax,) = plot.regions(one, DATA, margins=True).figure().axes
        assert "distance to a boundary" not in legend_texts(ax)


class TestSlices:
    NETWORK = random_network([4, 6, 3], 2)
    X = np.random.default_rng(0).normal(size=(30, 4))

    def test_examples_are_projected_and_judged_where_they_are(self) -> None:
        plane = Slice.through_features(1, 3, [0.5, 0, -1, 0])
        display = plot.regions(self.NETWORK, (self.X, np.arange(30) % 3), slice=plane)
        (ax,) = display.figure().axes
        assert display.samples is not None
        np.testing.assert_allclose(display.samples.X, self.X[:, [1, 3]], rtol=1e-6)
        np.testing.assert_array_equal(display.samples.predicted, self.NETWORK.predict(self.X))
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("x1", "x3")
        said = "a slice at x0 = 0.5, x2 = -1; examples projected onto it"
        assert any(said in text for text in texts(ax))

    def test_directions_that_are_no_feature(self) -> None:
        plane = Slice.principal(self.X)
        (ax,) = plot.regions(self.NETWORK, window=WINDOW, slice=plane).figure().axes
        assert ax.get_xlabel() == "first direction of the slice"
        assert any("a slice through 4 inputs\n" in text for text in texts(ax))

    def test_many_held_features_are_counted(self) -> None:
        network = random_network([9, 3], 2)
        plane = Slice.through_features(0, 1, np.arange(9))
        (ax,) = plot.regions(network, window=WINDOW, slice=plane).figure().axes
        assert any("x2 = 2, x3 = 3, x4 = 4, 4 more held" in text for text in texts(ax))


def test_twenty_classes_have_their_tints() -> None:
    (ax,) = plot.regions(random_network([2, 8, 20], 1), blobs(20, 60)).figure().axes
    assert len(areas(ax)) > 3
