"""The data picture, read from its artists."""

from __future__ import annotations

import numpy as np
from drawn import DATA, blobs, labels, legend_texts, line, places, texts

from classlens import plot
from classlens.data.dataset import Dataset
from classlens.view.palette import look

CLASSES = list(DATA.class_names)
LAB_DATA = plot.data(DATA)


def test_the_points_are_the_samples() -> None:
    (ax,) = LAB_DATA.figure().axes
    assert labels(ax) == CLASSES
    for index, name in enumerate(CLASSES):
        np.testing.assert_array_equal(places(ax, name), DATA.X[DATA.y == index])
        assert line(ax, name).get_markerfacecolor() == look(index).colour
    assert len({line(ax, name).get_marker() for name in CLASSES}) == 4


def test_names() -> None:
    (ax,) = plot.data(Dataset(DATA.X, DATA.y, ("a", "b", "c", "d"), ("u", "v"))).figure().axes
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("u", "v")
    assert legend_texts(ax) == ["a", "b", "c", "d"]
    assert "100 examples, 4 classes" in texts(ax)


def test_the_legend_stands_outside() -> None:
    (ax,) = LAB_DATA.figure().axes
    for text in ax.texts:
        if text.get_label() == "legend":
            assert text.get_window_extent().x0 > ax.bbox.x1


def test_a_class_without_samples_is_in_the_legend_only() -> None:
    (ax,) = plot.data(Dataset([[0, 1], [1, 0]], [0, 2], ("a", "b", "c"))).figure().axes
    assert labels(ax) == ["a", "c"]
    assert legend_texts(ax) == ["a", "b", "c"]


def test_many_samples_are_small_and_one_picture_in_a_vector_file() -> None:
    (ax,) = plot.data(blobs(3, 3000)).figure().axes
    (few,) = LAB_DATA.figure().axes
    assert line(ax, "c0").get_markersize() < 0.5 * line(few, "c0").get_markersize()
    assert line(ax, "c0").get_rasterized()
    assert not line(few, "c0").get_rasterized()


def test_the_legend_counts_the_classes_that_it_leaves_out() -> None:
    names = tuple(f"n{index}" for index in range(75))
    (ax,) = plot.data(Dataset([[0, 1]], [0], names)).figure().axes
    assert legend_texts(ax) == [*names[:60], "and 15 more classes"]
