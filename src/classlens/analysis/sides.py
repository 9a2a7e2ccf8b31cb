"""On which side of a crease each vertex lies: heights, how far to trust them, and bits.

A pre-activation is a sum of rounded products, so one that should be 0 seldom is. A vertex lies on a
crease, and not beside it, when the height there is within a tolerance of 0. The tolerance is taken
from the numbers that meet at that very vertex, not from the largest anywhere, so that what is small
in a network keeps its shape beside what is large.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.partition import Cut, Flags, Floats, Ints, Partition, with_room

Words = NDArray[np.uint64]

# Of the sum of the absolute values of all that was added up: 64 roundings of float64, some ten
# times what is met in networks of hundreds of units.
TOLERANCE = 2.0**-46

# Where two lines meet at a small angle, rounding moves the vertex along them. What passes within
# that, but at most this share of the window's diagonal, is taken to pass through the vertex.
BLUR = 1e-11

# The share of the tolerance that is due to the rounding of the two heights that place a vertex.
_ROUNDING = 1 / 16


class DoubtError(Exception):
    """A height that the quick tolerance cannot tell from 0. It never leaves the package."""


class Heights:
    """Some quantities, affine on every face of a partition, at all its vertices.

    Two tolerances tell a height from 0. The quick one is a number for each quantity, larger than
    the other at any vertex. Only if some height falls below it, and is not exactly 0, are the sums
    of absolute values needed, at twice the cost.

    Raises:
        DoubtError: if the quick tolerance cannot decide.
    """

    def __init__(self, values: Floats, sums: Floats | None, quick: Floats, *, room: int = 0) -> None:
        """Take the heights at the vertices that there are.

        Args:
            values: shape (vertices, quantities).
            sums: for each height the sum of the absolute values of what was added up to it, of the
                same shape; None to let the quick tolerance decide.
            quick: the quick tolerance of each quantity.
            room: how many vertices to expect in the end.
        """
        self.vertices = len(values)
        self._quick = quick
        self._values = with_room(values, room)
        self._sums = None if sums is None else with_room(sums, room)
        above, below = self._bits(values, sums)
        self.above = [with_room(word, room) for word in above]
        self.below = [with_room(word, room) for word in below]

    def positive(self, quantity: int) -> Callable[[Ints], Flags]:
        """A function that tells which of the given vertices lie where the quantity is above 0."""
        return _reader(self.above, quantity)

    def negative(self, quantity: int) -> Callable[[Ints], Flags]:
        """A function that tells which of the given vertices lie where the quantity is below 0."""
        return _reader(self.below, quantity)

    def height(self, quantity: int) -> Callable[[Ints], Floats]:
        """A function that gives the quantity at the given vertices."""
        values = self._values
        return lambda vertices: values[vertices, quantity]

    def append(self, cut: Cut, quantity: int, partition: Partition) -> None:
        """Take the vertices of a cut that was made where a quantity is 0."""
        first, end = cut.vertices
        self._values = with_room(self._values, end)
        values = cut.between(self._values, out=self._values[first:end])
        values[:, quantity] = 0
        sums = None
        if self._sums is not None:
            self._sums = with_room(self._sums, end)
            sums = self._sums[first:end]
            sums[:] = sums_between(cut, self._values, self._sums, quantity, partition)
            sums[:, quantity] = 0
        above, below = self._bits(values, sums)
        for word, (over, under) in enumerate(zip(above, below, strict=True)):
            self.above[word] = with_room(self.above[word], end)
            self.below[word] = with_room(self.below[word], end)
            self.above[word][first:end] = over
            self.below[word][first:end] = under
        self.vertices = end

    def settle(self, corners: Ints, quantity: int) -> None:
        """Put the given corners that are nearest to 0, for their tolerance, on the crease."""
        word, bit = quantity // 64, _bit(quantity)
        aside = ((self.above[word] | self.below[word]).take(corners) & bit) != 0
        corners = corners[aside]
        doubt = np.abs(self._values[corners, quantity]) / self._sums[corners, quantity]
        nearest = corners[doubt <= 4 * doubt.min()]
        self.above[word][nearest] &= ~bit
        self.below[word][nearest] &= ~bit

    def finish(self) -> tuple[Floats, Floats | None]:
        """The heights and their sums of absolute values, 0 where a vertex lies on the crease."""
        values = self._values[: self.vertices]
        if self._sums is None:  # then only what is exactly 0 lies on a crease
            return values, None
        sums = self._sums[: self.vertices]
        aside = np.stack(
            [a[: self.vertices] | b[: self.vertices] for a, b in zip(self.above, self.below)], axis=1
        )
        on_crease = ~unpack(aside, values.shape[1])
        values[on_crease] = 0
        sums[on_crease] = 0
        return values, sums

    def _bits(self, values: Floats, sums: Floats | None) -> tuple[list[Words], list[Words]]:
        tolerance = self._quick if sums is None else sums * TOLERANCE
        above, below = values > tolerance, values < -tolerance
        if sums is None:
            aside = np.count_nonzero(above) + np.count_nonzero(below)
            if aside != np.count_nonzero(values):
                raise DoubtError
        return pack(above), pack(below)


def sums_between(
    cut: Cut, values: Floats, sums: Floats, quantity: int, partition: Partition
) -> Floats:
    """The sums of absolute values at the vertices of a cut.

    To those of the edge's ends it adds what makes the tolerance cover the uncertainty of the
    vertex's place along the edge, up to the blur.
    """
    tails, heads = cut.tails, cut.heads
    slope = np.abs(values.take(heads, axis=0) - values.take(tails, axis=0))
    span = slope[:, quantity]
    rounded = (sums[tails, quantity] + sums[heads, quantity]) * _ROUNDING / span
    edge = partition.places.take(heads, axis=0) - partition.places.take(tails, axis=0)
    blur = partition.diagonal * (BLUR / TOLERANCE) / np.maximum(np.hypot(*edge.T), 1e-300)
    slope *= np.minimum(rounded, blur)[:, None]
    return cut.between(sums) + slope


def pack(flags: Flags) -> list[Words]:
    """Rows of flags as columns of words: bit q % 64 of word q // 64 is flag q.

    Args:
        flags: shape (rows, quantities).

    Returns:
        One array (rows,) for each 64 quantities.
    """
    rows, quantities = flags.shape
    octets = np.packbits(flags, axis=1, bitorder="little")
    padded = np.zeros((rows, 8 * -(-quantities // 64)), dtype=np.uint8)
    padded[:, : octets.shape[1]] = octets
    return list(np.ascontiguousarray(padded.view("<u8").T))


def unpack(words: Words, quantities: int) -> Flags:
    """The flags again, shape (rows, quantities), from words of shape (rows, words)."""
    octets = np.ascontiguousarray(words, dtype="<u8").view(np.uint8)
    return np.unpackbits(octets, axis=1, count=quantities, bitorder="little").view(np.bool_)


def _bit(quantity: int) -> np.uint64:
    return np.uint64(1 << (quantity % 64))


def _reader(words: list[Words], quantity: int) -> Callable[[Ints], Flags]:
    word, bit = words[quantity // 64], _bit(quantity)
    return lambda vertices: (word.take(vertices) & bit) != 0
