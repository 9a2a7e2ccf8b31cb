"""Folding: a layer's pre-activations, and on which side of its creases each vertex lies.

Pre-activations are kept for the vertices that there were when the layer began. Those of vertices
that its creases added are mixtures of these, computed when they are asked for: a wide layer with
many creases takes little memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from classlens.analysis.ancestry import Ancestry
from classlens.analysis.bits import pack, unpack
from classlens.analysis.cut import Cut
from classlens.analysis.heights import Heights, Rows
from classlens.analysis.partition import Partition, with_room
from classlens.analysis.tolerance import sides, slack
from classlens.analysis.walk import Flags, Floats, Ints

# How many vertices' signs are taken at once.
_ROWS = 2048


class Folding:
    """The pre-activations of a layer while a partition is cut along its creases.

    Attributes:
        units: how many units the layer has.
        careful: whether there are sums of absolute values.
        ancestry: where the partition's vertices, edges and faces come from.
        above: whether a unit is positive at a vertex: words as ``pack`` makes them, each of shape
            (vertices or more,).
        below: whether it is negative.
    """

    def __init__(self, heights: Heights, quick: Floats, partition: Partition) -> None:
        """Begin.

        Args:
            heights: the pre-activations at the vertices that there are.
            quick: the quick tolerance of each unit, for heights without sums.
            partition: what will be cut.

        Raises:
            DoubtError: if there are no sums and the quick tolerance cannot decide on a sign.
        """
        self.units, self.careful = heights.units, heights.careful
        self._heights, self._quick = heights, quick
        self.ancestry = Ancestry(partition)
        words = -(-self.units // 64)
        self.above, self.below = (
            [np.empty(heights.vertices, dtype=np.uint64) for _ in range(words)] for _ in range(2)
        )
        for rows, values, sums in heights.blocks(_ROWS):
            for side, flags in zip(
                (self.above, self.below), sides(values, sums, quick), strict=True
            ):
                for word, bits in zip(side, pack(flags), strict=True):
                    word[rows] = bits

    @property
    def vertices(self) -> int:
        """How many vertices there are now."""
        return self.ancestry.vertices

    def at(self, vertices: Ints, units: Ints | int) -> Floats:
        """The pre-activation of a unit at a vertex, for each of some pairs."""
        ancestry = self.ancestry
        place = ancestry.corners.take(vertices, axis=0)
        place *= self.units
        place += np.reshape(units, (-1, 1))
        values = self._heights.values.ravel().take(place)
        shares = ancestry.shares.take(vertices, axis=0)
        return np.asarray(np.einsum("ij,ij->i", values, shares))

    def sums_at(self, vertices: Ints, units: Ints | int) -> Floats | None:
        """The sum of absolute values behind each of these pre-activations."""
        if self._heights.sums is None:
            return None
        ancestry = self.ancestry
        place = ancestry.corners.take(vertices, axis=0) * self.units + np.reshape(units, (-1, 1))
        values = self._heights.values.ravel().take(place)
        sums = self._heights.sums.ravel().take(place)
        drift = np.einsum("ij,ij->i", values, ancestry.wobbles.take(vertices, axis=0))
        share = np.abs(ancestry.shares.take(vertices, axis=0))
        return np.asarray(np.einsum("ij,ij->i", sums, share) + np.abs(drift))

    def append(self, cut: Cut, crease: UnitCrease, partition: Partition) -> None:
        """Take what a cut along a crease added.

        A new vertex is on the side on which the ends of its edge are. Where these differ, its own
        height decides.
        """
        self.ancestry.add(cut, partition, slack(cut, crease, partition))
        rows = slice(*cut.vertices)
        unsure = np.empty((len(self.above), len(cut.tails)), dtype=np.uint64)
        for word, both in enumerate(unsure):
            above, below = self.above[word], self.below[word]
            high = above.take(cut.tails) | above.take(cut.heads)
            low = below.take(cut.tails) | below.take(cut.heads)
            np.bitwise_and(high, low, out=both)
            self.above[word], self.below[word] = (
                with_room(side, rows.stop) for side in (above, below)
            )
            self.above[word][rows] = high ^ both
            self.below[word][rows] = low ^ both
        unsure[crease.word] &= ~crease.bit
        if unsure.any():
            self._decide(rows, *np.nonzero(unpack(unsure, self.units)))

    def _decide(self, rows: slice, place: Ints, units: Ints) -> None:
        """Set the bits of units at vertices, given by their place among some rows."""
        vertices = place + rows.start
        heights, sums = self.at(vertices, units), self.sums_at(vertices, units)
        above, below = sides(heights, sums, self._quick.take(units))
        count = rows.stop - rows.start
        flags = np.zeros((2 * count, self.units), dtype=np.bool_)
        flags[place, units] = above
        flags[place + count, units] = below
        for word, bits in enumerate(pack(flags)):
            self.above[word][rows] |= bits[:count]
            self.below[word][rows] |= bits[count:]

    def blocks(self, size: int) -> Iterator[Rows]:
        """All vertices, at most so many at a time, with 0 for a unit on whose crease they lie."""
        for rows, values, sums in self._heights.blocks(size):
            # Without sums, those that lie on a crease are exactly 0 already.
            yield (rows, values, sums) if sums is None else self._creased(rows, values, sums)
        ancestry, old = self.ancestry, self._heights.vertices
        # Neighbours in this order are mixtures of the same rows, which are in the cache by then.
        order = np.argsort(ancestry.corners[old : self.vertices, 0], kind="stable") + old
        for first in range(0, len(order), size):
            rows = order[first : first + size]
            corners, shares = (
                ancestry.corners.take(rows, axis=0),
                ancestry.shares.take(rows, axis=0),
            )
            values, sums = _mixed(self._heights.values, corners, shares), None
            if self._heights.sums is not None:
                wobbles = ancestry.wobbles.take(rows, axis=0)
                sums = _mixed(self._heights.sums, corners, np.abs(shares))
                sums += np.abs(_mixed(self._heights.values, corners, wobbles))
            yield self._creased(rows, values, sums)

    def _creased(self, rows: slice | Ints, values: Floats, sums: Floats | None) -> Rows:
        aside = [a[rows] | b[rows] for a, b in zip(self.above, self.below, strict=True)]
        flags = unpack(np.array(aside), self.units)
        return rows, values * flags, None if sums is None else sums * flags


@dataclass(frozen=True, eq=False)
class UnitCrease:
    """Where the pre-activation of one unit is 0.

    Attributes:
        folding: the layer.
        unit: the unit's index.
        word: which word of the layer's bits is this unit's ...
        bit: ... and which bit of that word.
    """

    folding: Folding
    unit: int
    word: int
    bit: np.uint64

    @classmethod
    def of(cls, folding: Folding, unit: int) -> UnitCrease:
        """The crease of a unit."""
        return cls(folding, unit, unit // 64, np.uint64(1 << (unit % 64)))

    def positive(self, vertices: Ints) -> Flags:
        """Which of the given vertices lie where the unit is positive."""
        return np.asarray(self.folding.above[self.word].take(vertices) & self.bit != 0)

    def negative(self, vertices: Ints) -> Flags:
        """Which lie where it is negative."""
        return np.asarray(self.folding.below[self.word].take(vertices) & self.bit != 0)

    def height(self, vertices: Ints) -> Floats:
        """The pre-activation at the given vertices."""
        return self.folding.at(vertices, self.unit)

    def doubt(self, vertices: Ints) -> Floats | None:
        """The sums of absolute values behind these pre-activations."""
        return self.folding.sums_at(vertices, self.unit)

    def settle(self, vertices: Ints) -> None:
        """Put the given vertices on the crease."""
        for side in (self.folding.above, self.folding.below):
            side[self.word][vertices] &= ~self.bit


def _mixed(values: Floats, corners: Ints, shares: Floats) -> Floats:
    """Mixtures of three rows each."""
    mixed = values.take(corners[:, 0], axis=0)
    mixed *= shares[:, :1]
    for k in (1, 2):
        part = values.take(corners[:, k], axis=0)
        part *= shares[:, k : k + 1]
        mixed += part
    return mixed
