"""Coincidences: places that several examples share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# A place counts if at least so many samples share it, and this part of all.
_LEAST, _SHARE = 3, 0.01

# Coordinates are equal when they round to the same multiple of this part of the samples' range.
_GRAIN = 1e-6


@dataclass(frozen=True, eq=False)
class Coincidence:
    """Several examples on one point.

    Attributes:
        place: the point, shape (2,).
        counts: how many examples of each class lie there, shape (classes,).
    """

    place: NDArray[Any]
    counts: NDArray[np.int64]

    @property
    def total(self) -> int:
        """How many examples lie there."""
        return int(self.counts.sum())


def coincidences(
    places: NDArray[Any], y: NDArray[np.int64], classes: int
) -> tuple[Coincidence, ...]:
    """The places that at least 3 samples and a hundredth of all share, the fullest first.

    Args:
        places: of the samples, shape (samples, 2).
        y: their classes, shape (samples,).
        classes: how many there are.

    Example:
        >>> places = np.array([[0.0, 1.0]] * 3 + [[2.0, 2.0]])
        >>> [found.counts.tolist() for found in coincidences(places, np.array([0, 1, 1, 0]), 2)]
        [[1, 2]]
    """
    given = places.astype(np.float64)
    span = np.ptp(given, axis=0)
    keys = np.round((given - given.min(axis=0)) / np.where(span > 0, _GRAIN * span, 1.0))
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    counts = np.zeros((len(first), classes), dtype=np.int64)
    np.add.at(counts, (group.reshape(-1), y), 1)
    totals = counts.sum(axis=1)
    order = np.argsort(-totals, kind="stable")
    least = max(_LEAST, _SHARE * len(given))
    return tuple(Coincidence(given[first[i]], counts[i]) for i in order if totals[i] >= least)
