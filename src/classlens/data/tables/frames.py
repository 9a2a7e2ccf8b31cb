"""Frames of pandas, polars, pyarrow and others, by way of narwhals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import narwhals as nw
import pyarrow as pa

from classlens.data.tables.names import check_names
from classlens.data.tables.pieces import Piece, Sheet, rows_of_piece
from classlens.data.tables.places import Stretch
from classlens.errors import TableError, short

NAME = "the frame"


def is_frame(source: Any) -> bool:
    """Whether it is a frame that narwhals knows, lazy ones included; no library is loaded."""
    try:
        frame = nw.from_native(source, pass_through=True)
    except nw.exceptions.DuplicateError:
        return True  # whose names are refused when it is opened
    return isinstance(frame, nw.DataFrame | nw.LazyFrame)


def open_frame(source: Any) -> Sheet:
    """A frame's columns; its index is left out.

    Args:
        source: a frame for which ``is_frame`` holds.

    Raises:
        TableError: naming the column, if its cells are of several types.
    """
    try:
        frame = nw.from_native(source)
        frame = frame.collect() if isinstance(frame, nw.LazyFrame) else frame
        given = [str(name) for name in frame.columns]
    except nw.exceptions.DuplicateError as error:
        what = " ".join(str(error).split())
        raise TableError(
            f"{NAME}: two columns have the same name. {what}. Rename one of them.", file=NAME
        ) from None
    names = check_names(NAME, given)
    cells = [
        _cells(name, frame.get_column(original))
        for name, original in zip(names, frame.columns, strict=True)
    ]
    rows, most = len(frame), rows_of_piece(len(names))

    def pieces(_: frozenset[int]) -> Iterator[Piece]:
        for start in range(0, rows, most):
            part = [each[start : start + most] for each in cells]
            yield Piece(part, Stretch(NAME, len(part[0]), start, "row"))

    return Sheet(NAME, names, (), pieces)


def _cells(name: str, column: Any) -> Any:
    try:
        cells = column.to_arrow()
    except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise TableError(
            f"{NAME}: column {short(name)} must hold cells of one type. {what.rstrip('.')}. "
            "Convert it first: all to words, or all to numbers.",
            file=NAME,
            column=name,
        ) from None
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    return cells.chunk(0) if isinstance(cells, pa.ChunkedArray) else cells
