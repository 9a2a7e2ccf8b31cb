"""What a case of the corpus is, and the plain tables that most of them are made from."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from classlens.data.tables.reading import read_table
from classlens.data.tables.table import Labels, Table

Content = bytes | str | Callable[[Path], None]


@dataclass(frozen=True)
class Case:
    """A file, and what must come of it.

    Attributes:
        name: says what is odd about it.
        content: its bytes, its text (written as UTF-8), or what makes it at a path.
        error: a regular expression for the whole message, where {} stands for the path; None if it
            must be read.
        file: its name.
        target: the column of the classes.
        options: how it is read.
        kinds: what some of its columns must be found to be.
        classes: the classes' names.
        rows: how many.
        text: the encoding in which the csv module must read the same; None where it does not apply.
        skip: how many records are no rows.
    """

    name: str
    content: Content
    error: str | None = None
    file: str = "a.csv"
    target: str = "y"
    options: Mapping[str, Any] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    classes: Sequence[str] | None = None
    rows: int | None = None
    text: str | None = "utf-8"
    delimiter: str = ","
    skip: int = 1

    def write(self, folder: Path) -> Path:
        path = folder / self.file
        if callable(self.content):
            self.content(path)
        else:
            data = self.content.encode() if isinstance(self.content, str) else self.content
            path.write_bytes(data)
        return path


def prepared(path: Path | str, target: str, **options: Any) -> tuple[Table, Labels]:
    """All that comes before training: reading, the classes, and refusing what is no feature."""
    table = read_table(path, **options)
    labels = table.labels(target)
    table.refuse_unusable(
        column.name
        for column in table.columns
        if column.name != target
        and (column.trouble or column.kind not in ("constant", "identifier", "text"))
    )
    return table, labels


def as_csv_reads(data: bytes, encoding: str, delimiter: str) -> list[list[str]]:
    """The records as Python's csv module reads them, empty lines left out."""
    text = io.StringIO(data.decode(encoding), newline="")
    return [row for row in csv.reader(text, delimiter=delimiter) if row]


def cells(table: Table, name: str) -> list[str | float | None]:
    """A column as it was written where the text was kept, else as numbers; None where missing."""
    column = table[name]
    if column.codes is not None:
        words = column.words
        return [None if code < 0 else words[code] for code in column.codes]
    assert column.numbers is not None
    return [None if math.isnan(number) else number for number in column.numbers.tolist()]


def lines(rows: int = 30, *, sep: str = ",", head: bool = True, end: str = "\n") -> str:
    """A plain table: a number x, a word and the class y."""
    body = [sep.join((f"{i * 0.5 + 0.25}", f"w{i % 3}", "ab"[i % 2])) for i in range(rows)]
    return end.join(([sep.join(("x", "word", "y"))] if head else []) + body) + end


def with_cell(text: str, line: int, old: str, new: str) -> str:
    """The text with something on one of its lines replaced, the lines counted from 1."""
    parts = text.split("\n")
    assert old in parts[line - 1]
    parts[line - 1] = parts[line - 1].replace(old, new, 1)
    return "\n".join(parts)


def exact(words: str) -> str:
    """A regular expression for just these words."""
    return "".join(f"\\{sign}" if sign in r"\.^$*+?{}[]|()" else sign for sign in words)
