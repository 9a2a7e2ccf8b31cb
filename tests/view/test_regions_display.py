"""The decision regions, read from their artists."""

from __future__ import annotations

import numpy as np
from drawn import DATA, LAB, labels, legend_texts, places, segments, texts

from classlens import plot

CLASSES = list(DATA.class_names)
REGIONS = plot.regions(LAB, DATA)


def test_points_and_boundary() -> None:
    (ax,) = REGIONS.figure().axes
    np.testing.assert_array_equal(places(ax, "c2"), DATA.X[DATA.y == 2])
    drawn = segments(ax, "boundary")
    np.testing.assert_allclose(drawn, REGIONS.regions.boundary)
    logits = np.sort(LAB.logits(drawn.mean(axis=1)), axis=1)
    assert np.quantile(logits[:, -1] - logits[:, -2], 0.9) < 1e-4


def test_the_window_is_filled_to_the_rim() -> None:
    (ax,) = REGIONS.figure().axes
    (image,) = ax.images
    left, right, bottom, top = image.get_extent()
    assert left < ax.get_xlim()[0] < ax.get_xlim()[1] < right
    assert bottom < ax.get_ylim()[0] < ax.get_ylim()[1] < top


def test_surer_is_deeper() -> None:
    display = REGIONS
    (ax,) = display.figure().axes
    darkness = 765 - np.asarray(ax.images[0].get_array()).sum(axis=2, dtype=int)
    mine = display.regions.winner == 0
    order = np.argsort(display.regions.confidence[mine])
    assert (np.diff(darkness[mine][order]) >= 0).all()


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
    (ax,) = plot.regions(LAB, window=((-8, 8), (-5, 5))).figure().axes
    assert labels(ax) == ["boundary"]
    assert legend_texts(ax) == CLASSES
    assert (ax.get_xlim(), ax.get_ylim()) == ((-8, 8), (-5, 5))
