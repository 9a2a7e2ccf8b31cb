"""Pieces of tables, as files give them one after the other, and how they become columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from classlens.data.tables.arrow_columns import arrow_column
from classlens.data.tables.column import Column
from classlens.data.tables.judging import Context, number_column, text_column
from classlens.data.tables.options import ReadOptions
from classlens.data.tables.places import Places, Stretch
from classlens.errors import TableError, short

_ROWS, _CELLS = 65_536, 4_000_000  # of a piece: about 30 MB


@dataclass(frozen=True, eq=False)
class Piece:
    """Some rows of a file.

    Attributes:
        cells: one array a column: float64 or float32 of NumPy's, whose numbers are finite in
            float32 or NaN where missing; or one of pyarrow's; or None where it was not asked for.
        stretch: where the rows stand.
    """

    cells: Sequence[Any]
    stretch: Stretch

    def parts(self, most: int) -> Iterator[Piece]:
        """The same rows, so many at a time at most."""
        for start in range(0, self.stretch.rows, most):
            part = slice(start, min(start + most, self.stretch.rows))
            yield Piece([each[part] for each in self.cells], self.stretch.part(part))


@dataclass(frozen=True, eq=False)
class Sheet:
    """One file, ready to be read.

    Attributes:
        file: its name, for messages.
        names: its columns' names.
        notes: what was recognised, a sentence each.
        pieces: gives its rows from the start. Told which columns' texts must be kept, by position.
        image_shape: the shape of its pictures, if it holds them.
    """

    file: str
    names: tuple[str, ...]
    notes: tuple[str, ...]
    pieces: Callable[[frozenset[int]], Iterator[Piece]]
    image_shape: tuple[int, ...] | None = None


class TextNeededError(Exception):
    """Columns that seemed to be plain numbers are not: their texts must be kept, from the start.

    Attributes:
        positions: the columns, counted from 0.
    """

    def __init__(self, positions: frozenset[int]) -> None:
        super().__init__(positions)
        self.positions = positions


def rows_of_piece(columns: int) -> int:
    """How many rows a piece of so many columns has, where that can be chosen.

    Example:
        >>> rows_of_piece(10), rows_of_piece(1000)
        (65536, 4000)
    """
    return max(1, min(_ROWS, _CELLS // max(1, columns)))


def columns_of(
    names: Sequence[str], pieces: Sequence[Piece], options: ReadOptions
) -> tuple[tuple[Column, ...], Places]:
    """Judge the columns that the pieces make together.

    Args:
        names: the columns' names.
        pieces: at least one, each with an array a name.
        options: how to read the cells.

    Raises:
        TableError: if pieces of one column do not fit together.
    """
    places = Places.of(piece.stretch for piece in pieces)
    columns = []
    for position, name in enumerate(names):
        context = Context(options, places, position, len(names))
        columns.append(_column(name, [piece.cells[position] for piece in pieces], context))
    return tuple(columns), places


def _column(name: str, parts: Sequence[Any], context: Context) -> Column:
    if all(isinstance(part, np.ndarray) for part in parts):
        values = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return number_column(name, values, context)
    if any(isinstance(part, np.ndarray) for part in parts):
        raise TextNeededError(frozenset({context.position}))
    types = [part.type for part in parts]
    if all(_is_text(each) for each in types):
        mixed = len(set(types)) > 1  # a file's first piece is all plain text
        texts = [_encoded(part) if mixed else part for part in parts]
        return text_column(name, pa.chunked_array(texts), context)
    at = next((at for at, each in enumerate(types) if each != types[0]), None)
    if at is None:
        try:
            return arrow_column(name, pa.chunked_array(parts), context)
        except pa.ArrowException as error:  # a type that pyarrow itself can do little with
            where = context.places.at(0)
            raise TableError(
                f"{where.file}: column {short(name)} of the type {types[0]} cannot be read "
                f"({short(str(error))}). Convert it to numbers or text.",
                file=where.file,
                column=name,
            ) from None
    where = context.places.at(sum(len(part) for part in parts[:at]))
    raise TableError(
        f"{where.file}: column {short(name)} must have one type in all files. "
        f"Got {types[at]}, after {types[0]} before it. Convert one of them.",
        file=where.file,
        column=name,
    )


def _encoded(texts: Any) -> Any:
    """Texts with each different one kept once: much faster to go on with than plain ones."""
    kind = pa.dictionary(pa.int32(), pa.string())
    return texts.dictionary_encode() if pa.types.is_string(texts.type) else texts.cast(kind)


def _is_text(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind))
