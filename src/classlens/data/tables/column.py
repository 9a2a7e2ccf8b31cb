"""Column: the cells of a table under one name, with the kind they were found to be and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.errors import TableError

# A column of numbers keeps its cells' text up to so many different ones. With more of them it
# cannot be a class, and the text would take several times the memory of the numbers.
MOST_TEXTS_OF_NUMBERS = 10_000


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table.

    Attributes:
        name: its name.
        kind: a key of ``KINDS``.
        why: the reason for the kind, in words.
        rows: how many cells.
        missing: how many of them are missing.
        distinct: how many different cells there are, the missing ones left out.
        distinct_exact: False when there may be more than ``distinct``.
        numbers: the cells as numbers, shape (rows,), float64 or float32, NaN where missing; None
            unless the kind is number.
        codes: each cell's index into ``texts``, shape (rows,), int32, -1 where missing; None for a
            column of more different numbers than could be classes.
        texts: the different cells as they were written, a pyarrow array of strings, each there at
            least once; None where ``codes`` is.
        trouble: why the column cannot be used as a feature; None when it can.
        decimal: the sign before the fractions of a column of numbers, ``"."`` or ``","``.
        said: what the user should know of its numbers, such as digits beyond what a number keeps.
    """

    name: str
    kind: str
    why: str
    rows: int
    missing: int
    distinct: int
    distinct_exact: bool = True
    numbers: NDArray[np.floating[Any]] | None = None
    codes: NDArray[np.int32] | None = None
    texts: Any = None
    trouble: TableError | None = None
    decimal: str = "."
    said: str = ""

    def __post_init__(self) -> None:
        for array in (self.numbers, self.codes):
            if array is not None:
                array.setflags(write=False)

    def __len__(self) -> int:
        return self.rows

    @property
    def words(self) -> tuple[str, ...]:
        """The different cells as they were written."""
        return () if self.texts is None else tuple(self.texts.to_pylist())

    def missing_rows(self) -> NDArray[np.intp]:
        """The rows whose cell is missing, ascending."""
        if self.codes is not None:
            return np.flatnonzero(self.codes < 0)
        if self.numbers is None:
            return np.empty(0, np.intp)
        return np.flatnonzero(np.isnan(self.numbers))

    def example(self) -> str:
        """The first cell that is not missing, as it was written; empty if all are."""
        if self.missing == self.rows:
            return ""
        if self.codes is not None:
            first = int(self.codes[np.argmax(self.codes >= 0)])
            return str(self.texts[first].as_py())
        if self.numbers is None:
            return ""
        return str(self.numbers[np.argmin(np.isnan(self.numbers))].item())
