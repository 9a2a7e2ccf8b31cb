"""Text: how large it is, how long, and what of a name can be written at all."""

from __future__ import annotations

import functools
import textwrap
from typing import Any

from matplotlib import rcParams
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.textpath import TextToPath

from classlens.view.palette import INK

# Points of text: the heading, a panel's title, axis labels and legends, tick labels and notes.
HEADING, TITLE, LABEL, SMALL = 12.0, 10.0, 9.0, 8.0

# Up to here, the end of Latin-1, every font has all letters.
_COMMON = "\u00ff"


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 class, 1,200 examples."""
    plural = "" if number == 1 else "es" if noun.endswith("s") else "s"
    return f"{number:,} {noun}{plural}"


def percent(share: float) -> str:
    """A share in whole percents; 0% and 100% are exact.

    Example:
        >>> percent(0.126), percent(0.001), percent(0.999)
        ('13%', '<1%', '>99%')
    """
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def readable(text: str) -> str:
    r"""Text as the fonts can write it: what they have no shape for is spelt as Python spells it.

    Line feeds stay; other control characters and halves of characters are spelt too.

    Example:
        >>> readable("caf\u00e9 \u732b \udc80") == "caf\u00e9 \\u732b \\udc80"
        True
    """
    if max(text, default="") <= _COMMON and text.replace("\n", "").isprintable():
        return text
    return "".join(
        letter
        if letter == "\n" or (letter.isprintable() and ord(letter) in _letters(_families()))
        else letter.encode("unicode_escape").decode()
        for letter in text
    )


def _families() -> tuple[str, ...]:
    """The fonts that matplotlib is to use, one after the other; the user may have set others."""
    known: Any = rcParams  # typed by its keys, and a family may be any word
    named: list[str] = []
    for family in FontProperties().get_family():
        named += known.get(f"font.{family}", [family])
    return tuple(named)


@functools.lru_cache(maxsize=4)
def _letters(families: tuple[str, ...]) -> frozenset[int]:
    """The characters that some of these fonts have a shape for."""
    found: set[int] = set()
    for family in families:
        try:
            path = findfont(FontProperties(family=family), fallback_to_default=False)
        except ValueError:  # not installed
            continue
        found.update(get_font(path).get_charmap())
    return frozenset(found)


def shorten(text: str, most: int = 40) -> str:
    """A name on one line, of at most so many characters."""
    line = readable(" ".join(text.split())) or "(blank)"
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def wrapped(text: str, width: float, size: float) -> str:
    """A name on at most two lines that fit a width.

    Args:
        text: the name.
        width: in inches.
        size: of the text, in points.
    """
    line = readable(" ".join(text.split()))
    room = width * 72
    if length(line, size) <= room:
        return line
    letters = max(3, int(len(line) * room / length(line, size)))
    lines = textwrap.wrap(line, letters)
    if len(lines) > 2:
        lines = [lines[0], shorten(" ".join(lines[1:]), letters)]
    return "\n".join(lines)


@functools.lru_cache(maxsize=1024)
def length(text: str, size: float) -> float:
    """How long a line of text is, in points."""
    measure = TextToPath().get_text_width_height_descent
    return float(measure(text, FontProperties(size=size), ismath=False)[0])


def plain(text: Any) -> None:
    """Take a name as it is: a dollar in it is a dollar, not the start of a formula."""
    text.set_parse_math(False)


def say(ax: Any, place: tuple[float, float], text: str, **style: Any) -> None:
    """Write a text as it is at a place of an axes; the rest is matplotlib's."""
    given = {"size": SMALL, "color": INK, "va": "center_baseline", "zorder": 5, **style}
    plain(ax.text(*place, readable(text), **given))
