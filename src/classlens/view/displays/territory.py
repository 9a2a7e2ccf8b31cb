"""Territories: each class's part of the plane, deeper where the network is surer, and boundaries.

All of it is shapes, so that a vector file stays sharp at any size. A class is one shape without
seams; on it lie the areas where the network is surer and surer, each inside the one before.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from contourpy import FillType, contour_generator
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path
from numpy.typing import NDArray

from classlens.analysis.territories import Territories
from classlens.view.displays import strokes
from classlens.view.displays.frame import show
from classlens.view.palette import look, rgb, tint

# The tint of a class deepens where its softmax passes one of these.
LEVELS = (0.5, 0.7, 0.85, 0.95, 0.99)

# What part of its deepest tint a class shows where it is least sure.
_PALEST = 0.3


def fill(ax: Axes, found: Territories) -> None:
    """Fill an axes with the classes' tints and the boundaries between them.

    Args:
        ax: where to draw; its limits become the window's.
        found: what to draw.
    """
    for place, index in enumerate(found.winners):
        outline = _path(found.outlines[index])
        levels = list(_surer(found, found.odds[:, :, place]))
        strengths = _strengths(len(found.outlines), levels)
        areas = PathCollection(
            [outline, *(area for _, area in levels)],
            facecolors=[_shade(index, strength) for strength in strengths],
            linewidths=0,
            label="territory",
            zorder=1,
        )
        areas.set_clip_path(outline, ax.transData)
        ax.add_artist(areas)
    strokes.draw(ax, found.boundary, label="boundary", linewidth=1.2)
    show(ax, found.window.x0, found.window.x1)


def levels_shown(classes: int) -> tuple[float, ...]:
    """The levels that some class may pass: the winner's softmax is above 1 / classes anyway."""
    return tuple(level for level in LEVELS if level > 1 / classes)


def _strengths(classes: int, levels: Sequence[tuple[float, Path]]) -> list[float]:
    """How deep the tint is: below all levels, and above each that is there."""
    known = levels_shown(classes)
    if not known:  # a single class is sure everywhere
        return [1.0]
    depths = np.linspace(_PALEST, 1.0, len(known) + 1).tolist()
    return [depths[0], *(depths[known.index(level) + 1] for level, _ in levels)]


def _surer(found: Territories, odds: NDArray[np.floating]) -> Iterator[tuple[float, Path]]:
    """The areas in which a class's softmax is above each level that it reaches."""
    if not np.isfinite(odds).all():  # a single class
        return
    rows, columns = odds.shape
    trace = contour_generator(
        np.linspace(*found.window.x0, columns),
        np.linspace(*found.window.x1, rows),
        odds,
        fill_type=FillType.ChunkCombinedCode,
    )
    for level in levels_shown(len(found.outlines)):
        above: Any = trace.filled(math.log(level / (1 - level)), np.inf)
        (corners,), (codes,) = above
        if corners is None:
            return  # nor is it surer anywhere
        yield level, Path(corners, codes)


def _path(rings: Sequence[NDArray[np.float64]]) -> Path:
    closed = [np.concatenate((ring, ring[:1])) for ring in rings]
    codes = []
    for ring in rings:
        codes += [Path.MOVETO, *[Path.LINETO] * (len(ring) - 1), Path.CLOSEPOLY]
    return Path(np.concatenate(closed), codes)


def _shade(index: int, strength: float) -> tuple[float, ...]:
    return tuple(1 - strength * (1 - part) for part in rgb(tint(look(index).colour)))
