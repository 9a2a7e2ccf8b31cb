"""Where a row of a table came from, so that a message can name the file and the line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classlens.errors import TableError


@dataclass(frozen=True)
class Place:
    """Where one row came from.

    Attributes:
        file: the source's name as it was given.
        number: the line, or the row of a file, counted from 1, or the row of a frame, counted from
            0 as frames do; None where the row is a file of its own.
        unit: ``"line"`` or ``"row"``.
    """

    file: str
    number: int | None = None
    unit: str = "line"

    def __str__(self) -> str:
        if self.number is None:
            return self.file
        return f"{self.file}, {self.unit} {self.number}"

    def error(self, message: str, column: str | None = None) -> TableError:
        """An error about this place; the message goes on after "file, line 3: "."""
        return TableError(f"{self}: {message}", file=self.file, line=self.number, column=column)


@dataclass(frozen=True, eq=False)
class Stretch:
    """Rows that stand one after the other in one file.

    Attributes:
        file: the source's name as it was given.
        rows: how many.
        start: the number of the first row's line, or of the row itself.
        unit: ``"line"`` or ``"row"``.
        lines: each row's line, shape (rows,), where a row is not always one line; else None.
        files: each row's own file, where a row is one; else None.
    """

    file: str
    rows: int
    start: int
    unit: str = "line"
    lines: NDArray[np.int64] | None = None
    files: tuple[str, ...] | None = None

    @property
    def is_regular(self) -> bool:
        """Whether a row's number follows from the first one's."""
        return self.lines is None and self.files is None

    def part(self, rows: slice) -> Stretch:
        """Some of its rows."""
        return Stretch(
            self.file,
            rows.stop - rows.start,
            self.start + rows.start,
            self.unit,
            None if self.lines is None else self.lines[rows],
            None if self.files is None else self.files[rows],
        )

    def short(self) -> Stretch:
        """The same, without the lines of rows that stand on one line each."""
        lines = self.lines
        if lines is None or not self.rows or lines[-1] - lines[0] != self.rows - 1:
            return self
        return Stretch(self.file, self.rows, int(lines[0]), self.unit)

    def at(self, row: int) -> Place:
        """Where a row of this stretch stands."""
        if self.files is not None:
            return Place(self.files[row])
        number = self.start + row if self.lines is None else int(self.lines[row])
        return Place(self.file, number, self.unit)


@dataclass(frozen=True, eq=False)
class Places:
    """Where the rows of a table stand, as stretches in their order.

    Example:
        >>> str(Places.of([Stretch("a.csv", 10, 2), Stretch("b.csv", 5, 2)]).at(11))
        'b.csv, line 3'
    """

    stretches: tuple[Stretch, ...]

    @classmethod
    def of(cls, stretches: Iterable[Stretch]) -> Places:
        """Places with neighbouring stretches of one file made one."""
        return cls(tuple(_merged(stretches)))

    def at(self, row: int) -> Place:
        """Where a row, counted from 0 over the whole table, came from."""
        for stretch in self.stretches:
            if row < stretch.rows:
                return stretch.at(row)
            row -= stretch.rows
        raise IndexError(row)


def _merged(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    before: Stretch | None = None
    for each in map(Stretch.short, stretches):
        if before is None:
            before = each
        elif (
            before.is_regular
            and each.is_regular
            and each.file == before.file
            and each.start == before.start + before.rows
        ):
            before = Stretch(before.file, before.rows + each.rows, before.start, before.unit)
        else:
            yield before
            before = each
    if before is not None:
        yield before
