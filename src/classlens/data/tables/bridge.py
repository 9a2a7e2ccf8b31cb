"""Between pyarrow and NumPy by way of their buffers.

pyarrow's own conversions load pandas wherever it is installed, which takes half a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray


def strings(words: Iterable[str | None]) -> Any:
    """Words as an array of pyarrow's, null for None; at most two gigabytes of them.

    Half of a surrogate pair, which JSON can escape and a folder's name can hold, becomes "?".

    Example:
        >>> strings(["a", None, "é"]).to_pylist()
        ['a', None, 'é']
    """
    encoded = [None if word is None else word.encode(errors="replace") for word in words]
    lengths = np.fromiter((len(word or b"") for word in encoded), np.int64, len(encoded))
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    there = np.fromiter((word is not None for word in encoded), bool, len(encoded))
    return pa.StringArray.from_buffers(
        len(encoded),
        pa.py_buffer(offsets.astype(np.int32)),
        pa.py_buffer(b"".join(word or b"" for word in encoded)),
        None if there.all() else _bits(there),
    )


def mask(flags: NDArray[np.bool_]) -> Any:
    """Flags as an array of pyarrow's, to filter another one with."""
    return pa.BooleanArray.from_buffers(pa.bool_(), len(flags), [None, _bits(flags)])


def _bits(flags: NDArray[np.bool_]) -> Any:
    return pa.py_buffer(np.packbits(flags, bitorder="little"))


def flags(array: Any) -> NDArray[np.bool_]:
    """An array of booleans without nulls, shape (entries,)."""
    return numbers(pc.cast(array, pa.uint8())).astype(bool)


def numbers(array: Any) -> NDArray[Any]:
    """An array of numbers, shape (entries,): floats with NaN, integers with -1 where it has nulls.

    What has no nulls is not copied, and cannot be written to.

    Example:
        >>> numbers(pc.cast(strings(["1.5", None]), pa.float64()))
        array([1.5, nan])
    """
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if array.null_count:
        absent = np.nan if pa.types.is_floating(array.type) else -1
        array = pc.fill_null(array, pa.scalar(absent, array.type))
    return np.from_dlpack(array)
