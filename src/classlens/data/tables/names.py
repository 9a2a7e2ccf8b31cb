"""The columns' names: each there, each different, none only looking different."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from classlens.errors import TableError, short

MOST_COLUMNS = 20_000


def numbered(count: int) -> tuple[str, ...]:
    """Names for columns that have none: x0, x1, ..."""
    return tuple(f"x{position}" for position in range(count))


def check_names(file: str, given: Sequence[str], line: int | None = None) -> tuple[str, ...]:
    """The names without spaces around them; a column without a name is called by its position.

    Args:
        file: whose columns they are, for messages.
        given: the names as they were written.
        line: the line on which they stand.

    Raises:
        TableError: if there are none or too many, or two are the same or look the same.

    Example:
        >>> check_names("a.csv", ["", " size", "colour "])
        ('x0', 'size', 'colour')
    """
    where = file if line is None else f"{file}, line {line}"
    if not given:
        raise TableError(f"{where}: there are no columns.", file=file, line=line)
    if len(given) > MOST_COLUMNS:
        raise TableError(
            f"{where}: a table may have {MOST_COLUMNS} columns. Got {len(given)} instead.",
            file=file,
            line=line,
        )
    stripped = [name.strip() for name in given]
    taken = set(stripped)
    names = tuple(name or _free(f"x{position}", taken) for position, name in enumerate(stripped))
    seen: dict[str, int] = {}
    for position, name in enumerate(names):
        before = seen.setdefault(_look(name), position)
        if before == position:
            continue
        same = "the same name" if names[before] == name else "names that look the same"
        raise TableError(
            f"{where}: columns {before + 1} and {position + 1} have {same}, "
            f"{short(names[before])} and {short(name)}. Rename one of them.",
            file=file,
            line=line,
            column=name,
        )
    return names


def _free(name: str, taken: set[str]) -> str:
    """The name, with a line below it for each time that it is taken."""
    while name in taken:
        name += "_"
    return name


def _look(name: str) -> str:
    """What is left of a name when characters that look alike, or like nothing, are made one."""
    plain = unicodedata.normalize("NFKC", name)
    visible = "".join(letter for letter in plain if unicodedata.category(letter) != "Cf")
    return " ".join(visible.split())
