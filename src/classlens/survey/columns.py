"""Columns of Arrow over NumPy's arrays as they lie in memory, and back.

``pyarrow.array`` and ``to_numpy`` do the same, but load pandas wherever it is installed, to ask
whether they were given some of it: a quarter of a second. Whatever computes with columns loads
``pyarrow.compute``: a tenth of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def numbers(values: NDArray[Any], kind: pa.DataType) -> pa.Array:
    """A column of numbers, or of truth values.

    Args:
        values: shape (rows,).
        kind: of the column.
    """
    if pa.types.is_boolean(kind):
        held: Any = np.packbits(values, bitorder="little")
    else:
        held = np.ascontiguousarray(values, kind.to_pandas_dtype())
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(held)])


def texts(choices: Sequence[str], which: NDArray[np.int64]) -> pa.Array:
    """A column of texts.

    Args:
        choices: the texts that occur.
        which: the place among them of each row's text, or -1 for none, shape (rows,).
    """
    words = [each.encode() for each in choices]
    lengths = np.array([*map(len, words), 0])[which]  # the last one is that of none
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    held = b"".join([words[place] for place in which.tolist() if place >= 0])
    there = np.packbits(which >= 0, bitorder="little")
    buffers = [pa.py_buffer(each) for each in (there, offsets, held)]
    return pa.Array.from_buffers(pa.string(), len(which), buffers)


def same(value: Any, kind: pa.DataType, rows: int) -> pa.Array:
    """A column of one value: a text, a number, a truth value or None."""
    if value is None:
        return pa.nulls(rows, kind)
    if pa.types.is_string(kind):
        return texts([value], np.zeros(rows, np.int64))
    return numbers(np.full(rows, value), kind)


def lists(values: NDArray[Any], kind: pa.DataType) -> pa.Array:
    """A column of lists of numbers.

    Args:
        values: shape (rows, length).
        kind: of the column.
    """
    rows, length = values.shape
    offsets = np.arange(rows + 1, dtype=np.int32) * np.int32(length)
    return pa.Array.from_buffers(
        kind,
        rows,
        [None, pa.py_buffer(offsets)],
        children=[numbers(values.reshape(-1), kind.value_type)],
    )


def values_in(column: pa.Array | pa.ChunkedArray) -> NDArray[Any]:
    """The numbers of a column that has one in each row."""
    chunks = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    return np.concatenate([np.from_dlpack(chunk) for chunk in chunks])


def codes_in(column: pa.Array | pa.ChunkedArray) -> tuple[NDArray[np.int64], list[str | None]]:
    """For each row of a column of texts, which of those that occur it has; and these."""
    seen: dict[str | None, int] = {}
    codes = [seen.setdefault(text, len(seen)) for text in column.to_pylist()]
    return np.array(codes, np.int64), list(seen)
