"""What a separated text is by its first records: the delimiter, and whether it has a header."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from classlens.data.tables.chunks import nul_error
from classlens.data.tables.judging import MISSING_WORDS
from classlens.data.tables.names import check_names, numbered
from classlens.data.tables.numerals import is_numeral
from classlens.data.tables.options import ReadOptions
from classlens.data.tables.sources import HEAD
from classlens.data.tables.streams import Text
from classlens.errors import TableError, short

# When two fit equally well, the one that is rarer in words and numbers.
DELIMITERS = ("\t", ";", "|", ",")
SAMPLE = 200  # records
_NAMES = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas", " ": "spaces"}

Row = list[str]


@dataclass(frozen=True)
class Dialect:
    """How a separated text is written.

    Attributes:
        delimiter: the character between two cells.
        names: the columns' names.
        skipped: how many records at the start are no rows: a header, a line that names the
            delimiter.
        notes: what was recognised, a sentence each.
    """

    delimiter: str
    names: tuple[str, ...]
    skipped: int
    notes: tuple[str, ...]


def sniff(text: Text, options: ReadOptions) -> Dialect:
    """Recognise what was not asked for, from the first records.

    Raises:
        TableError: if there is no row, or the header's names cannot be used.
    """
    name = text.source.name
    if "\0" in text.head:
        raise nul_error(name, text.head.count("\n", 0, text.head.index("\0")) + 1)
    delimiter, skipped, notes = options.delimiter, 0, [text.said] if text.said else []
    first_line = text.head.partition("\n")[0].strip().strip('"')
    if len(first_line) == 5 and first_line.lower().startswith("sep="):
        skipped = 1  # what Excel writes, and understands, above the header
        delimiter = delimiter or first_line[4]
    if delimiter is None:
        delimiter = _delimiter(text.head)
        if delimiter != ",":
            notes.append(f"The cells are separated by {_NAMES[delimiter]}.")
    rows = _rows(text.head, delimiter)[skipped:]
    if len(rows) == 1 and len(text.head) >= HEAD // 4:  # a character has up to four bytes
        raise TableError(
            f"{name}: the first line is longer than can be judged. Is it a table, with a line for "
            "each row?",
            file=name,
            line=1,
        )
    if not text.head.strip():
        raise TableError(f"{name} has no rows: it holds empty lines only.", file=name)
    # The module stops at a cell that is too long; a character has up to four bytes.
    if not rows or (len(rows) == 1 and len(text.head) >= HEAD // 4):
        raise TableError(
            f"{name}: the first line is too long for a table's. Has the table a line for each row?",
            file=name,
            line=1,
        )
    has_header, said = _header(rows, options)
    if said:
        notes.append(said)
    if not has_header:
        return Dialect(delimiter, numbered(len(rows[0])), skipped, tuple(notes))
    if len(rows) == 1 and any("\n" in cell for cell in rows[0]):
        raise TableError(
            f'{name}, line 1: a quote (") that opens there is not closed by the end of the file. '
            "Close it, or double it where it is meant as a sign.",
            file=name,
            line=1,
        )
    if len(rows) == 1:
        raise TableError(
            f"{name} has a header, {_shown(rows[0])}, and no rows below it. If it is a row itself, "
            "say that there is no header (header=False, --header no on the command line).",
            file=name,
        )
    _refuse_spaces(name, rows)
    names = check_names(name, rows[0], _line_of_header(text.head, delimiter, skipped))
    return Dialect(delimiter, names, skipped + 1, tuple(notes))


def _rows(head: str, delimiter: str) -> list[Row]:
    """The first records, empty lines left out; the last may be cut short by the head's end."""
    return list(islice((row for row in _records(head, delimiter) if row), SAMPLE))


def _records(head: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    while True:
        try:
            yield next(reader)
        except (StopIteration, csv.Error):  # what is wrong is named where all of it is read
            return


def _line_of_header(head: str, delimiter: str, skipped: int) -> int:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    filled = (reader.line_num for row in reader if row)
    return next(islice(filled, skipped, None), 1)


def _delimiter(head: str) -> str:
    """The delimiter with which the records have one length, and most cells are numbers."""
    best, best_score = ",", (0.0, 0.0)
    for delimiter in DELIMITERS:
        rows = _rows(head, delimiter)
        rows = rows[:-1] if len(rows) > 2 else rows
        lengths = Counter(len(row) for row in rows)
        length, count = max(lengths.items(), key=lambda item: item[1], default=(1, 0))
        if length < 2:
            continue
        score = (count / len(rows), _share_of_numbers(rows))
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _share_of_numbers(rows: Sequence[Row]) -> float:
    cells = [cell for row in rows for cell in row[:50] if cell.strip()]
    return sum(map(is_numeral, cells)) / len(cells) if cells else 0.0


def _header(rows: Sequence[Row], options: ReadOptions) -> tuple[bool, str]:
    """Whether the first record holds names, and what is to be said about it."""
    top, below = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    known = bool(options.kinds) and {cell.strip() for cell in top} >= set(options.kinds or {})
    if options.header is not None or known:
        return options.header is not False, ""
    if not below:
        return not any(map(is_numeral, top)), ""
    named, counted = _above_numbers(top, below, options)
    if named != counted:
        names = f"The columns have no names and are called x0 to x{len(top) - 1}."
        return named, "" if named else names
    if named:
        return True, (
            "The first line was taken for a header, though it holds numbers; header=False "
            "(--header no on the command line) makes a row of it."
        )
    again = sum(cell in {row[at] for row in below} for at, cell in enumerate(top) if cell.strip())
    if 2 * again > len(top):
        return False, (
            "The first line's words come again below, so it is no header: the columns are called "
            f"x0 to x{len(top) - 1}. header=True (--header yes on the command line) makes names of "
            "it."
        )
    return True, (
        "The first line was taken for a header; header=False (--header no on the command line) "
        "makes a row of it."
    )


def _above_numbers(top: Row, below: Sequence[Row], options: ReadOptions) -> tuple[bool, bool]:
    """Whether a word stands above a column of numbers, and whether a number does."""
    wordless = MISSING_WORDS | {"", *(word.strip().lower() for word in options.missing_words)}
    below = below[: max(2, 20_000 // len(top))]  # a wide table shows it in fewer rows
    named = counted = False
    for first, cells in zip(top, islice(zip(*below, strict=True), 1_000), strict=False):
        there = [cell for cell in cells if cell.strip().lower() not in wordless]
        if there and first.strip().lower() not in wordless and all(map(is_numeral, there)):
            is_number = is_numeral(first)
            named, counted = named or not is_number, counted or is_number
    return named, counted


def _refuse_spaces(name: str, rows: Sequence[Row]) -> None:
    """A single column whose cells are several numbers is no column."""
    if len(rows[0]) > 1 or not all(len(row) == 1 for row in rows):
        return
    parts = [row[0].split() for row in rows[1:]]
    if all(len(part) > 1 and all(map(is_numeral, part)) for part in parts):
        raise TableError(
            f"{name}: the numbers are separated by spaces. Got {short(rows[1][0])} as one cell. "
            "Name the delimiter (delimiter=' ', --delimiter ' ' on the command line); "
            "of several spaces in a row make one.",
            file=name,
        )


def _shown(row: Row) -> str:
    return ", ".join(row[:10]) + (", ..." if len(row) > 10 else "")
