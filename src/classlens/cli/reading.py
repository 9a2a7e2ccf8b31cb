"""The options that say how a table is to be read."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from classlens.cli.options import option_name, text_option
from classlens.errors import ArgumentError, Problems, short


class _Row(NamedTuple):
    """An option: what its value is called, what it says, and how its text is read."""

    metavar: str
    help: str
    read: Callable[[str, str], Any] = lambda _, text: text


def _flag(option: str, text: str) -> bool:
    words = {"yes": True, "true": True, "no": False, "false": False}
    if text.lower() not in words:
        raise ArgumentError(f"{option} must be yes or no. Got {short(text)} instead.")
    return words[text.lower()]


def _size(option: str, text: str) -> int | tuple[int, ...]:
    sides = text.lower().split("x")
    if len(sides) > 2 or not all(side.isascii() and side.isdigit() for side in sides):
        raise ArgumentError(
            f"{option} must be a size such as 28 or 28x20. Got {short(text)} instead."
        )
    numbers = tuple(int(side[:9]) for side in sides)
    return numbers[0] if len(numbers) == 1 else numbers


_RECOGNISED = "Recognised where nothing is said."
_OPTIONS: Mapping[str, _Row] = MappingProxyType(
    {
        "delimiter": _Row(
            "SIGN", f"What stands between the cells of a text file, such as ; or tab. {_RECOGNISED}"
        ),
        "header": _Row(
            "YES|NO", f"Whether the first line holds the columns' names. {_RECOGNISED}", _flag
        ),
        "encoding": _Row("NAME", f"A text file's encoding, such as latin-1. {_RECOGNISED}"),
        "missing_words": _Row(
            "WORDS",
            "Words that stand for a missing cell, such as NA,?. An empty cell always does.",
            lambda _, text: tuple(text.split(",")),
        ),
        "decimal": _Row(
            "SIGN", f"What stands before a number's fraction: . or a comma. {_RECOGNISED}"
        ),
        "image_size": _Row(
            "SIZE", "Height and width that pictures are resized to, such as 28 or 28x20.", _size
        ),
        "colour": _Row("YES|NO", "Whether pictures keep their colours. [default: no]", _flag),
    }
)


def reading_options(*names: str) -> list[inspect.Parameter]:
    """Options for arguments of ``read_table``."""
    return [text_option(name, _OPTIONS[name].metavar, _OPTIONS[name].help) for name in names]


def reading_of(options: dict[str, str | None]) -> dict[str, Any]:
    """Take the reading options out of a command's, as arguments of ``read_table``.

    Raises:
        ArgumentError: naming all whose text cannot be read.
    """
    problems = Problems()
    found: dict[str, Any] = {}
    for name, row in _OPTIONS.items():
        text = options.pop(name, None)
        if text is not None:
            try:
                found[name] = row.read(option_name(name), text)
            except ArgumentError as error:
                problems.add(str(error))
    problems.raise_if_any(ArgumentError)
    return found
