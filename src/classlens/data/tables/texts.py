"""A column's texts, each different one once."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from classlens.data.tables.bridge import flags, mask, numbers, strings


class Texts(NamedTuple):
    """A column's cells, each different text once.

    Attributes:
        codes: shape (rows,), int32, -1 where missing.
        distinct: the texts, a pyarrow array of strings.
    """

    codes: NDArray[np.int32]
    distinct: Any

    @property
    def counts(self) -> NDArray[np.intp]:
        """How often each text stands in the column, shape (distinct,)."""
        return _counts(self.codes, len(self.distinct))

    def first_row(self, which: NDArray[np.bool_]) -> int:
        """The first row that holds one of the chosen texts, of shape (distinct,)."""
        return int(np.argmax(np.append(which, False)[self.codes]))  # the code -1 is the last one

    def text(self, row: int) -> str:
        """What stands in a row that is not missing."""
        return str(self.distinct[int(self.codes[row])].as_py())


def texts_of(cells: Any, missing: tuple[str, ...]) -> Texts:
    """Each different text once; empty and blank cells and the missing words left out.

    Args:
        cells: a pyarrow chunked array of strings, plain or dictionary-encoded.
        missing: words that stand for a missing cell.
    """
    if not pa.types.is_dictionary(cells.type) or any(
        part.dictionary.null_count for part in cells.chunks
    ):
        cells = cells.cast(pa.string()).dictionary_encode()
    if cells.num_chunks > 1:
        cells = cells.unify_dictionaries().combine_chunks()
    part = cells.chunk(0) if isinstance(cells, pa.ChunkedArray) else cells
    distinct, codes = part.dictionary, numbers(part.indices.cast(pa.int32())).copy()
    trimmed = pc.utf8_trim_whitespace(distinct)
    absent = flags(pc.is_in(trimmed, strings(["", *missing])))
    # A frame's categories need not all be there.
    absent = absent | (_counts(codes, len(distinct)) == 0)
    if absent.any():
        renumbered = np.where(absent, -1, np.cumsum(~absent) - 1).astype(np.int32)
        codes = np.append(renumbered, np.int32(-1))[codes]
        distinct = distinct.filter(mask(~absent))
    return Texts(codes, distinct)


def _counts(codes: NDArray[np.int32], distinct: int) -> NDArray[np.intp]:
    """How often each code from 0 on stands there; moving all up by 1 is faster than picking."""
    return np.bincount(codes + 1, minlength=distinct + 1)[1:]
