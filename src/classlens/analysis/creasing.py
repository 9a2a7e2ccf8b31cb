"""Cut a window along the creases of a network's units, layer by layer, into its linear regions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classlens.analysis.ancestry import ANCESTRY_BYTES
from classlens.analysis.bits import Words, unpack
from classlens.analysis.chain import Chain
from classlens.analysis.cut import Cut
from classlens.analysis.folding import Folding, UnitCrease
from classlens.analysis.heights import Heights, Source, activations, through
from classlens.analysis.partition import FACE_BYTES, Partition, with_room
from classlens.analysis.tolerance import LARGEST, QUICK_TOLERANCE, cut_along
from classlens.analysis.walk import Floats, Ints, indices
from classlens.errors import ArgumentError

# An array that grows is there twice for a moment, with room to spare.
_GROWTH = 1.5


@dataclass(frozen=True)
class Budget:
    """How much memory may be spent.

    Attributes:
        megabytes: the limit, in units of 1,048,576 bytes.
    """

    megabytes: float

    def check(self, faces: int, bytes_each: int, held: int) -> None:
        """Refuse what does not fit.

        Args:
            faces: how many there will be at least.
            bytes_each: how much each takes, beside its place in the partition.
            held: how many bytes are taken whatever the number of faces.

        Raises:
            ArgumentError: saying so.
        """
        needed = _GROWTH * faces * (FACE_BYTES + ANCESTRY_BYTES + bytes_each) + held
        if needed > self.megabytes * 2**20:
            raise ArgumentError(
                f"the network has at least {faces:,} linear regions in this window, which do not "
                f"fit into memory_limit={self.megabytes:g} megabytes. Choose a smaller window, or "
                "raise memory_limit."
            )


@dataclass(frozen=True, eq=False)
class Creased:
    """A window cut into the linear regions of a network.

    Attributes:
        partition: the window; its faces are the regions.
        patterns: for each layer, which units are on in each region: words as ``pack`` makes them,
            shape (words, faces). None for a layer without creases.
        logits: at each vertex, shape (vertices, classes).
        sums: the sum of the absolute values of what was added up to each, or None.
        bounds: for each class a number that such sums nowhere exceed.
    """

    partition: Partition
    patterns: tuple[Words | None, ...]
    logits: Floats
    sums: Floats | None
    bounds: Floats


def crease(chain: Chain, corners: Floats, *, careful: bool, budget: Budget) -> Creased:
    """Cut a window along all creases.

    Args:
        chain: the network.
        corners: the window, a convex polygon, counter-clockwise, shape (n, 2).
        careful: whether to compute the sums of absolute values that tell heights from 0.
        budget: how much memory may be spent.

    Raises:
        ArgumentError: if the regions do not fit into the memory.
        DoubtError: if it would take care to tell a height from 0.
    """
    partition = Partition(corners)
    places = partition.places
    table = Heights(places, np.abs(places) if careful else None)
    heights: Source = table
    bounds = np.abs(places).max(axis=0)
    patterns: list[Words | None] = []
    for number, (step, (off, on)) in enumerate(zip(chain.steps, chain.folds, strict=True), 1):
        with np.errstate(over="ignore"):  # reported just below
            bounds = bounds * max(map(abs, step.slopes)) @ step.kernel_sums + step.bias_sums
        _refuse_overflow(bounds, number)
        budget.check(partition.faces, (16 if careful else 8) * len(bounds), table.nbytes)
        table = through(step, heights)
        if off == on:
            heights, found = table, None
        else:
            heights = Folding(table, QUICK_TOLERANCE * bounds, partition)
            found = _cut_all(partition, heights, budget, table.nbytes)
            origin = heights.ancestry.faces[: partition.faces]
            patterns = [None if words is None else words[:, origin] for words in patterns]
        patterns.append(found)
    logits = activations(chain.last, heights)
    bounds = bounds * max(map(abs, chain.last))
    return Creased(partition, tuple(patterns), logits.values, logits.sums, bounds)


def _refuse_overflow(bounds: Floats, number: int) -> None:
    most = float(np.max(bounds))
    if not most < LARGEST:
        raise ArgumentError(
            f"the pre-activations of layer {number} must stay below {LARGEST:g} in the window. "
            f"Got up to {most:g}. Scale the weights down, or choose a window nearer to the data."
        )


class _Crossings:
    """Which faces each unit of a layer crosses, while they are being cut.

    Units come in order. The faces that are crossed by any unit of a word of 64 are found once, so
    that the others are not looked at again for each of these units.

    Attributes:
        words: for each face, the units that are positive at one corner and negative at another.
    """

    def __init__(self, folding: Folding, partition: Partition) -> None:
        starts, _, corners = partition.rings()
        self._folding, self._partition = folding, partition
        self.words = self._both(corners, starts)
        self._word, self._active, self._count = -1, np.arange(0), 0

    def units(self) -> list[int]:
        """The units that cross a face, in order."""
        some = np.array([[np.bitwise_or.reduce(word)] for word in self.words])
        return [int(unit) for unit in indices(unpack(some, self._folding.units)[0])]

    def faces(self, line: UnitCrease) -> Ints:
        """The faces that a unit crosses."""
        words = self.words[line.word]
        if line.word != self._word:
            self._word = line.word
            self._active = indices(words[: self._partition.faces] != 0)
            self._count = len(self._active)
        active = self._active[: self._count]
        return np.asarray(active[(words.take(active) & line.bit) != 0])

    def update(self, cut: Cut) -> None:
        """Take what a cut made of faces."""
        faces, later = self._partition.faces, self._word
        for word, bits in enumerate(self._both(cut.corners, cut.starts, later), start=later):
            self.words[word] = with_room(self.words[word], faces)
            self.words[word][cut.added], self.words[word][cut.kept] = bits[::2], bits[1::2]
        count = self._count + len(cut.added)
        self._active = with_room(self._active, count)
        self._active[self._count : count] = cut.added
        self._count = count

    def _both(self, corners: Ints, starts: Ints, first: int = 0) -> list[Words]:
        found = []
        for above, below in zip(
            self._folding.above[first:], self._folding.below[first:], strict=True
        ):
            both = np.bitwise_or.reduceat(above.take(corners), starts)
            both &= np.bitwise_or.reduceat(below.take(corners), starts)
            found.append(both)
        return found


def _cut_all(partition: Partition, folding: Folding, budget: Budget, held: int) -> Words:
    """Cut along the creases of one layer.

    Returns:
        Which units are on in each face afterwards.
    """
    crossings = _Crossings(folding, partition)
    bits = 3 * 8 * len(crossings.words)
    lines = sum(int(np.bitwise_count(word).sum()) for word in crossings.words)
    budget.check(
        partition.faces + lines, bits, held
    )  # each line adds a face to each that it crosses
    for unit in crossings.units():
        line = UnitCrease.of(folding, unit)
        faces = crossings.faces(line)
        budget.check(partition.faces + len(faces), bits, held)
        cut = cut_along(partition, faces, line)
        if cut is not None:
            folding.append(cut, line, partition)
            crossings.update(cut)
    starts, _, corners = partition.rings()
    return np.array([np.bitwise_or.reduceat(word.take(corners), starts) for word in folding.above])
