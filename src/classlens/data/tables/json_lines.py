"""JSON lines: an object a line, whose values are kept as the text that was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from classlens.data.tables.bridge import strings
from classlens.data.tables.chunks import whole_lines
from classlens.data.tables.names import MOST_COLUMNS, check_names
from classlens.data.tables.options import ReadOptions
from classlens.data.tables.pieces import Piece, Sheet
from classlens.data.tables.places import Place, Stretch
from classlens.data.tables.sources import Source
from classlens.data.tables.streams import Text, open_text
from classlens.errors import TableError, short

# Of the cells that all keys of all lines make together, one in so many must be there; a small table
# may be as it likes.
_MOST_SPARSE, _FEW_CELLS = 50, 1_000_000

_WORDS = {True: "true", False: "false"}


Row = dict[str, str | None]


class _Number(str):
    """A number as it was written."""

    __slots__ = ()


def open_json_lines(source: Source, options: ReadOptions) -> Sheet:
    """Recognise a file of JSON lines; its columns are the keys of all its lines, in their order.

    Args:
        source: the file.
        options: what is known of it.

    Raises:
        TableError: naming the line, if one is no object of words, numbers, booleans and nulls.
    """
    text = open_text(source, options.encoding)
    keys: dict[str, None] = {}
    rows = values = 0
    for place, row in chain.from_iterable(_bundles(text)):
        keys.update(dict.fromkeys(row))
        rows, values = rows + 1, values + len(row)
        if len(keys) > MOST_COLUMNS:
            raise place.error(f"a table may have {MOST_COLUMNS} columns. Got more keys than that.")
    if rows * len(keys) > _MOST_SPARSE * values + _FEW_CELLS:
        raise TableError(
            f"{source.name}: the lines must have the same keys, but for some. Got {len(keys)} keys "
            f"in {rows} lines with {values / rows:.3g} each on average instead. Keep the keys that "
            "most lines have.",
            file=source.name,
        )
    if not keys:
        raise TableError(f"{source.name} has no rows with a key.", file=source.name)
    names = check_names(source.name, list(keys))

    def pieces(_: frozenset[int]) -> Iterator[Piece]:
        for rows in _bundles(text):
            lines = np.asarray([place.number for place, _ in rows], np.int64)
            cells = [strings(row.get(key) for _, row in rows) for key in keys]
            yield Piece(cells, Stretch(source.name, len(rows), int(lines[0]), lines=lines))

    return Sheet(source.name, names, (text.said,) if text.said else (), pieces)


def _bundles(text: Text) -> Iterator[list[tuple[Place, Row]]]:
    """Some lines' objects at a time, their values as texts; empty lines left out."""
    for first, data in whole_lines(text.source.name, text.blocks()):
        lines = enumerate(data.split(b"\n"), first)
        places = ((Place(text.source.name, number), line) for number, line in lines)
        rows = [(place, _object(place, line)) for place, line in places if line.strip()]
        if rows:
            yield rows


def _object(place: Place, line: bytes) -> Row:
    try:
        row = json.loads(
            line.decode(),
            object_pairs_hook=_pairs,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_Number,
        )
    except UnicodeDecodeError as error:
        raise place.error(
            f"this is not UTF-8. Got the byte {line[error.start : error.start + 1]!r}. Name the "
            "encoding (encoding=, --encoding on the command line), or mend the file."
        ) from None
    except _TwiceError as error:
        raise place.error(f"the key {short(error.args[0])} stands twice in one object.") from None
    except (json.JSONDecodeError, RecursionError) as error:
        what = "it is nested too deep"
        if isinstance(error, json.JSONDecodeError):
            what = f"{error.msg} at character {error.pos + 1}"
        raise place.error(
            f"this is not JSON: {what}. Each line must be one object, such as "
            '{"size": 1.5, "kind": "a"}.'
        ) from None
    if not isinstance(row, dict):
        raise place.error(
            'a line must be one object, such as {"size": 1.5, "kind": "a"}. '
            f"Got {line[:40].decode(errors='replace')!r} instead."
        )
    return {key: _text(place, key, value) for key, value in row.items()}


class _TwiceError(Exception):
    """A key that stands twice in one object; it is the argument."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise _TwiceError(key)
        made[key] = value
    return made


def _text(place: Place, key: str, value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return _WORDS[value]
    raise place.error(
        f"column {short(key)} must hold words, numbers, true, false or null. Got a "
        f"{'list' if isinstance(value, list) else 'nested object'} instead. Take it apart into "
        "columns of its own, or leave it out.",
        key,
    )
