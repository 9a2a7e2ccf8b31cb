"""When a computed height counts as 0, and how a line is cut along where that leaves doubts.

A pre-activation is a sum of rounded products, so one that should be 0 seldom is. A vertex lies on a
crease, and not beside it, when the height there is within a tolerance of 0. The tolerance is taken
from the numbers that meet at that very vertex, not from the largest anywhere, so that what is small
in a network keeps its shape beside what is large.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from classlens.analysis.cut import Cut
from classlens.analysis.partition import Partition
from classlens.analysis.walk import Flags, Floats, Ints, Line, TangledError

# Of the sum of the absolute values of all that was added up: 64 roundings of float64, some ten
# times what is met in networks of hundreds of units.
TOLERANCE = 2.0**-46

# The same where only a bound on those sums is known.
QUICK_TOLERANCE = 16 * TOLERANCE

# Where two lines meet at a small angle, rounding moves the vertex along them. What passes within
# that, but at most this share of the window's diagonal, is taken to pass through the vertex.
_BLUR = 1e-10

# Beyond this, sums of a few heights might overflow.
LARGEST = 1e300

# The share of the tolerance that is due to the rounding of the two heights that place a vertex.
_ROUNDING = 1 / 16


class DoubtError(Exception):
    """A height that the quick tolerance cannot tell from 0. It never leaves the package."""


class Crease(Line, Protocol):
    """A line that knows how far its heights are to be trusted."""

    def doubt(self, vertices: Ints) -> Floats | None:
        """The sums of absolute values behind the heights; None if only bounds are known."""

    def settle(self, vertices: Ints) -> None:
        """Put the given vertices on the line."""


def sides(heights: Floats, sums: Floats | None, quick: Floats) -> tuple[Flags, Flags]:
    """Which heights are above 0 and which are below.

    Args:
        heights: of any shape.
        sums: the sums of absolute values behind them, of the same shape, or None.
        quick: the quick tolerance, used without sums; a shape that broadcasts to the heights'.

    Raises:
        DoubtError: without sums, if a height is within the quick tolerance and not exactly 0.
    """
    tolerance = quick if sums is None else sums * TOLERANCE
    above, below = heights > tolerance, heights < -tolerance
    if sums is None:
        aside = np.count_nonzero(above) + np.count_nonzero(below)
        if aside != np.count_nonzero(heights):
            raise DoubtError
    return above, below


def cut_along(partition: Partition, faces: Ints, crease: Crease) -> Cut | None:
    """Cut faces along a crease, putting corners on it until it cuts each face in two.

    Args:
        partition: what is cut.
        faces: all that have a corner on either side of the crease.
        crease: where.

    Returns:
        The cut, or None if in the end there was none to make.

    Raises:
        DoubtError: if a face must be mended and only bounds are known to do it by.
    """
    while len(faces):
        try:
            return partition.cut(faces, crease)
        except TangledError as tangled:
            for face in faces[tangled.faces]:
                _mend(partition.corners_of(face), crease)
            above, below = partition.reach(faces, crease)
            faces = faces[above & below]
    return None


def _mend(corners: Ints, crease: Crease) -> None:
    """Put those of a face's corners on the crease that are nearest to it."""
    aside = corners[crease.positive(corners) | crease.negative(corners)]
    sums = crease.doubt(aside)
    if sums is None:
        raise DoubtError
    distance = np.abs(crease.height(aside)) / sums
    crease.settle(aside[distance <= 4 * distance.min()])


def slack(cut: Cut, crease: Crease, partition: Partition) -> Floats | None:
    """How far along its edge each new vertex of a cut may be from where it belongs.

    Returns:
        Shares of the edges' lengths, in units of the tolerance; None if only bounds are known.
    """
    sums = crease.doubt(cut.tails), crease.doubt(cut.heads)
    if sums[0] is None or sums[1] is None:
        return None
    span = np.abs(crease.height(cut.tails)) + np.abs(crease.height(cut.heads))
    edge = partition.places.take(cut.heads, axis=0) - partition.places.take(cut.tails, axis=0)
    length = np.maximum(np.hypot(edge[:, 0], edge[:, 1]), np.finfo(np.float64).tiny)
    blur = partition.diagonal * (_BLUR / TOLERANCE)
    with np.errstate(divide="ignore", over="ignore"):  # then the whole edge is the limit
        found = np.minimum((sums[0] + sums[1]) * (_ROUNDING / span), blur / length)
    return np.asarray(np.minimum(found, 1 / TOLERANCE))
