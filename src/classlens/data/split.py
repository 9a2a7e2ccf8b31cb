"""Stratified parts: the same share of every class, drawn by a seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classlens.errors import DataError

Rows = NDArray[np.intp]


def stratified(y: NDArray[np.int64], fraction: float, seed: int, *, name: str) -> tuple[Rows, Rows]:
    """Split rows in two, class by class.

    Args:
        y: class indices, shape (samples,).
        fraction: the share of each class in the second part, above 0 and below 1. Each class gives
            at least one row to each part.
        seed: decides which rows.
        name: what the second part is for, for the error message.

    Returns:
        The rows of the first and of the second part, both ascending.

    Raises:
        DataError: if a class has a single sample.

    Example:
        >>> stratified(np.array([0, 0, 0, 1, 1, 1]), 0.3, 0, name="validation")[1].size
        2
    """
    # A negative seed is as good as any; NumPy's generators take non-negative ones only.
    generator = np.random.default_rng([abs(seed), int(seed < 0)])
    second = []
    for each in np.unique(y):
        rows = np.flatnonzero(y == each)
        if len(rows) < 2:
            raise DataError(
                f"class {each} has a single sample (row {rows[0]}), which cannot be both trained "
                f"on and held out for {name}. Leave the class out, or give more samples of it."
            )
        count = min(max(1, round(fraction * len(rows))), len(rows) - 1)
        second.append(generator.permutation(rows)[:count])
    held_out = np.sort(np.concatenate(second))
    return np.setdiff1d(np.arange(len(y)), held_out, assume_unique=True), held_out
