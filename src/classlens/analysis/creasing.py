"""Cut a window along the creases of a network's units, layer by layer, into its linear regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from classlens.analysis.heights import Heights, Step, UnitCrease
from classlens.analysis.partition import FACE_BYTES, Partition, with_room
from classlens.analysis.ancestry import Ancestry
from classlens.analysis.bits import Words, unpack
from classlens.analysis.tolerance import QUICK_TOLERANCE, cut_along
from classlens.analysis.walk import Floats, Ints
from classlens.errors import ArgumentError

@dataclass(frozen=True)
class Budget:
    """How much memory may be spent.

    Attributes:
        megabytes: the limit, in units of 1024 * 1024 bytes.
    """

    megabytes: float

    def check(self, faces: int, heights: int) -> None:
        """Refuse a number of faces that needs more.

        Args:
            faces: how many there will be at least.
            heights: how many numbers are kept for each.

        Raises:
            ArgumentError: saying so.
        """
        if faces * (FACE_BYTES + 9 * heights) > self.megabytes * 2**20:
            raise ArgumentError(
                f"the network has at least {faces:,} linear regions in this window, and they do "
                f"not fit in memory_limit={self.megabytes:g} megabytes. Choose a smaller window, "
                "or raise memory_limit."
            )


@dataclass(frozen=True, eq=False)
class Creased:
    """A window cut into the linear regions of a network.

    Attributes:
        partition: the window; its faces are the regions.
        patterns: for each layer the units that are on in each region, as words (words, faces); None
            for a layer without creases.
        logits: at each vertex, shape (vertices, classes).
        sums: the sum of the absolute values of what was added up to each, or None.
        bounds: for each class a number that these sums nowhere exceed.
    """

    partition: Partition
    patterns: tuple[Words | None, ...]
    logits: Floats
    sums: Floats | None
    bounds: Floats


def crease(
    steps: Sequence[Step], last_slopes: tuple[float, float], corners: Floats, *, careful: bool, budget: Budget
) -> Creased:
    partition = Partition(corners)
    heights = Heights(partition.places, np.abs(partition.places) if careful else None)
    bounds = np.abs(partition.places).max(axis=0)
    patterns: list[Words | None] = []
    following = [*(step.slopes for step in steps[1:]), last_slopes]
    for step, (off, on) in zip(steps, following, strict=True):
        bounds = bounds * max(map(abs, step.slopes)) @ step.kernel_sums + step.bias_sums
        budget.check(partition.faces, (2 if careful else 1) * len(bounds))
        heights = Heights.through(step, heights, bounds * QUICK_TOLERANCE if off != on else None)
        if off != on:
            bits = _cut_all(partition, heights, budget)
            origin = heights.ancestry.faces[:partition.faces]
            patterns = [None if words is None else words.take(origin, axis=1) for words in patterns]
            patterns.append(bits)
        else:
            patterns.append(None)
    if heights.ancestry is None: values, sums = heights.values, heights.sums
    else:
        one=np.eye(len(bounds))
        heights = Heights.through(Step(last_slopes, one, np.zeros(len(bounds)), one, np.zeros(len(bounds))), heights, None)
        values,sums=heights.values, heights.sums
    return Creased(partition, tuple(patterns), values, sums, bounds)


def _cut_all(partition: Partition, heights: Heights, budget: Budget) -> Words:
    starts, corners, _ = partition.rings()
    heights.ancestry = Ancestry(partition, starts, corners)
    crossing = [
        _both(a, b, corners, starts) for a, b in zip(heights.above, heights.below, strict=True)
    ]
    lines = sum(int(np.bitwise_count(words).sum()) for words in crossing)
    budget.check(partition.faces + lines, 0)
    some = np.array([[np.bitwise_or.reduce(words)] for words in crossing])
    for unit in np.flatnonzero(unpack(some, heights.units)).tolist():
        line = UnitCrease(heights, unit)
        first = unit // 64
        faces = np.flatnonzero(crossing[first][: partition.faces] & np.uint64(1 << (unit % 64)))
        budget.check(partition.faces + len(faces), 0)
        cut = cut_along(partition, faces, line)
        if cut is None:
            continue
        heights.append(cut, unit, partition)
        for word in range(first, len(crossing)):
            both = _both(heights.above[word], heights.below[word], cut.corners, cut.starts)
            crossing[word] = with_room(crossing[word], partition.faces)
            crossing[word][cut.added] = both[::2]
            crossing[word][cut.kept] = both[1::2]
    starts, corners, _ = partition.rings()
    on = [np.bitwise_or.reduceat(words.take(corners), starts) for words in heights.above]
    return np.array(on)


def _both(above: Words, below: Words, corners: Ints, starts: Ints) -> Words:
    """The bits of the quantities that are positive at one corner of a face and negative at another."""
    both = np.bitwise_or.reduceat(above.take(corners), starts)
    both &= np.bitwise_or.reduceat(below.take(corners), starts)
    return both
