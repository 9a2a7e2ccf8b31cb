"""The options of reading: each checked, all problems told at once."""

from __future__ import annotations

from typing import Any

import pytest

from classlens.data.tables.options import ReadOptions
from classlens.errors import ArgumentError

BAD: list[tuple[str, Any, str]] = [
    ("delimiter", ",,", "delimiter must be one character that is no part of words or numbers, "),
    ("delimiter", "a", "delimiter must be one character that is no part of words or numbers, "),
    ("delimiter", '"', "delimiter must be one character that is no part of words or numbers, "),
    ("delimiter", "\n", "delimiter must be one character that is no part of words or numbers, "),
    ("delimiter", "é", "delimiter must be one character that is no part of words or numbers, "),
    ("delimiter", 7, "delimiter must be one character that is no part of words or numbers, "),
    ("header", "maybe", "header must be True or False. Got 'maybe' instead."),
    ("encoding", "utf-9", "encoding must be the name of a text encoding, such as 'utf-8', "),
    ("encoding", "hex", "encoding must be the name of a text encoding, such as 'utf-8', "),
    ("encoding", 8, "encoding must be the name of a text encoding, such as 'utf-8', "),
    ("missing_words", 7, "missing_words must be a list of words. Got 7 instead."),
    ("missing_words", [None], "missing_words must be a list of words. Got [None] instead."),
    (
        "image_size",
        0,
        "image_size must be (height, width), in whole numbers from 1 to 1024. Got 0 ",
    ),
    ("image_size", (8, 8, 8), "image_size must be (height, width), in whole numbers from 1 to "),
    ("image_size", "8", "image_size must be (height, width), in whole numbers from 1 to 1024. "),
    ("image_size", True, "image_size must be (height, width), in whole numbers from 1 to 1024. "),
    ("colour", 3, "colour must be True or False. Got 3 instead."),
    ("decimal", "'", 'decimal must be one of ., ,. Got "\'" instead.'),
    ("decimal", [","], "decimal must be one of ., ,. Got [','] instead."),
    ("kinds", [1], "kinds must be a dict of names and kinds. Got [1] instead."),
    ("kinds", {"x": "numbr"}, "the kind of column 'x' must be one of number, boolean, category, "),
]


@pytest.mark.parametrize(("name", "value", "words"), BAD)
def test_what_is_not_allowed(name: str, value: Any, words: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        ReadOptions(**{name: value})
    assert str(caught.value).startswith(words)
    assert "Got " in str(caught.value)


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(ArgumentError) as caught:
        ReadOptions(delimiter="", decimal=";", colour="red")  # type: ignore[arg-type]
    assert [line.split()[0] for line in str(caught.value).splitlines()] == [
        "delimiter",
        "colour",
        "decimal",
    ]
    with pytest.raises(
        ArgumentError, match=r"^delimiter and decimal must differ\. Got ',' for both"
    ):
        ReadOptions(delimiter=",", decimal=",")


def test_values_take_their_one_form() -> None:
    options = ReadOptions(
        delimiter="\\t",
        encoding="Latin1",
        missing_words="NA",  # type: ignore[arg-type]
        image_size=28,  # type: ignore[arg-type]
        kinds={"x": "number"},
    )
    assert options.delimiter == "\t"
    assert options.encoding == "iso8859-1"
    assert options.missing_words == ("NA",)
    assert options.image_size == (28, 28)
    assert dict(options.kinds or {}) == {"x": "number"}
