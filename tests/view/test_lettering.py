"""Names that fit, and names that no font can write."""

from __future__ import annotations

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classlens.view.displays import lettering
from classlens.view.displays.lettering import counted, length, readable, shorten, wrapped


def test_counted() -> None:
    said = [counted(1, "class"), counted(2, "class"), counted(1200, "example")]
    assert said == ["1 class", "2 classes", "1,200 examples"]


def test_shorten() -> None:
    assert shorten("short name") == "short name"
    assert shorten("two\n lines\tin a name") == "two lines in a name"
    assert shorten("a" * 50) == "a" * 39 + "…"
    assert shorten(" \n ") == "(blank)"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("café 25°", "café 25°"),
        ("Ελληνικά שלום", "Ελληνικά שלום"),
        ("two\nlines", "two\nlines"),
        ("\udc80", "\\udc80"),
        ("\x00\x1b", "\\x00\\x1b"),
        ("\u202eabc", "\\u202eabc"),
        ("猫 \U0001f389", "\\u732b \\U0001f389"),
    ],
)
def test_what_no_font_has_is_spelt(text: str, written: str) -> None:
    assert readable(text) == written


def test_a_font_that_is_not_installed_is_passed_over() -> None:
    with mpl.rc_context({"font.family": ["No Such Font", "DejaVu Sans"]}):
        assert readable("Ω 猫") == "Ω \\u732b"


@given(st.text(max_size=60))
def test_anything_can_be_written_to_a_file(text: str) -> None:
    readable(text).encode("utf-8")


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "Zs")), max_size=80))
def test_a_wrapped_name_has_at_most_two_lines(name: str) -> None:
    text = wrapped(name, 1.5, 8.0)
    assert text.count("\n") <= 1
    if "\n" not in text:
        assert text == " ".join(name.split())


def test_a_wrapped_name_fits_and_loses_nothing_if_it_can() -> None:
    name = "chronic kidney disease stage 1"
    text = wrapped(name, 1.5, 8.0)
    assert text.replace("\n", " ") == name
    assert all(length(line, 8.0) <= 1.5 * 72 for line in text.split("\n"))


def test_a_name_too_long_for_two_lines_says_so() -> None:
    assert wrapped("one two three four five six seven eight nine", 0.8, 8.0).endswith("…")


def test_every_small_latin_letter_is_known() -> None:
    assert set(range(0xC0, 0xFF)) <= lettering._letters(lettering._families())
