"""Areas and lines of a function that labels places, against areas and lines that are known."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.path import Path

from classlens.analysis.planes import Window
from classlens.lab_utils.tracing import traced

WINDOW = Window((-2, 2), (-1, 3))


def sectors(count):
    """The plane in so many sectors around a point that lies on no grid."""

    def label(places):
        across, up = (places - [0.123, 0.777]).T
        turn = np.arctan2(up, across) / (2 * np.pi) + 0.53
        return np.floor(turn * count).astype(np.intp) % count

    return label


def disc(places):
    return (np.hypot(*(places - [0.1, 0.9]).T) < 0.8).astype(np.intp)


def area(corners):
    across, up = corners.T
    return abs(across @ np.roll(up, -1) - up @ np.roll(across, -1)) / 2


def test_a_disc():
    found = traced(disc, WINDOW, resolution=101)
    ends = found.lines.reshape(-1, 2)
    assert np.abs(np.hypot(*(ends - [0.1, 0.9]).T) - 0.8).max() < 2e-4
    assert np.hypot(*(found.lines[:, 1] - found.lines[:, 0]).T).sum() == pytest.approx(
        2 * np.pi * 0.8, rel=1e-3
    )


@pytest.mark.parametrize("label", [disc, sectors(3), sectors(5)])
def test_parts_and_cells_cover_the_window_once(label):
    resolution = 41
    found = traced(label, WINDOW, resolution=resolution)
    parts = sum(area(corners) for _, corners in found.parts)
    cell = (4 / (resolution - 1)) ** 2
    corner = np.array([WINDOW.x0[0], WINDOW.x1[0]])
    cut = {tuple(np.floor((c.mean(axis=0) - corner) / cell**0.5)) for _, c in found.parts}
    assert parts == pytest.approx(len(cut) * cell)


@pytest.mark.parametrize("label", [disc, sectors(4)])
def test_each_part_has_the_label_of_its_middle(label):
    found = traced(label, WINDOW, resolution=61)
    right = [label(c.mean(axis=0)[None])[0] == which for which, c in found.parts]
    assert np.mean(right) > 0.98  # slivers where a line bends
    assert all(Path(c).vertices.shape[1] == 2 for _, c in found.parts)


def test_one_label():
    found = traced(lambda places: np.zeros(len(places), np.intp), WINDOW, resolution=5)
    assert (found.parts, found.lines.shape, found.cells.shape) == ((), (0, 2, 2), (4, 4))
