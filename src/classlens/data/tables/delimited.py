"""Separated text: its chunks parsed on two cores, numbers at once where they are plain numbers."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyarrow import csv as pacsv

from classlens.data.tables.bridge import numbers, strings
from classlens.data.tables.chunks import Chunk, cut
from classlens.data.tables.numerals import FLOAT32_MAX, LARGEST_EXACT, is_whole_text
from classlens.data.tables.options import ReadOptions
from classlens.data.tables.pieces import Piece, Sheet, TextNeededError
from classlens.data.tables.places import Place, Stretch
from classlens.data.tables.sniffing import sniff
from classlens.data.tables.sources import Source
from classlens.data.tables.streams import open_text
from classlens.data.tables.texts import texts_of
from classlens.errors import TableError

WORKERS = 2
# Columns of up to so many different cells in the first chunk are kept as codes and texts: parsed
# that way they are smaller and faster than as text, and they may be classes.
FEW_TEXTS = 1_000
_LINE_END = re.compile(rb"\r\n|\n|\r")

# How a column is parsed: as "text" (kept whole); as "codes" (each different text once); as "whole"
# (the text of whole numbers, which is dropped) or as "number" (by pyarrow, at once).
Modes = Sequence[str]


@dataclass(frozen=True)
class _Form:
    """What all chunks of a file have in common.

    Attributes:
        width: how many cells a record has.
        wanted: the positions of the columns to be read, ascending.
        missing: what stands for a missing cell.
    """

    width: int
    wanted: tuple[int, ...]
    missing: tuple[str, ...]


def open_delimited(source: Source, options: ReadOptions, *, known: bool = False) -> Sheet:
    """Recognise a file of separated text.

    Args:
        source: the file.
        options: what is known of it.
        known: whether ``options.kinds`` names all columns that are to be read; the others are left
            out, and a cell that is no number does not make text of the ones before it.

    Raises:
        TableError: naming file and line, if it cannot be read.
    """
    text = open_text(source, options.encoding)
    dialect = sniff(text, options)
    kinds = options.kinds or {}
    wanted = tuple(at for at, name in enumerate(dialect.names) if not known or name in kinds)
    form = _Form(len(dialect.names), wanted, ("", *options.missing_words))
    modes = None
    if known:
        plain = options.decimal != ","
        modes = [
            "number" if kinds[dialect.names[at]] == "number" and plain else "codes" for at in wanted
        ]

    def pieces(kept: frozenset[int]) -> Iterator[Piece]:
        blocks = text.blocks()
        first, line = _past_header(
            source.name, next(blocks, b""), text.head, dialect.delimiter, dialect.skipped
        )
        chunks = cut(source.name, chain([first], blocks), dialect.delimiter, line)
        if modes is not None:
            for piece in _in_order(chunks, lambda chunk: _parse(chunk, form, modes, lenient=True)):
                read = dict(zip(wanted, piece.cells, strict=True))
                yield Piece([read.get(at) for at in range(form.width)], piece.stretch)
            return
        opening = next(chunks, None)
        if opening is None:
            return
        texts = _parse(opening, form, ["text"] * len(wanted))
        second = next(chunks, None)
        if second is None:
            yield texts
            return
        learned = [
            "text" if at in kept else _mode(array, options) for at, array in enumerate(texts.cells)
        ]
        yield _converted(texts, learned)
        chunks = chain([second], chunks)
        yield from _in_order(chunks, lambda chunk: _parse(chunk, form, learned))

    return Sheet(source.name, dialect.names, dialect.notes, pieces)


def _past_header(
    file: str, block: bytes, head: str, delimiter: str, skipped: int
) -> tuple[bytes, int]:
    """What follows the skipped records in the first block, and the line on which it begins."""
    if not skipped:
        return block, 1
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    filled = (reader.line_num for row in reader if row)
    lines = next(islice(filled, skipped - 1, None))
    ends = (match.end() for match in _LINE_END.finditer(block))
    end = next(islice(ends, lines - 1, None), len(block))
    try:
        block[:end].decode()
    except UnicodeDecodeError as error:
        raise TableError(
            f"{file}: the first lines are not UTF-8. Got the byte "
            f"{block[error.start : error.start + 1]!r}. Name the encoding, such as latin-1 "
            "(encoding=, --encoding on the command line), or mend the file.",
            file=file,
            line=1,
        ) from None
    return block[end:], lines + 1


def _in_order(chunks: Iterator[Chunk], parse: Callable[[Chunk], Piece]) -> Iterator[Piece]:
    """Parse on several cores, a few chunks ahead of what is asked for."""
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: deque[Future[Piece]] = deque()
        try:
            for chunk in chunks:
                waiting.append(pool.submit(parse, chunk))
                if len(waiting) > WORKERS:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _parse(chunk: Chunk, form: _Form, modes: Modes, *, lenient: bool = False) -> Piece:
    """A chunk's cells, each column parsed in its mode.

    Raises:
        TableError: naming the line, if a record has too many or too few cells.
        TextNeededError: if a number is none, unless lenient, which keeps the column's text.
    """
    if chunk.regular:
        try:
            return _with_lines(chunk, _fast(chunk, form, modes), modes, lenient=lenient)
        except pa.ArrowInvalid:  # a cell that is no number, or something worse
            pass
        try:
            texts = _fast(chunk, form, ["whole" if mode == "number" else mode for mode in modes])
            return _with_lines(chunk, texts, modes, lenient=lenient)
        except pa.ArrowInvalid:
            pass  # reading it as the csv module does finds what is wrong, and names it
    return _converted(_slow(chunk, form), modes, lenient=lenient)


_TYPES = {
    "text": pa.string(),
    "whole": pa.string(),
    "codes": pa.dictionary(pa.int32(), pa.string()),
    "number": pa.float64(),
}


def _fast(chunk: Chunk, form: _Form, modes: Modes) -> list[Any]:
    """A regular chunk's columns by pyarrow, an array each."""
    names = [str(at) for at in range(form.width)]
    wanted = [names[at] for at in form.wanted]
    table = pacsv.read_csv(
        pa.BufferReader(chunk.data),
        pacsv.ReadOptions(use_threads=False, block_size=len(chunk.data) + 1, column_names=names),
        pacsv.ParseOptions(delimiter=chunk.delimiter, newlines_in_values=chunk.quoted),
        pacsv.ConvertOptions(
            column_types={name: _TYPES[mode] for name, mode in zip(wanted, modes, strict=True)},
            include_columns=wanted,
            null_values=form.missing,
            strings_can_be_null=True,
        ),
    )
    return [column.combine_chunks() for column in table.itercolumns()]


