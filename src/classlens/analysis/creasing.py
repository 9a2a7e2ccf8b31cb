"""Cut a window along the creases of a network's units, layer by layer, into its linear regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classlens.analysis.partition import Cut, Floats, Ints, Partition, TangledError, with_room
from classlens.analysis.sides import BLUR, TOLERANCE, Heights, Words, _bit
from classlens.errors import ArgumentError


@dataclass(frozen=True)
class Budget:
    """How much memory may be spent.

    Attributes:
        megabytes: the limit, of 1024 x 1024 bytes.
    """

    megabytes: float

    def check(self, faces: int, quantities: int, tables: int) -> None:
        """Refuse a number of faces with so many heights each, in so many tables.

        Raises:
            ArgumentError: if they need more memory than the limit.
        """
        bytes_each = Partition.face_bytes + quantities * (8 * tables + 1)
        if faces * bytes_each > self.megabytes * 2**20:
            raise ArgumentError(
                f"the network has at least {faces} linear regions in this window, which need more "
                f"memory than memory_limit={self.megabytes:g} megabytes. Choose a smaller window, "
                "or raise memory_limit."
            )


@dataclass(frozen=True, eq=False)
class Regions_:
    partition: Partition
    values: Floats
    sums: Floats | None
    quick: Floats
    patterns: list


def crease(layers, corners: Floats, *, careful: bool, budget: Budget):
    """layers: (kernel, bias, |kernel|, |bias|, slopes)"""
    partition = Partition(corners)
    values = partition.places
    sums = np.abs(values) if careful else None
    most = np.abs(values).max(axis=0)
    patterns: list[Words] = []
    for kernel, bias, size, bias_size, slopes in layers:
        budget.check(partition.faces, kernel.shape[1], 2 if careful else 1)
        values = values @ kernel
        values += bias
        if sums is not None:
            sums = sums @ size
            sums += bias_size
        most = most @ size + bias_size
        off, on = slopes
        if off != on:
            quick = most * TOLERANCE + np.abs(values).max(axis=0) * BLUR
            values, sums, bits, origin = fold(partition, values, sums, quick, budget)
            patterns = [words.take(origin) for words in patterns] + bits
            low = values < 0
            if off == 0:
                np.maximum(values, 0, out=values)
                if sums is not None: sums[values <= 0] = 0
            else:
                values[low] *= off
                if sums is not None: sums[low] *= off
        elif on != 1:
            values *= on
            if sums is not None: sums *= on
        most *= max(off, on)
    return Regions_(partition, values, sums, most, patterns)


def fold(partition, values, sums, quick, budget):
    tables = 1 if sums is None else 2
    quantities = values.shape[1]
    heights = Heights(values, sums, quick)
    del values, sums
    starts, corners, _ = partition.rings()
    crossing = [sides_of(a, b, corners, starts[:-1]) for a, b in zip(heights.above, heights.below)]
    lines = sum(np.bitwise_count(words).astype(np.int64) for words in crossing)
    budget.check(partition.faces + int(lines.sum()), quantities, tables)
    origin = np.arange(partition.faces)
    for quantity in np.flatnonzero(unpack_any(crossing, quantities)):
        word, bit = quantity // 64, _bit(int(quantity))
        faces = np.flatnonzero(crossing[word][: partition.faces] & bit)
        if not len(faces):
            continue
        budget.check(partition.faces + len(faces), quantities, tables)
        cut = cut_along(partition, heights, int(quantity), faces)
        if cut is None:
            continue
        heights.append(cut, int(quantity), partition)
        origin = with_room(origin, partition.faces)
        origin[cut.added] = origin[cut.kept]
        for later in range(word, len(crossing)):
            new = sides_of(heights.above[later], heights.below[later], cut.corners, cut.starts)
            crossing[later] = with_room(crossing[later], partition.faces)
            crossing[later][cut.added] = new[::2]
            crossing[later][cut.kept] = new[1::2]
    starts, corners, _ = partition.rings()
    bits = [np.bitwise_or.reduceat(words.take(corners), starts[:-1]) for words in heights.above]
    values, sums = heights.finish()
    return values, sums, bits, origin[: partition.faces]


def cut_along(partition: Partition, heights: Heights, quantity: int, faces: Ints) -> Cut | None:
    positive, negative = heights.positive(quantity), heights.negative(quantity)
    while len(faces):
        try:
            return partition.cut(faces, positive, negative, heights.height(quantity))
        except TangledError as tangled:
            for face in tangled.faces:
                heights.settle(partition.corners_of(face), quantity)
            faces = partition.crossed(faces, positive, negative)
    return None


def sides_of(above, below, corners, starts):
    both = np.bitwise_or.reduceat(above.take(corners), starts)
    both &= np.bitwise_or.reduceat(below.take(corners), starts)
    return both

def unpack_any(crossing, quantities):
    from classlens.analysis.sides import unpack
    return unpack(np.array([[np.bitwise_or.reduce(w) for w in crossing]]), quantities)[0]
