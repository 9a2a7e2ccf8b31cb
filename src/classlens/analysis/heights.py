"""The pre-activations of one layer at every vertex of a partition, and their signs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from classlens.analysis.ancestry import Ancestry
from classlens.analysis.bits import Words, pack, unpack
from classlens.analysis.partition import Cut, Partition, with_room
from classlens.analysis.tolerance import TOLERANCE, sides, slack
from classlens.analysis.walk import Flags, Floats, Ints

# How many numbers are computed at once: few enough to stay in the cache until they have been used.
_BLOCK = 1 << 17


@dataclass(frozen=True, eq=False)
class Step:
    """What leads from the pre-activations of one layer to those of the next.

    Attributes:
        slopes: those of the activation between them, left and right of 0.
        kernel: shape (inputs, units).
        bias: shape (units,).
        kernel_sums: for each weight the sum of the absolute values of what was added up to it.
        bias_sums: the same for the bias.
    """

    slopes: tuple[float, float]
    kernel: Floats
    bias: Floats
    kernel_sums: Floats
    bias_sums: Floats

    def take(self, values: Floats, sums: Floats | None) -> tuple[Floats, Floats | None]:
        """From heights and the sums of absolute values behind them to the next ones, row by row."""
        off, on = self.slopes
        if off == on == 1:
            active = values
        elif off == 0 and on == 1:
            active = np.maximum(values, 0)
        else:
            active = values * np.where(values > 0, on, off)
        heights = active @ self.kernel
        heights += self.bias
        if sums is None:
            return heights, None
        if off != on:  # at a kink it is 0 without any doubt
            sums = sums * np.where(values > 0, abs(on), np.where(values < 0, abs(off), 0))
        else:
            sums = sums * abs(on)
        return heights, sums @ self.kernel_sums + self.bias_sums


class Heights:
    """The pre-activations of one layer at all vertices of a partition.

    They are kept for the vertices that there were when the layer began; those of vertices that its
    creases added are mixtures of these.

    Attributes:
        values: shape (vertices in the beginning, units).
        sums: for each the sum of the absolute values of what was added up to it; None if the quick
            tolerance decides on signs.
        above, below: on which side of each unit's crease each vertex lies: words as ``pack`` makes
            them, shape (vertices or more,) each. None if the layer has no creases.
    """

    def __init__(self, values: Floats, sums: Floats | None, quick: Floats | None = None) -> None:
        """Take values that are there.

        Args:
            values: shape (vertices, units).
            sums: of the same shape, or None.
            quick: the quick tolerance of each unit; None if the layer has no creases.
        """
        self.values, self.sums, self._quick = values, sums, quick
        words = 0 if quick is None else -(-values.shape[1] // 64)
        self.above = [np.empty(len(values), dtype=np.uint64) for _ in range(words)]
        self.below = [np.empty(len(values), dtype=np.uint64) for _ in range(words)]
        self.ancestry: Ancestry | None = None

    @classmethod
    def through(cls, step: Step, before: Heights, quick: Floats | None) -> Heights:
        """The next layer's.

        Args:
            step: what leads there.
            before: the layer before.
            quick: the quick tolerance of each unit; None if the layer has no creases.

        Raises:
            DoubtError: if there are no sums and the quick tolerance cannot decide.
        """
        shape = before.vertices, step.kernel.shape[1]
        sums = None if before.sums is None else np.empty(shape)
        heights = cls(np.empty(shape), sums, quick)
        for rows, values, values_sums in before.blocks(step.kernel.shape[1]):
            new, new_sums = step.take(values, values_sums)
            heights.values[rows] = new
            if heights.sums is not None:
                heights.sums[rows] = new_sums
            if quick is not None:
                flags = sides(new, new_sums, quick)
                for words, packed in zip((heights.above, heights.below), map(pack, flags)):
                    for word, bits in zip(words, packed, strict=True):
                        word[rows] = bits
        return heights

    @property
    def vertices(self) -> int:
        """How many vertices there are now."""
        return len(self.values) if self.ancestry is None else self.ancestry.vertices

    @property
    def units(self) -> int:
        """How many units the layer has."""
        return self.values.shape[1]

    def at(self, vertices: Ints, units: Ints | int) -> Floats:
        """The pre-activations of units at vertices, one by one."""
        corners, shares = self.ancestry.corners.take(vertices, 0), self.ancestry.shares.take(vertices, 0)
        flat = corners * self.units + np.reshape(units, (-1, 1))
        return np.einsum("ij,ij->i", self.values.ravel().take(flat), shares)

    def sums_at(self, vertices: Ints, units: Ints | int) -> Floats | None:
        """The sums behind the pre-activations of units at vertices, one by one."""
        if self.sums is None:
            return None
        flat = self.ancestry.corners.take(vertices, 0) * self.units + np.reshape(units, (-1, 1))
        shares = np.abs(self.ancestry.shares.take(vertices, 0))
        drift = np.einsum("ij,ij->i", self.values.ravel().take(flat), self.ancestry.wobbles.take(vertices, 0))
        return np.einsum("ij,ij->i", self.sums.ravel().take(flat), shares) + np.abs(drift)

    def append(self, cut: Cut, unit: int, partition: Partition) -> None:
        """Take the vertices of a cut that was made along a unit's crease.

        A new vertex is on the side on which the ends of its edge are; only where these differ is
        its own height needed.
        """
        self.ancestry.add(cut, partition, slack(cut, UnitCrease(self, unit), partition))
        rows = slice(*cut.vertices)
        unsure = []
        for words in range(len(self.above)):
            above, below = self.above[words], self.below[words]
            high = above.take(cut.tails) | above.take(cut.heads)
            low = below.take(cut.tails) | below.take(cut.heads)
            both = high & low
            self.above[words] = with_room(above, rows.stop)
            self.below[words] = with_room(below, rows.stop)
            self.above[words][rows] = high & ~both
            self.below[words][rows] = low & ~both
            if words == unit // 64:
                both &= ~np.uint64(1 << (unit % 64))
            unsure.append(both)
        vertex, other = np.nonzero(unpack(np.array(unsure), self.units))
        if len(vertex):
            vertices = vertex + rows.start
            flags = sides(self.at(vertices, other), self.sums_at(vertices, other), self._quick[other])
            for words, flag in zip((self.above, self.below), flags, strict=True):
                found = np.zeros((len(cut.tails), self.units), dtype=np.bool_)
                found[vertex[flag], other[flag]] = True
                for word, bits in zip(words, pack(found), strict=True):
                    word[rows] |= bits

    def blocks(self, more: int = 0) -> Iterator[tuple[Ints, Floats, Floats | None]]:
        """All vertices with their heights and sums, some at a time, 0 where they lie on a crease."""
        size = max(64, _BLOCK // (self.units + more))
        old = len(self.values)
        for first in range(0, old, size):
            rows = np.arange(first, min(first + size, old))
            part = slice(first, first + size)
            yield rows, *self._on_creases(rows, self.values[part], None if self.sums is None else self.sums[part])
        if self.ancestry is None:
            return
        # Neighbours in this order are mixtures of the same rows, which are then in the cache.
        order = np.argsort(self.ancestry.corners[old : self.vertices, 0], kind="stable") + old
        for first in range(0, len(order), size):
            rows = order[first : first + size]
            corners, shares = self.ancestry.corners.take(rows, 0), self.ancestry.shares.take(rows, 0)
            values = _mix(self.values, corners, shares)
            sums = None
            if self.sums is not None:
                drift = _mix(self.values, corners, self.ancestry.wobbles.take(rows, 0))
                sums = _mix(self.sums, corners, np.abs(shares)) + np.abs(drift)
            yield rows, *self._on_creases(rows, values, sums)

    def _on_creases(self, rows, values, sums):
        if not self.above or (self.sums is None and rows[0] < len(self.values)):
            return values, sums
        aside = [a.take(rows) | b.take(rows) for a, b in zip(self.above, self.below, strict=True)]
        flags = unpack(np.array(aside), self.units)
        return values * flags, None if sums is None else sums * flags


def _mix(values: Floats, corners: Ints, shares: Floats) -> Floats:
    mixed = values.take(corners[:, 0], axis=0)
    mixed *= shares[:, :1]
    for k in (1, 2):
        part = values.take(corners[:, k], axis=0)
        part *= shares[:, k : k + 1]
        mixed += part
    return mixed


@dataclass(frozen=True, eq=False)
class UnitCrease:
    """Where the pre-activation of one unit is 0."""

    heights: Heights
    unit: int

    def positive(self, vertices: Ints) -> Flags:
        return (self.heights.above[self.unit // 64].take(vertices) & self._bit) != 0

    def negative(self, vertices: Ints) -> Flags:
        return (self.heights.below[self.unit // 64].take(vertices) & self._bit) != 0

    def height(self, vertices: Ints) -> Floats:
        return self.heights.at(vertices, self.unit)

    def doubt(self, vertices: Ints) -> Floats | None:
        return self.heights.sums_at(vertices, self.unit)

    def settle(self, vertices: Ints) -> None:
        for words in (self.heights.above, self.heights.below):
            words[self.unit // 64][vertices] &= ~self._bit

    @property
    def _bit(self) -> np.uint64:
        return np.uint64(1 << (self.unit % 64))
