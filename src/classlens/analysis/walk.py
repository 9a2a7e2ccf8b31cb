"""Go round faces that a line crosses, to find where it enters and leaves each of them."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]


def indices(flags: Flags) -> Ints:
    """Where flags are set, in order: ``numpy.flatnonzero`` with less around it."""
    return flags.nonzero()[0]


class Line(Protocol):
    """A line, or what is a line on every face, given at the vertices."""

    def positive(self, vertices: Ints) -> Flags:
        """Which of the given vertices lie on its positive side."""

    def negative(self, vertices: Ints) -> Flags:
        """Which lie on its negative side. A vertex on neither side lies on the line."""

    def height(self, vertices: Ints) -> Floats:
        """How far from it, in any unit, and on which side."""


class TangledError(Exception):
    """Faces whose corners change sides more than twice, so that no line cuts them in two.

    It never leaves the package: whoever cuts mends the sides and tries again.

    Attributes:
        faces: which, of those that were walked round.
    """

    def __init__(self, faces: Ints) -> None:
        super().__init__(f"{len(faces)} faces")
        self.faces = faces


class Walk(NamedTuple):
    """The corners of the crossed faces, counter-clockwise, one face after the other.

    Attributes:
        begin: where each face's corners begin in the next three, shape (k,).
        size: how many corners each face has, shape (k,).
        corner: the vertex, shape (c,).
        side: the edge from it to the next corner, shape (c,).
        after: where that next corner stands, shape (c,).
        down: where the last corner before each face's negative ones stands, shape (k,).
        up: where the last negative one stands, shape (k,).
    """

    begin: Ints
    size: Ints
    corner: Ints
    side: Ints
    after: Ints
    down: Ints
    up: Ints

    @property
    def below(self) -> Ints:
        """How many corners each face has from the first negative one to the last."""
        steps = self.up - self.down
        return steps + self.size * (steps < 0)


def walk(begin: Ints, size: Ints, corner: Ints, side: Ints, line: Line) -> Walk:
    """Go round faces that have a corner on either side of a line.

    Args:
        begin: where each face's corners begin in a row of all of them, shape (k,).
        size: how many corners each face has, shape (k,).
        corner: the vertices in that row, counter-clockwise, shape (c,).
        side: the edge from each corner to the next, shape (c,).
        line: the line.

    Raises:
        TangledError: if the corners of a face change sides more than twice.
    """
    after = np.arange(1, len(corner) + 1)
    after[begin + size - 1] = begin
    negative = line.negative(corner)
    next_negative = negative.take(after)
    down = indices(next_negative > negative)
    up = indices(negative > next_negative)
    if len(down) != len(begin):  # each face has one at least
        down, up = _turns(begin, size, negative, line.positive(corner))
    return Walk(begin, size, corner, side, after, down, up)


def _turns(begin: Ints, size: Ints, negative: Flags, positive: Flags) -> tuple[Ints, Ints]:
    """``down`` and ``up`` where corners on the line go with their neighbours.

    Rounding may have put a corner on the line whose neighbours lie on one side of it.
    """
    aside = indices(negative | positive)
    face = np.arange(len(begin)).repeat(size).take(aside)
    after = np.arange(1, len(aside) + 1)
    after[np.searchsorted(face, np.arange(len(begin)), side="right") - 1] = np.searchsorted(
        face, np.arange(len(begin))
    )
    low = negative.take(aside)
    next_low = low.take(after)
    enter, leave = indices(next_low > low), indices(low > next_low)
    turns = np.bincount(face.take(enter), minlength=len(begin))
    if (turns != 1).any():
        raise TangledError(indices(turns != 1))
    down = aside.take(after.take(enter)) - 1
    down += size * (down < begin)
    return down, aside.take(leave)
