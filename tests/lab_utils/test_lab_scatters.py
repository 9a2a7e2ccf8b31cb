"""The examples in the plane, as the lab's calls draw them."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from lab_pictures import FAR, X, Y, blobs, holds, scattered, texts
from matplotlib import colormaps
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

import classlens.lab_utils
from classlens.lab_utils import dkcolors_map, plt_mc, plt_mc_data
from classlens.view.palette import COLOURS


def test_what_a_star_brings():
    found = {}
    exec("from classlens.lab_utils import *", found)  # noqa: S102 - as a notebook does
    assert set(found) - {"__builtins__"} == set(classlens.lab_utils.__all__)


def test_the_data():
    figure = plt_mc(X, Y, 4, [[-5, 2], [-2, -2], [1, 2], [5, -2]], std=1.0)
    assert isinstance(figure, Figure)
    (ax,) = figure.axes
    assert "Multiclass Data" in texts(ax)
    assert [text for text in texts(ax) if text in {"c0", "c1", "c2", "c3"}] == [
        "c0",
        "c1",
        "c2",
        "c3",
    ]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("x0", "x1")
    found = scattered(ax)
    assert all(np.allclose(found[f"c{index}"], X[index == Y]) for index in range(4))
    assert plt.gcf() is figure  # for plt.savefig after it


@pytest.mark.parametrize("classes", [1, 2, 3, 12])
def test_any_number_of_classes_anywhere(classes):
    places, y = blobs(classes, FAR)
    (ax,) = plt_mc(places, y.reshape(-1, 1), classes).axes
    found = scattered(ax)
    assert list(found) == [f"c{index}" for index in range(classes)]
    assert holds(ax, np.concatenate(list(found.values())))


def test_a_class_without_examples():
    (ax,) = plt_mc(X[Y != 1], Y[Y != 1], 4).axes
    assert list(scattered(ax)) == ["c0", "c2", "c3"]
    assert "c1" in texts(ax)


class TestOnAnAxes:
    def test_by_default(self):
        _, ax = plt.subplots()
        assert plt_mc_data(ax, X, Y, 4) is ax
        assert [to_hex(each.get_markerfacecolor()) for each in ax.lines] == [
            colour.lower() for colour in COLOURS[:4]
        ]
        assert len({each.get_marker() for each in ax.lines}) == 4
        assert holds(ax, X)
        assert ax.get_legend() is None

    def test_names_and_a_legend(self):
        _, ax = plt.subplots()
        plt_mc_data(ax, X, Y, 4, ["a", "b", "c", "d"], legend=True, equal_xy=True)
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b", "c", "d"]
        assert ax.get_aspect() == 1

    def test_one_marker(self):
        _, ax = plt.subplots()
        plt_mc_data(ax, X, Y, 4, size=20, m="o")
        drawn = [each for each in ax.collections if isinstance(each, PathCollection)]
        assert [to_hex(each.get_facecolor()[0]) for each in drawn] == [
            colour.lower() for colour in COLOURS[:4]
        ]
        assert {float(each.get_sizes()[0]) for each in drawn} == {20.0}
        assert np.allclose(drawn[2].get_offsets(), X[Y == 2])

    @pytest.mark.parametrize("name", ["viridis", "plasma", "tab10"])
    def test_other_colours(self, name):
        _, ax = plt.subplots()
        plt_mc_data(ax, X, Y, 4, map=colormaps[name])
        found = [tuple(each.get_facecolor()[0]) for each in ax.collections]
        places = range(4) if name == "tab10" else np.linspace(0, 1, 4)
        assert found == [colormaps[name](place) for place in places]

    def test_the_table_of_colours(self):
        assert [to_hex(dkcolors_map(index)).upper() for index in range(20)] == list(COLOURS)
