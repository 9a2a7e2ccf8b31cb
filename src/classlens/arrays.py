"""Arrays from outside: real and finite, or a sentence that names the number that is not."""

from __future__ import annotations

import numbers
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from classlens.errors import ArgumentError, ClasslensError, DataError, short


def any_array(
    values: ArrayLike, name: str, error: type[ClasslensError] = DataError
) -> NDArray[Any]:
    """The values as an array, of whatever they are.

    Args:
        values: what NumPy can read.
        name: what they are, for the message.
        error: what is raised.

    Raises:
        ClasslensError: the given one, if there is no array of them, or an entry of it is masked.
    """
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        masked = int(np.ma.getmaskarray(values).sum())
        raise error(
            f"{name} must have no masked entries. Got {masked}. Fill them or leave their rows "
            "out first."
        )
    try:
        return np.asarray(values)
    except ValueError:
        raise error(f"{name} must have rows of one length. Got {_ragged(values)}.") from None
    except Exception as reason:  # whatever an object that offers itself as an array may raise
        raise error(
            f"{name} must be an array. Got {type(values).__name__}, which NumPy cannot read: "
            f"{str(reason) or type(reason).__name__}"
        ) from None


def real_array(
    values: ArrayLike, name: str, error: type[ClasslensError] = DataError
) -> NDArray[Any]:
    """The values as an array of real numbers; Python's own kinds of numbers become float64.

    Args:
        values: what NumPy can read.
        name: what they are, for the message.
        error: what is raised.

    Raises:
        ClasslensError: the given one, if an entry is no real number; the message names it.

    Example:
        >>> real_array(np.array([[1, 2.5], [True, Decimal("0.1")]], object), "X")
        array([[1. , 2.5],
               [1. , 0.1]])
    """
    array = any_array(values, name, error)
    if array.dtype.kind == "O":
        return _numbers(array, name, error)
    if array.dtype.kind not in "fiub":
        remedy = " Convert words to numbers first." if array.dtype.kind in "SUT" else ""
        raise error(f"{name} must hold real numbers. Got dtype {array.dtype} instead.{remedy}")
    return array


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
    given = real_array(values, what, ArgumentError)
    if dtype is None:
        dtype = given.dtype if given.dtype in (np.float32, np.float64) else np.float64
    with np.errstate(over="ignore"):  # what overflows is reported just below
        # Rows first, whatever came: safetensors writes an array's memory as it lies.
        array = np.array(given, dtype, order="C")
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


def _numbers(array: NDArray[Any], name: str, error: type[ClasslensError]) -> NDArray[np.float64]:
    """Objects as float64; one that float64 cannot hold becomes infinite, which is refused later."""
    result = np.empty(array.shape)
    value: Any
    for index, value in np.ndenumerate(array):
        if not isinstance(value, numbers.Real | Decimal | np.bool_):
            where = "".join(
                f"{sep}{axis} {place}"
                for sep, axis, place in zip((" in ", ", "), ("row", "column"), index, strict=False)
            )
            raise error(f"{name} must hold real numbers. Got {short(value)}{where} instead.")
        try:
            result[index] = value
        except OverflowError:
            result[index] = np.inf if value > 0 else -np.inf  # type: ignore[operator]
        except ValueError:  # Decimal's signalling not-a-number
            result[index] = np.nan
    return result


def _ragged(values: object) -> str:
    """The first rows whose lengths differ."""
    rows = values if isinstance(values, list | tuple) else ()
    lengths = [len(row) for row in rows if isinstance(row, list | tuple)]
    if len(lengths) < len(rows):
        return "numbers beside lists"
    for row, length in enumerate(lengths):
        if length != lengths[0]:
            return f"{lengths[0]} in row 0 and {length} in row {row}"
    return "rows that differ"
