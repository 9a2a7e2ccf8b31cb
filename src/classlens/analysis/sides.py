"""On which side of its units' creases each vertex lies: heights, how far to trust them, and bits.

A pre-activation is a sum of rounded products, so one that should be 0 seldom is. A vertex lies on a
crease, and not beside it, when the height there is within a tolerance of 0. The tolerance is taken
from the numbers that meet at that very vertex, not from the largest anywhere, so that what is small
in a network keeps its shape beside what is large.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.partition import Cut, Partition, with_room
from classlens.analysis.walk import Flags, Floats, Ints, TangledError

Words = NDArray[np.uint64]

# Of the sum of the absolute values of all that was added up: 64 roundings of float64, some ten
# times what is met in networks of hundreds of units.
TOLERANCE = 2.0**-46

# The same for the quick tolerance, which is taken from bounds on those sums.
QUICK_TOLERANCE = 16 * TOLERANCE

# Where two lines meet at a small angle, rounding moves the vertex along them. What passes within
# that, but at most this share of the window's diagonal, is taken to pass through the vertex.
_BLUR = 1e-10

# The share of the tolerance that is due to the rounding of the two heights that place a vertex.
_ROUNDING = 1 / 16

# How many rows of heights are computed at once: their signs are taken while they are in the cache.
_BLOCK = 2048


class DoubtError(Exception):
    """A height that the quick tolerance cannot tell from 0. It never leaves the package."""


@dataclass(frozen=True, eq=False)
class Crease:
    """Where one quantity is 0: a ``Line`` that a partition can be cut along.

    Attributes:
        above, below: words that hold, for each vertex, a bit for being on that side.
        bit: which bit of the words it is.
        heights: the quantity at each vertex.
        sums: the sums of absolute values that belong to the heights, or None.
    """

    above: Words
    below: Words
    bit: np.uint64
    heights: Floats
    sums: Floats | None

    def positive(self, vertices: Ints) -> Flags:
        """Which of the given vertices lie where the quantity is above 0."""
        return np.asarray((self.above.take(vertices) & self.bit) != 0)

    def negative(self, vertices: Ints) -> Flags:
        """Which of the given vertices lie where the quantity is below 0."""
        return np.asarray((self.below.take(vertices) & self.bit) != 0)

    def height(self, vertices: Ints) -> Floats:
        """The quantity at the given vertices."""
        return self.heights[vertices]

    def settle(self, corners: Ints) -> None:
        """Put those of a face's corners on the crease that are nearest to it."""
        aside = corners[self.positive(corners) | self.negative(corners)]
        distance = np.abs(self.heights[aside])
        if self.sums is not None:
            distance /= self.sums[aside]
        nearest = aside[distance <= 4 * distance.min()]
        self.above[nearest] &= ~self.bit
        self.below[nearest] &= ~self.bit


def cut_along(partition: Partition, faces: Ints, crease: Crease) -> Cut | None:
    """Cut faces along a crease, settling corners on it until each face is cut in two.

    Args:
        partition: what is cut.
        faces: all that have a corner on either side of the crease.
        crease: where.

    Returns:
        The cut, or None if there was none to make after all.

    Raises:
        DoubtError: if a face must be mended and there are no sums to do it by.
    """
    while len(faces):
        try:
            return partition.cut(faces, crease)
        except TangledError as tangled:
            if crease.sums is None:
                raise DoubtError from None
            for face in faces[tangled.faces]:
                crease.settle(partition.corners_of(face))
            faces = partition.crossed(faces, crease)
    return None


def sums_between(
    cut: Cut, crease: Crease, partition: Partition, values: Floats, sums: Floats
) -> Floats:
    """The sums of absolute values at the vertices of a cut, for the quantities ``values``.

    To what the edge's ends have it adds what makes the tolerance cover the uncertainty of the
    vertex's place along the edge, up to the blur.

    Args:
        values, sums: at the older vertices, shape (vertices, quantities).
    """
    assert crease.sums is not None
    tails, heads = cut.tails, cut.heads
    span = np.abs(crease.heights[heads] - crease.heights[tails])
    loose = (crease.sums[tails] + crease.sums[heads]) * (_ROUNDING / span)
    length = np.hypot(*(partition.places.take(heads, axis=0) - partition.places.take(tails, axis=0)).T)
    blur = partition.diagonal * (_BLUR / TOLERANCE)
    loose = np.minimum(loose * length, blur) / np.maximum(length, 1e-300)
    change = np.abs(values.take(heads, axis=0) - values.take(tails, axis=0))
    return cut.between(sums) + change * loose[:, None]


def pack(flags: Flags) -> Words:
    """Rows of flags as words: bit q % 64 of word q // 64 is flag q.

    Args:
        flags: shape (rows, quantities).

    Returns:
        Shape (words, rows).
    """
    octets = np.packbits(flags, axis=1, bitorder="little")
    padded = np.zeros((len(flags), 8 * -(-flags.shape[1] // 64)), dtype=np.uint8)
    padded[:, : octets.shape[1]] = octets
    return padded.view("<u8").T


def unpack(words: Words, quantities: int) -> Flags:
    """The flags again, shape (rows, quantities), from words of shape (words, rows)."""
    octets = np.ascontiguousarray(words.T, dtype="<u8").view(np.uint8)
    flags = np.unpackbits(octets, axis=1, count=quantities, bitorder="little")
    return flags.view(np.bool_)
