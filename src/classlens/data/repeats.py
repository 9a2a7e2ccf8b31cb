"""Samples that occur several times, made into one that counts as often."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]
Doubles = NDArray[np.float64]


def merged(
    X: Numbers, y: NDArray[np.intp], weight: Doubles
) -> tuple[Numbers, NDArray[np.intp], Doubles]:
    """The distinct samples, in an order that depends on nothing but themselves.

    Training on them gives the same result to the last bit whether a sample is given k times or
    once with the weight k, and whatever the order of the rows.

    Args:
        X: shape (samples, features), finite.
        y: class indices, shape (samples,).
        weight: how often each sample counts, shape (samples,), at least 0.

    Returns:
        Samples, class indices and summed weights; samples that count 0 times are left out.

    Example:
        >>> X, y = np.array([[1.0], [2.0], [1.0]]), np.array([0, 1, 0])
        >>> [array.tolist() for array in merged(X, y, np.array([1.0, 1.0, 2.0]))]
        [[[2.0], [1.0]], [1, 0], [1.0, 3.0]]
    """
    counts = weight > 0
    X, y, weight = X[counts], y[counts], weight[counts]
    rows = np.column_stack([X, y.astype(X.dtype)])
    rows += 0.0  # -0.0 is 0.0, and has other bytes
    # Rows are compared as strings of bytes, which is much faster than number by number.
    keys = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1])))[:, 0]
    _, first, group = np.unique(keys, return_index=True, return_inverse=True)
    counted = np.bincount(group, weights=weight, minlength=len(first)).astype(np.float64)
    return rows[first, :-1], y[first], counted
