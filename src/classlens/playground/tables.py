"""The tables that a page has sent: a few are kept, by names that nobody can guess from outside."""

from __future__ import annotations

import base64
import contextlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

from classlens.data.tables.reading import read_bytes
from classlens.data.tables.table import MOST_FRACTION_CLASSES, Table
from classlens.errors import ArgumentError, ClasslensError, short
from classlens.playground.recipe import mapping
from classlens.settings import Settings
from classlens.suiting import SUITING_TABLES, suited
from classlens.tabular.preparing import Prepared, prepare

MOST_BYTES = 25_000_000
_KEPT = 3
_MOST_COLUMNS = 1_000
_LONGEST_NAME = 255


# What a refusal of a table proposes, and how the page calls it: a pattern and what takes its place.
# Remedies are written for the command line and for Python; the page has a box and a list.
_ON_THE_PAGE = (
    (r"--missing impute \(missing='impute' in Python\)", "tick 'fill missing cells in'"),
    (
        r"to train all the same add --missing impute",
        "to train all the same tick 'fill missing cells in'",
    ),
    (r"Name the column to predict: --target, target=\.", "Choose a column to predict."),
    (r"\(--leave-out[^()]*\)", "of the file"),
    (r"\bencoding= names", "--encoding names"),
    # Of what the page has no control for, the option of the command that opens such a file with it.
    (r"\([^()]*?(--[^()]+?) on the command line", r"(\1"),
    (r"\((--[^()]+?), \w+=[^()]*? in Python\)", r"(\1)"),
    (r"[\w']+=\S+ (?:or \S+ )?\((--[^()]+)\)", r"\1"),
)


def on_the_page(message: str) -> str:
    """The words of a refusal of a table, for somebody who has sent it through the page."""
    for pattern, words in _ON_THE_PAGE:
        message = re.sub(pattern, words, message)
    if re.search(r"(?<!\S)\(?--\w", message):
        message += " Such options are given where the page is opened: classlens play FILE"
    return message


@contextlib.contextmanager
def _as_the_page_says_it() -> Iterator[None]:
    try:
        yield
    except ClasslensError as error:
        raise ArgumentError(on_the_page(str(error))) from None


class Tables:
    """Files that were read for one page, the latest few of them."""

    def __init__(self) -> None:
        self._tables: OrderedDict[str, tuple[str, Table]] = OrderedDict()
        self._prepared: OrderedDict[tuple[str, str, str], Prepared] = OrderedDict()

    def read(self, parts: dict[str, Any]) -> dict[str, Any]:
        """Read a file: its ``name``, and its ``content`` in base64.

        Returns:
            The table's key, its columns, the column that probably is to be predicted, and the
            settings that suit so many rows.

        Raises:
            ArgumentError: if the request is no file, or too large a one.
            TableError: if it is no table.
        """
        mapping(parts, "table", ("name", "content"))
        name = str(parts.get("name") or "table")[-_LONGEST_NAME:]
        try:
            content = base64.b64decode(parts["content"].encode(), validate=True)
        except (KeyError, AttributeError, ValueError):
            raise ArgumentError("content must be the file's bytes in base64.") from None
        if len(content) > MOST_BYTES:
            raise ArgumentError(
                f"a file may have at most {MOST_BYTES / 1e6:.0f} MB here. Got "
                f"{len(content) / 1e6:.0f} MB instead. Open it with: classlens play FILE"
            )
        with _as_the_page_says_it():
            table = read_bytes(name, content)
        if len(table.columns) > _MOST_COLUMNS:
            raise ArgumentError(
                f"a file may have at most {_MOST_COLUMNS:,} columns here. "
                f"Got {len(table.columns):,} instead. Open it with: classlens play FILE"
            )
        key = secrets.token_urlsafe(9)
        self._tables[key] = (name, table)
        while len(self._tables) > _KEPT:
            self._tables.popitem(last=False)
        return {"table": key, "name": name, **described(table)}

    def name(self, key: object) -> str:
        """What the file was called."""
        return self._found(key)[0]

    def prepared(self, key: object, target: object, missing: object) -> Prepared:
        """A table that was sent, ready to be learned from.

        Raises:
            ArgumentError: if it is not known any more, or has no such column.
            TableError: if it cannot be used.
        """
        _, table = self._found(key)
        if not isinstance(target, str):
            raise ArgumentError(f"target must be a column's name. Got {short(target)} instead.")
        missing = "refuse" if missing is None else str(missing)
        wanted = (str(key), target, missing)
        if wanted not in self._prepared:
            with _as_the_page_says_it():
                self._prepared[wanted] = prepare(table, target, missing=missing)
            while len(self._prepared) > _KEPT:
                self._prepared.popitem(last=False)
        return self._prepared[wanted]

    def _found(self, key: object) -> tuple[str, Table]:
        if not isinstance(key, str) or key not in self._tables:
            raise ArgumentError("the file is not known here any more. Open it once more.")
        return self._tables[key]


def described(table: Table) -> dict[str, Any]:
    """What the page shows of a table before it is learned from."""
    classes = {column.name: column.distinct for column in table.columns}
    few = [name for name, count in classes.items() if 2 <= count <= MOST_FRACTION_CLASSES]
    chosen = vars(suited({**vars(Settings()), **SUITING_TABLES}, samples=len(table), copies=1))
    return {
        "rows": len(table),
        "columns": [{"name": each.name, "kind": each.kind} for each in table.columns],
        "target": few[-1] if few else None,
        "notes": [on_the_page(note) for note in table.notes],
        "settings": chosen,
    }
