"""Rows that a table holds again and again, found in one pass over their hashes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from classlens.data.hashing import Hashes

# So many different rows are counted, and one that is a larger share of the table surely is.
_KEPT = 100_000


@dataclass(frozen=True, eq=False)
class Copies:
    """How often the most frequent rows were met: Misra and Gries (1982), Finding repeated elements.

    Attributes:
        hashes: of those rows, ascending, shape (kept,).
        counts: how often each was met, shape (kept,); or less, by at most a hundred-thousandth of
            all rows.

    Example:
        >>> found = Copies().met(np.array([5, 7, 5], np.uint64)).met(np.array([5], np.uint64))
        >>> found.of(np.array([5, 6, 7], np.uint64)).tolist()
        [3, 0, 1]
    """

    hashes: Hashes = field(default_factory=lambda: np.empty(0, np.uint64))
    counts: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    def met(self, hashes: Hashes) -> Copies:
        """With more rows.

        Args:
            hashes: theirs, shape (rows,).
        """
        both = np.concatenate([self.hashes, hashes])
        different, place = np.unique(both, return_inverse=True)
        weights = np.concatenate([self.counts, np.ones(len(hashes), np.int64)])
        counts = np.zeros(len(different), np.int64)
        np.add.at(counts, place, weights)
        least = 0
        if len(different) > _KEPT:
            # As often as the first one that has no room, each other one is not counted either.
            least = int(np.partition(counts, -_KEPT - 1)[-_KEPT - 1])
        stays = counts > least
        return Copies(different[stays], counts[stays] - least)

    def of(self, hashes: Hashes) -> NDArray[np.int64]:
        """How often each row was met, 0 for one that is not frequent, shape (rows,).

        Args:
            hashes: theirs, shape (rows,).
        """
        if not len(self.hashes):
            return np.zeros(len(hashes), np.int64)
        place = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[place] == hashes, self.counts[place], 0)
