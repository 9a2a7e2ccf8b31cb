"""Stratified parts: the same share of every class, drawn by a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]


def stratified(y: NDArray[np.int64], fraction: float, seed: int) -> tuple[Rows, Rows]:
    """Split rows in two, class by class.

    Args:
        y: class indices, shape (samples,).
        fraction: the share of each class in the second part, above 0 and below 1. Each class gives
            at least one row to each part; one with a single row gives it to the first.
        seed: decides which rows.

    Returns:
        The rows of the first and of the second part, both ascending.

    Example:
        >>> stratified(np.array([0, 0, 0, 1, 1, 1]), 0.3, 0)[1].size
        2
    """
    # A negative seed is as good as any; NumPy's generators take non-negative ones only.
    generator = np.random.default_rng([abs(seed), int(seed < 0)])
    second = []
    for each in np.unique(y):
        rows = np.flatnonzero(y == each)
        count = min(max(1, round(fraction * len(rows))), len(rows) - 1)
        second.append(generator.permutation(rows)[:count])
    held_out = np.sort(np.concatenate(second))
    return np.setdiff1d(np.arange(len(y)), held_out, assume_unique=True), held_out
