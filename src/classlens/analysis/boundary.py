"""Which class wins where in a window, and the boundary between them.

The classes join one by one. The largest logit of those that have joined is affine on every face, so
the lead of the next class over it is too, and the zero line of that lead cuts the faces further.
Neighbours always agree on it, and no two classes need be looked at by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classlens.analysis.creasing import Creased
from classlens.analysis.cut import Cut
from classlens.analysis.partition import Partition, with_room
from classlens.analysis.tolerance import (
    QUICK_TOLERANCE,
    TOLERANCE,
    DoubtError,
    cut_along,
    sides,
    slack,
)
from classlens.analysis.walk import Flags, Floats, Ints, indices

# Logits of very different sizes are compared with the careful tolerance only: where a small one
# wins, the rounding of a large one must not decide.
_ALIKE = 1e3


@dataclass(frozen=True, eq=False)
class Classified:
    """A window cut into parts of linear regions in which one class wins.

    Attributes:
        region: the linear region of each face, shape (faces,).
        label: its class, shape (faces,); the lowest index where classes tie.
        tied_faces, tied_labels: a face, and another class that ties with its own all over it; one
            entry for each such pair.
    """

    region: Ints
    label: Ints
    tied_faces: Ints
    tied_labels: Ints


@dataclass(frozen=True, eq=False)
class _Lead:
    """Where one class ties with the best of those that have joined: a ``Crease``.

    Attributes:
        above, below: whether it is ahead, or behind, at each vertex.
        heights: by how much.
        sums: the sums of absolute values behind that, or None.
    """

    above: Flags
    below: Flags
    heights: Floats
    sums: Floats | None

    def positive(self, vertices: Ints) -> Flags:
        return self.above.take(vertices)

    def negative(self, vertices: Ints) -> Flags:
        return self.below.take(vertices)

    def height(self, vertices: Ints) -> Floats:
        return self.heights.take(vertices)

    def doubt(self, vertices: Ints) -> Floats | None:
        return None if self.sums is None else self.sums.take(vertices)

    def settle(self, vertices: Ints) -> None:
        self.above[vertices] = self.below[vertices] = False

    def extended(self, vertices: int) -> _Lead:
        """The same with so many more vertices, which lie on the line."""
        level = np.zeros(vertices)
        aside = np.zeros(vertices, dtype=np.bool_)
        return _Lead(
            np.concatenate((self.above, aside)),
            np.concatenate((self.below, aside)),
            np.concatenate((self.heights, level)),
            None if self.sums is None else np.concatenate((self.sums, level)),
        )


class _Logits:
    """The logits at every vertex, and beside them, as a last column, the largest that has joined.

    Attributes:
        values: shape (vertices or more, classes + 1).
        sums: the sums of absolute values behind them, of the same shape; None if only bounds are
            known.
    """

    def __init__(self, creased: Creased, first: int) -> None:
        columns = [*range(len(creased.bounds)), first]
        self.values = creased.logits[:, columns]
        self.sums = None if creased.sums is None else creased.sums[:, columns]
        self._quick = QUICK_TOLERANCE * creased.bounds
        self._best_quick = self._quick[first]

    def lead(self, label: int, vertices: int) -> _Lead:
        """By how much a class leads over the best."""
        heights = self.values[:vertices, label] - self.values[:vertices, -1]
        sums = None if self.sums is None else self.sums[:vertices, label] + self.sums[:vertices, -1]
        quick = np.asarray(self._quick[label] + self._best_quick)
        return _Lead(*sides(heights, sums, quick), heights, sums)

    def append(self, cut: Cut, lead: _Lead, partition: Partition) -> None:
        """Take the vertices of a cut where the lead is 0."""
        rows = slice(*cut.vertices)
        if self.sums is not None:
            values = self.values
            self.sums = with_room(self.sums, rows.stop)
            cut.between(self.sums, out=self.sums[rows])
            loose = slack(cut, lead, partition)
            if loose is not None:
                change = values.take(cut.heads, axis=0) - values.take(cut.tails, axis=0)
                self.sums[rows] += np.abs(change) * loose[:, None]
        self.values = with_room(self.values, rows.stop)
        cut.between(self.values, out=self.values[rows])

    def join(self, label: int, lead: _Lead) -> None:
        """Let the best be the class's logit where it leads, and one number where they tie.

        Where they tie, both are what is known better: a small logit is not to be replaced by a
        large one that rounding has made small.
        """
        here = slice(0, len(lead.above))
        value, best = self.values[here, label], self.values[here, -1]
        if self.sums is None:
            best[~lead.below] = value[~lead.below]
        else:
            value_sum, best_sum = self.sums[here, label], self.sums[here, -1]
            level = ~(lead.above | lead.below)
            better = lead.above | (level & (value_sum < best_sum))
            best[better], best_sum[better] = value[better], value_sum[better]
            value[level], value_sum[level] = best[level], best_sum[level]
        self._best_quick = max(self._best_quick, self._quick[label])

    def level(self, vertices: int) -> Flags:
        """Which logits are as large as the largest, shape (vertices, classes)."""
        lag = self.values[:vertices, -1:] - self.values[:vertices, :-1]
        if self.sums is None:
            return np.asarray(lag <= self._quick + self._best_quick)
        sums = self.sums[:vertices, :-1] + self.sums[:vertices, -1:]
        return np.asarray(lag <= TOLERANCE * sums)


def classify(creased: Creased) -> Classified:
    """Cut linear regions where the winning class changes.

    Args:
        creased: a window cut into linear regions; its partition is cut further.

    Raises:
        DoubtError: if there are no sums and a lead is too near 0 to do without.
    """
    partition, bounds = creased.partition, creased.bounds
    if creased.sums is None and bounds.max() > _ALIKE * bounds.min():
        raise DoubtError
    votes = np.bincount(creased.logits.argmax(axis=1), minlength=len(bounds))
    first, *others = np.argsort(-votes, kind="stable").tolist()  # few cuts are made in vain
    logits = _Logits(creased, first)
    region = np.arange(partition.faces)
    label = np.full(partition.faces, first)
    for newcomer in others:
        lead = logits.lead(newcomer, partition.vertices)
        if lead.below.all():
            continue
        ahead, behind = partition.reach(np.arange(partition.faces), lead)
        faces = indices(ahead & behind)
        cut = cut_along(partition, faces, lead)
        if cut is not None:
            logits.append(cut, lead, partition)
            lead = lead.extended(len(cut.tails))
            if len(cut.kept) < len(faces):  # some were not cut, for the lead is 0 at their corners
                ahead[faces], behind[faces] = partition.reach(faces, lead)
            region = np.concatenate((region, region.take(cut.kept)))
            label = np.concatenate((label, label.take(cut.kept)))
        logits.join(newcomer, lead)
        label[indices(ahead)] = newcomer
        tied = indices(~(ahead | behind))
        label[tied] = np.minimum(label[tied], newcomer)
    return Classified(region, label, *_ties(partition, logits.level(partition.vertices), label))


def _ties(partition: Partition, level: Flags, label: Ints) -> tuple[Ints, Ints]:
    """Faces all over which other classes tie with their own, and these classes."""
    starts, _, corners = partition.rings()
    several = level.sum(axis=1) > 1
    faces = indices(np.logical_and.reduceat(several.take(corners), starts))
    pairs = [
        (face, other)
        for face in faces.tolist()
        for other in indices(np.logical_and.reduce(level[partition.corners_of(face)])).tolist()
        if other > label[face]  # a lower one would have won
    ]
    found = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return found[:, 0], found[:, 1]
