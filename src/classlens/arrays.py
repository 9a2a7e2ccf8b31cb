"""Arrays from outside: real and finite, or a sentence that names the number that is not."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from classlens.errors import ArgumentError, DataError


def finite_weights(
    values: ArrayLike, what: str, dtype: DTypeLike | None = None
) -> NDArray[np.floating[Any]]:
    """A copy of a kernel or a bias, with its rows one after the other in memory.

    Args:
        values: real numbers, of any shape.
        what: whose they are, for the message.
        dtype: float32 or float64; by default that of the values, or float64 if it is another one.

    Raises:
        ArgumentError: if they are not real numbers, or one of them is not finite in that dtype.
    """
    try:
        # Rows first, whatever came: safetensors writes an array's memory as it lies.
        given = np.array(values, order="C")
    except ValueError:
        raise ArgumentError(f"{what} must have rows of one length. Got rows that differ.") from None
    if given.dtype.kind not in "fiub":
        raise ArgumentError(f"{what} must hold real numbers. Got dtype {given.dtype} instead.")
    if dtype is None:
        dtype = given.dtype if given.dtype in (np.float32, np.float64) else np.float64
    with np.errstate(over="ignore"):  # what overflows is reported just below
        array = given.astype(dtype, copy=False)
    if not np.isfinite(array).all():
        bad = np.argwhere(~np.isfinite(array))[0].tolist()
        raise ArgumentError(
            f"{what} must be finite in {array.dtype}. Got {given[tuple(bad)]} at {bad}; was the "
            "training stopped after it diverged?"
        )
    return array


def refuse_non_finite(values: NDArray[Any], given: NDArray[Any], name: str) -> None:
    """Name the first entry that is not finite, as it stood before its dtype was changed.

    Args:
        values: samples, shape (samples, features).
        given: the same before the change.
        name: what they are, for the message.

    Raises:
        DataError: if there is such an entry.
    """
    finite = np.isfinite(values)
    if finite.all():
        return
    row, column = (int(i) for i in np.argwhere(~finite)[0])
    count = int((~finite).sum())
    raise DataError(
        f"{name} must be finite in {values.dtype}. Got {given[row, column]} in row {row}, column "
        f"{column}" + (f" (and {count - 1} more)." if count > 1 else ".")
    )
