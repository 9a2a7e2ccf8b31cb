"""read_table and read_batches: from a source's name to columns whose kinds are said."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from classlens.data.tables.arrow_files import open_arrow, open_parquet
from classlens.data.tables.column import Column
from classlens.data.tables.delimited import open_delimited
from classlens.data.tables.frames import is_frame, open_frame
from classlens.data.tables.images import open_images
from classlens.data.tables.json_lines import open_json_lines
from classlens.data.tables.numpy_files import open_numpy
from classlens.data.tables.options import ReadOptions
from classlens.data.tables.pieces import Piece, Sheet, TextNeededError, columns_of
from classlens.data.tables.places import Places
from classlens.data.tables.sources import Source, find_sources, in_memory
from classlens.data.tables.table import Table
from classlens.errors import ArgumentError, TableError, did_you_mean, listed, short

# How each format is opened; separated text alone is told whether all columns' kinds are known.
_OPENERS: Mapping[str, Callable[[Source, ReadOptions], Sheet]] = MappingProxyType(
    {
        "lines": open_json_lines,
        "folder": open_images,
        "parquet": lambda source, _: open_parquet(source),
        "arrow": lambda source, _: open_arrow(source),
        "arrow stream": lambda source, _: open_arrow(source),
        "npy": lambda source, _: open_numpy(source),
        "npz": lambda source, _: open_numpy(source),
    }
)


def read_table(  # noqa: PLR0913 - each says one thing of the source
    source: Any,
    *,
    delimiter: str | None = None,
    header: bool | None = None,
    encoding: str | None = None,
    missing_words: str | Iterable[str] = (),
    image_size: int | tuple[int, int] | None = None,
    colour: bool = False,
    decimal: str | None = None,
    kinds: Mapping[str, str] | None = None,
) -> Table:
    r"""Read a table whole, and find out what each of its columns is.

    A column that no feature can be made of is read all the same, with its trouble kept: it may be
    the column of the classes.

    Args:
        source: the path of a CSV file (or other separated text, gzip included), of JSON lines, of a
            Parquet, Arrow, .npy or .npz file, or of a folder of pictures; a glob or a list of
            paths, read one after the other; ``"-"`` for standard input; or a frame of pandas,
            polars or pyarrow.
        delimiter: the character between the cells of a text file; None to recognise it.
        header: whether the first line of a text file holds the columns' names; None to recognise
            it.
        encoding: a text file's encoding, such as ``"latin-1"``; None to recognise it.
        missing_words: words that stand for a missing cell, besides the empty cell.
        image_size: (height, width) that pictures are resized to, or one number for a square.
        colour: whether pictures keep their three colours.
        decimal: ``"."`` or ``","``, what stands before a number's fraction; None to recognise it.
        kinds: kinds of columns by name, which are then not judged.

    Raises:
        ArgumentError: naming every argument that is not allowed, what is, and the value met.
        TableError: if the source cannot be read as a table; the message names the file, the line,
            the cause and the remedy.

    Example:
        >>> with open("points.csv", "w") as file:
        ...     _ = file.write("x;colour\n0,5;red\n1,5;blue\n")
        >>> table = read_table("points.csv")
        >>> table["x"].numbers.tolist(), table.notes
        ([0.5, 1.5], ('The cells are separated by semicolons.',))
    """
    options = ReadOptions(
        delimiter=delimiter,
        header=header,
        encoding=encoding,
        missing_words=missing_words,  # type: ignore[arg-type]
        image_size=image_size,  # type: ignore[arg-type]
        colour=colour,
        decimal=decimal,
        kinds=kinds,
    )
    with ExitStack() as held:
        sheets = _open(source, options, held, known=False)
        return _table(sheets, options)


def read_head(source: Any, rows: int, cells: int, **reading: Any) -> Table:
    """Read the beginning of a table, and find out what each of its columns is there.

    Args:
        source: as for ``read_table``. All files are opened, and must have the first one's columns.
        rows: read so many rows, and the rest of the piece that the last of them is in.
        cells: or so many cells, where that is less.
        **reading: as for ``read_table``.

    Raises:
        ArgumentError: as ``read_table``.
        TableError: as ``read_table``.
    """
    options = ReadOptions(**reading)
    with ExitStack() as held:
        sheets = _open(source, options, held, known=False)
        return _table(sheets, options, min(rows, cells // len(sheets[0].names)))


def read_bytes(name: str, content: bytes) -> Table:
    r"""Read the table in a file's bytes.

    Args:
        name: what the file is called in messages; its ending may say what it holds.
        content: all of it.

    Raises:
        TableError: as ``read_table``.

    Example:
        >>> read_bytes("points.csv", b"x,colour\n0.5,red\n1.5,blue\n").names
        ('x', 'colour')
    """
    options = ReadOptions()
    return _table([_sheet(in_memory(name, content), options, known=False)], options)


def _table(sheets: Sequence[Sheet], options: ReadOptions, most: float = math.inf) -> Table:
    names = sheets[0].names
    for sheet in sheets:
        _refuse_other_columns(sheet, names, all_of_them=True)
    _refuse_other_columns(sheets[0], tuple(options.kinds or ()), all_of_them=False)
    columns, places = _gathered(sheets, names, options, frozenset(), most)
    return Table(
        tuple(sheet.file for sheet in sheets),
        columns,
        tuple(dict.fromkeys(note for sheet in sheets for note in sheet.notes)),
        places,
        sheets[0].image_shape,
    )


def _gathered(
    sheets: Sequence[Sheet],
    names: Sequence[str],
    options: ReadOptions,
    kept: frozenset[int],
    most: float,
) -> tuple[tuple[Column, ...], Places]:
    """All pieces of all files as columns; read anew when a text was needed that was dropped.

    No further piece is read once there are ``most`` rows.
    """
    try:
        pieces, rows = [], 0
        for piece in (piece for sheet in sheets for piece in _pieces(sheet, names, kept)):
            pieces.append(piece)
            rows += piece.stretch.rows
            if rows >= most:
                break
        if not pieces:
            raise _no_rows(sheets)
        return columns_of(names, pieces, options)
    except TextNeededError as error:
        # A second time, all are kept as text: the file is not read once more for each of them.
        again = frozenset(range(len(names))) if kept else error.positions
    return _gathered(sheets, names, options, again, most)


def read_batches(  # noqa: PLR0913 - each says one thing of the source
    source: Any,
    *,
    kinds: Mapping[str, str],
    most_rows: int = sys.maxsize,
    delimiter: str | None = None,
    header: bool | None = None,
    encoding: str | None = None,
    missing_words: str | Iterable[str] = (),
    image_size: int | tuple[int, int] | None = None,
    colour: bool = False,
    decimal: str | None = None,
) -> Iterator[Table]:
    """Read a table a few thousand rows at a time, with its columns' kinds known from another one.

    The memory it takes does not grow with the table.

    Args:
        source: as for ``read_table``.
        kinds: the kind of each column that is to be read, by name; other columns are left out.
        most_rows: how many rows to read at a time at most.
        delimiter: as for ``read_table``.
        header: as for ``read_table``.
        encoding: as for ``read_table``.
        missing_words: as for ``read_table``.
        image_size: as for ``read_table``.
        colour: as for ``read_table``.
        decimal: as for ``read_table``; give the other table's, so that all batches are read alike.

    Yields:
        Tables of the columns in the order of ``kinds``.

    Raises:
        ArgumentError: as ``read_table``.
        TableError: as ``read_table``, and if a column is not there.
    """
    options = ReadOptions(
        delimiter=delimiter,
        header=header,
        encoding=encoding,
        missing_words=missing_words,  # type: ignore[arg-type]
        image_size=image_size,  # type: ignore[arg-type]
        colour=colour,
        decimal=decimal,
        kinds=kinds,
    )
    if not options.kinds:
        raise ArgumentError("kinds must name at least one column. Got none.")
    names = tuple(options.kinds)
    with ExitStack() as held:
        sheets = _open(source, options, held, known=True)
        for sheet in sheets:
            _refuse_other_columns(sheet, names, all_of_them=False)
        empty = True
        for sheet in sheets:
            pieces = _pieces(sheet, names, frozenset())
            for piece in (part for each in pieces for part in each.parts(most_rows)):
                empty = False
                columns, places = columns_of(names, [piece], options)
                yield Table((sheet.file,), columns, sheet.notes, places, sheet.image_shape)
        if empty:
            raise _no_rows(sheets)


def _open(source: Any, options: ReadOptions, held: ExitStack, *, known: bool) -> Sequence[Sheet]:
    if is_frame(source):
        return [open_frame(source)]
    sheets: list[Sheet] = []
    for each in find_sources(source, held):
        sheets.append(_sheet(each, options, known=known))
        if sheets[-1].image_shape != sheets[0].image_shape:
            raise TableError(
                f"{each.name} must hold pictures as {sheets[0].file} does, of the shape "
                f"{sheets[0].image_shape}. Got {sheets[-1].image_shape} instead.",
                file=each.name,
            )
    return sheets


def _sheet(source: Source, options: ReadOptions, *, known: bool) -> Sheet:
    opener = _OPENERS.get(source.format)
    if opener is None:
        return open_delimited(source, options, known=known)
    return opener(source, options)


def _refuse_other_columns(sheet: Sheet, names: Sequence[str], *, all_of_them: bool) -> None:
    """Refuse a file that lacks one of the columns, or has more where they must be all."""
    there, wanted = set(sheet.names), set(names)
    lacking = next((name for name in names if name not in there), None)
    if lacking is not None:
        raise TableError(
            f"{sheet.file} has no column {short(lacking)}. Its columns are {listed(sheet.names)}."
            + did_you_mean(lacking, sheet.names),
            file=sheet.file,
            column=lacking,
        )
    more = next((name for name in sheet.names if name not in wanted), None)
    if all_of_them and more is not None:
        raise TableError(
            f"{sheet.file} must have the columns of the first file. "
            f"Got {short(more)}, which is none of them, as well. "
            "Take it out, or read the file alone.",
            file=sheet.file,
            column=more,
        )


def _pieces(sheet: Sheet, names: Sequence[str], kept: frozenset[int]) -> Iterator[Piece]:
    """A file's pieces with their columns in the order of the names.

    Raises:
        TextNeededError: with positions among the names.
    """
    position = {name: at for at, name in enumerate(sheet.names)}
    order = [position[name] for name in names]
    try:
        for piece in sheet.pieces(frozenset(order[at] for at in kept)):
            if piece.stretch.rows:
                yield replace(piece, cells=[piece.cells[at] for at in order])
    except TextNeededError as error:
        back = {at: number for number, at in enumerate(order)}
        raise TextNeededError(frozenset(back[at] for at in error.positions)) from None


def _no_rows(sheets: Sequence[Sheet]) -> TableError:
    return TableError(f"{sheets[0].file} has no rows.", file=sheets[0].file)
