"""The pre-activations of a layer at every vertex of a partition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from classlens.analysis.chain import Slopes, Step, activate
from classlens.analysis.walk import Floats, Ints

# How many numbers are computed at once: few enough to stay in the cache until they have been used.
_BLOCK = 1 << 17

# Which vertices, the heights there, and the sums of absolute values behind the heights.
Rows = tuple[slice | Ints, Floats, Floats | None]

RowFunction = Callable[[Floats, Floats | None], tuple[Floats, Floats | None]]


class Source(Protocol):
    """Heights that can be read from the first vertex to the last, in any order."""

    @property
    def vertices(self) -> int:
        """How many vertices there are."""

    @property
    def units(self) -> int:
        """How many heights each has."""

    @property
    def careful(self) -> bool:
        """Whether there are sums of absolute values."""

    def blocks(self, size: int) -> Iterator[Rows]:
        """All vertices, at most so many at a time."""


class Heights:
    """Heights in a table.

    Attributes:
        values: shape (vertices, units).
        sums: for each the sum of the absolute values of what was added up to it; None if a quick
            tolerance decides on signs.
    """

    def __init__(self, values: Floats, sums: Floats | None) -> None:
        self.values, self.sums = values, sums

    @property
    def vertices(self) -> int:
        """How many vertices there are."""
        return len(self.values)

    @property
    def units(self) -> int:
        """How many heights each has."""
        return int(self.values.shape[1])

    @property
    def careful(self) -> bool:
        """Whether there are sums of absolute values."""
        return self.sums is not None

    @property
    def nbytes(self) -> int:
        """How much memory they take."""
        return self.values.nbytes * (2 if self.careful else 1)

    def blocks(self, size: int) -> Iterator[Rows]:
        """All vertices, at most so many at a time."""
        for first in range(0, len(self.values), size):
            rows = slice(first, min(first + size, len(self.values)))
            yield rows, self.values[rows], None if self.sums is None else self.sums[rows]


def through(step: Step, before: Source) -> Heights:
    """The pre-activations of the next layer."""
    return _table(before, len(step.bias), step.take)


def activations(slopes: Slopes, before: Source) -> Heights:
    """What a layer gives, from its pre-activations."""
    return _table(before, before.units, lambda values, sums: activate(values, sums, slopes))


def _table(before: Source, units: int, function: RowFunction) -> Heights:
    shape = before.vertices, units
    values, sums = np.empty(shape), np.empty(shape) if before.careful else None
    for rows, old, old_sums in before.blocks(max(64, _BLOCK // (before.units + units))):
        values[rows], new_sums = function(old, old_sums)
        if sums is not None and new_sums is not None:
            sums[rows] = new_sums
    return Heights(values, sums)
