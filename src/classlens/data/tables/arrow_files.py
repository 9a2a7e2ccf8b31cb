"""Parquet and Arrow files, one row group or batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pyarrow as pa
from pyarrow import ipc, parquet

from classlens.data.tables.names import check_names
from classlens.data.tables.pieces import Piece, Sheet, rows_of_piece
from classlens.data.tables.places import Stretch
from classlens.data.tables.sources import Source
from classlens.errors import TableError

# A file of more cells than this may hold so many of them a byte at most: a few bytes can claim a
# billion rows that are all the same.
CELLS_FREELY = 50_000_000
MOST_CELLS_A_BYTE = 50


def open_parquet(source: Source) -> Sheet:
    """Open a Parquet file; pages that carry checksums are checked.

    Raises:
        TableError: if it is damaged, has no rows, or claims more of them than its size allows.
    """
    with _reading(source), source.open() as file:
        opened = parquet.ParquetFile(file)
        schema, rows = opened.schema_arrow, opened.metadata.num_rows
        # A long word that every row repeats is read once.
        words = [each.name for each in schema if pa.types.is_string(each.type)]
        cells = rows * max(1, len(schema.names))
    if cells > CELLS_FREELY and cells > MOST_CELLS_A_BYTE * source.size:
        raise TableError(
            f"{source.name} claims {rows} rows of {len(schema.names)} columns in {source.size} "
            "bytes, as a file that was made to fill the memory would.",
            file=source.name,
        )

    most = rows_of_piece(len(schema.names))

    def batches() -> Iterator[Any]:
        with source.open() as file:
            opened = parquet.ParquetFile(
                file,
                read_dictionary=words,
                page_checksum_verification=True,
                pre_buffer=False,
                buffer_size=1 << 20,
            )
            for group in range(opened.num_row_groups):
                yield from opened.iter_batches(most, row_groups=[group], use_threads=False)

    return _sheet(source, schema, batches)


def open_arrow(source: Source) -> Sheet:
    """Open an Arrow file, which Feather's second version is too, or a stream of Arrow batches.

    Raises:
        TableError: if it is damaged or has no rows.
    """
    opener = ipc.open_file if source.format == "arrow" else ipc.open_stream
    with _reading(source), source.open() as file:
        schema = opener(file).schema

    def batches() -> Iterator[Any]:
        with source.open() as file:
            reader = opener(file)
            if source.format == "arrow":
                for number in range(reader.num_record_batches):
                    yield reader.get_batch(number)
            else:
                yield from reader

    return _sheet(source, schema, batches)


def _sheet(source: Source, schema: Any, batches: Callable[[], Iterator[Any]]) -> Sheet:
    with _reading(source):  # a damaged name is no text
        given = schema.names
    names = check_names(source.name, given)

    def pieces(_: frozenset[int]) -> Iterator[Piece]:
        start, most = 0, rows_of_piece(len(names))
        with _reading(source):
            for batch in batches():
                batch.validate(full=True)  # offsets and UTF-8 that a damaged file has wrong
                stretch = Stretch(source.name, len(batch), start + 1, "row")
                yield from Piece(batch.columns, stretch).parts(most)
                start += len(batch)

    return Sheet(source.name, names, (), pieces)


@contextmanager
def _reading(source: Source) -> Iterator[None]:
    """What pyarrow says of a damaged file, under the file's name."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, TableError):
            raise
        what = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise TableError(
            f"{source.name} is a damaged {source.format} file: {what}. Fetch or make it again.",
            file=source.name,
        ) from None