def _with_lines(chunk: Chunk, cells: list[Any], modes: Modes, *, lenient: bool) -> Piece:
    rows = len(cells[0])
    lines = chunk.lines(rows)
    if lines is not None and len(lines) != rows:
        raise pa.ArrowInvalid("the records are not where they were thought to be")
    stretch = Stretch(chunk.file, rows, chunk.line, lines=lines)
    return _converted(Piece(cells, stretch), modes, lenient=lenient)


def _slow(chunk: Chunk, form: _Form) -> Piece:
    """A chunk's columns as texts, by the csv module."""
    lines, rows = [], []
    for line, row in chunk.rows():
        if len(row) != form.width:
            raise Place(chunk.file, line).error(
                f"a row must have {form.width} cells, as the first line has. Got {len(row)} "
                "instead. Is a cell with the delimiter in it not quoted, or the delimiter another?"
            )
        lines.append(line)
        rows.append(row)
    columns = list(zip(*rows, strict=True)) or [()] * form.width
    cells = [strings(columns[at]) for at in form.wanted]
    stretch = Stretch(chunk.file, len(rows), chunk.line, lines=np.asarray(lines, np.int64))
    return Piece(cells, stretch)


def _converted(piece: Piece, modes: Modes, *, lenient: bool = False) -> Piece:
    """The piece with the texts of its numbers dropped."""
    cells, failed = [], []
    for at, (array, mode) in enumerate(zip(piece.cells, modes, strict=True)):
        numbers = _numbers(array) if mode in ("number", "whole") else None
        if numbers is None and mode in ("number", "whole"):
            if pa.types.is_floating(array.type):  # the text that says what is wrong is gone
                raise pa.ArrowInvalid("a number is not finite")
            if not lenient:
                failed.append(at)
        cells.append(array if numbers is None else numbers)
    if failed:
        raise TextNeededError(frozenset(failed))
    return Piece(cells, piece.stretch)


def _numbers(array: Any) -> NDArray[np.float64] | None:
    """The cells as numbers whose text can be dropped; None when there is more to them."""
    if pa.types.is_string(array.type):
        if _has_codes(array):
            return None
        try:
            array = array.cast(pa.float64())
        except pa.ArrowInvalid:
            return None
        largest = float(LARGEST_EXACT - 1)
    else:
        largest = FLOAT32_MAX
    values = numbers(array)
    there = values[~np.isnan(values)] if array.null_count else values
    fit = len(there) == len(values) - array.null_count and _fit(there, largest)
    return values if fit else None


def _fit(values: NDArray[np.float64], largest: float) -> bool:
    """Whether all numbers are finite and no larger; NaN compares with nothing."""
    return not len(values) or bool(-largest <= values.min() and values.max() <= largest)


def _has_codes(array: Any) -> bool:
    """Whether a text begins with a 0 before another digit, as postal codes do."""
    _, offsets, data = array.buffers()
    if data is None:
        return False
    ends = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
    text = np.frombuffer(data, np.uint8)
    long = np.flatnonzero(np.diff(ends) > 1)
    first, second = text[ends[long]], text[ends[long] + 1]
    zero, nine = ord("0"), ord("9")
    return bool(((first == zero) & (second >= zero) & (second <= nine)).any())


def _mode(texts: Any, options: ReadOptions) -> str:
    """How to parse a column whose first texts are these."""
    if len(texts) <= FEW_TEXTS:
        return "codes"
    distinct = texts_of(pa.chunked_array([texts]), options.missing_words).distinct
    if len(distinct) <= FEW_TEXTS:
        return "codes"
    try:
        pc.cast(distinct, pa.float64())
    except pa.ArrowInvalid:
        return "text"
    if options.decimal == ",":
        return "text"
    return "whole" if is_whole_text(distinct).all() else "number"
