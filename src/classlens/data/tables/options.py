"""How a table is to be read: the options, each checked, all problems told at once."""

from __future__ import annotations

import codecs
import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from classlens.errors import ArgumentError, Problems, one_of, short
from classlens.kinds import Flag

# What a column may be, and what it is used for.
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "number": "a quantity",
        "boolean": "yes or no",
        "category": "one of some words",
        "date": "a day or a time",
        "identifier": "a name or number of the row itself, which says nothing of its class",
        "text": "words that hardly ever repeat",
        "constant": "the same in every row",
    }
)

# The pairs of words that a column of yes and no is made of.
BOOLEANS = (
    frozenset({"true", "false"}),
    frozenset({"yes", "no"}),
    frozenset({"t", "f"}),
    frozenset({"y", "n"}),
)

LARGEST_SIDE = 1024  # of a picture that is to be learned from


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What is known of a source before it is read; None leaves it to be recognised.

    Attributes:
        delimiter: the character between the cells of a text file.
        header: whether the first line of a text file holds the columns' names.
        encoding: a text file's encoding, such as ``"utf-8"`` or ``"latin-1"``.
        missing_words: words that stand for a missing cell, besides the empty cell.
        image_size: (height, width) that pictures are resized to; an int for a square.
        colour: whether pictures keep their three colours.
        decimal: ``"."`` or ``","``, what stands between a number's whole and its fraction.
        kinds: kinds of columns by name, which are then not judged.

    Raises:
        ArgumentError: naming every option that is not allowed, what is, and the value met.

    Example:
        >>> ReadOptions(missing_words="NA").missing_words
        ('NA',)
        >>> ReadOptions(decimal=";")
        Traceback (most recent call last):
        ...
        classlens.errors.ArgumentError: decimal must be one of ., ,. Got ';' instead.
    """

    delimiter: str | None = None
    header: bool | None = None
    encoding: str | None = None
    missing_words: tuple[str, ...] = ()
    image_size: tuple[int, int] | None = None
    colour: bool = False
    decimal: str | None = None
    kinds: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        problems = Problems()
        checks = {
            "delimiter": _delimiter,
            "header": lambda value: Flag().check("header", value),
            "encoding": _encoding,
            "missing_words": _missing_words,
            "image_size": _image_size,
            "colour": lambda value: Flag().check("colour", value),
            "decimal": _decimal,
            "kinds": _kinds,
        }
        for name, check in checks.items():
            value = getattr(self, name)
            if value is not None:
                try:
                    object.__setattr__(self, name, check(value))
                except ArgumentError as error:
                    problems.add(str(error))
        if self.delimiter is not None and self.delimiter == self.decimal:
            problems.add(
                f"delimiter and decimal must differ. Got {short(self.delimiter)} for both instead."
            )
        problems.raise_if_any(ArgumentError)


def _delimiter(value: Any) -> str:
    word = {"tab": "\t", "\\t": "\t"}.get(value, value) if isinstance(value, str) else ""
    # A letter, a digit or a sign would cut words and numbers in two.
    fits = len(word) == 1 and word.isascii() and (word in "\t " or word.isprintable())
    if not fits or word.isalnum() or word in "\"'+-._":
        raise ArgumentError(
            "delimiter must be one character that is no part of words or numbers, such as "
            f"',', ';', '|' or '\\t'. Got {short(value)} instead."
        )
    return word


def _encoding(value: Any) -> str:
    try:
        "".encode(value)
        codecs.getincrementaldecoder(value)
        return codecs.lookup(value).name
    except (LookupError, TypeError, ValueError):
        raise ArgumentError(
            "encoding must be the name of a text encoding, such as 'utf-8', 'utf-16' or "
            f"'latin-1'. Got {short(value)} instead."
        ) from None


def _missing_words(value: Any) -> tuple[str, ...]:
    words = (value,) if isinstance(value, str) else value
    if not (isinstance(words, Iterable) and not isinstance(words, bytes)):
        words = (None,)
    words = tuple(words)
    if not all(isinstance(word, str) for word in words):
        raise ArgumentError(f"missing_words must be a list of words. Got {short(value)} instead.")
    return words


def _image_size(value: Any) -> tuple[int, int]:
    try:
        given = (value, value) if not isinstance(value, tuple | list) else value
        height, width = (operator.index(side) for side in given if not isinstance(side, bool))
    except (TypeError, ValueError):
        height = width = 0
    if not (1 <= height <= LARGEST_SIDE and 1 <= width <= LARGEST_SIDE):
        raise ArgumentError(
            f"image_size must be (height, width), in whole numbers from 1 to {LARGEST_SIDE}. "
            f"Got {short(value)} instead."
        )
    return height, width


def _decimal(value: Any) -> str:
    if value not in (".", ","):
        raise ArgumentError(one_of("decimal", value, [".", ","]))
    return str(value)


def _kinds(value: Any) -> Mapping[str, str]:
    if not isinstance(value, Mapping):
        raise ArgumentError(f"kinds must be a dict of names and kinds. Got {short(value)} instead.")
    for name, kind in value.items():
        if kind not in list(KINDS):
            raise ArgumentError(one_of(f"the kind of column {short(name)}", kind, list(KINDS)))
    return MappingProxyType(dict(value))
