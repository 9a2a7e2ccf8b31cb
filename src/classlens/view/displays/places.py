"""The places on an example's way: a row for each input, unit or output, with bars and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from classlens.view.displays import bars, frame, legends
from classlens.view.displays.bars import Bar
from classlens.view.displays.lettering import LABEL, SMALL, TITLE, length, say, shorten
from classlens.view.palette import FAINT, INK, NEGATIVE, POSITIVE, QUIET

# Inches: a column of bars, a row of it, and between two columns.
BARS, _ROW, _NEAR = 1.0, 0.22, 0.12

# What adds to the winner's lead, and what takes from it.
TOWARDS, AGAINST = POSITIVE[3], NEGATIVE[3]

# How a dot of a value before the activation looks.
BEFORE: dict[str, Any] = {
    "marker": "o",
    "markersize": 4.5,
    "markerfacecolor": "white",
    "markeredgecolor": INK,
    "markeredgewidth": 0.9,
    "linestyle": "none",
}

_PLAIN: dict[str, Any] = {"ruled": (None, None), "painted": False}


class Row(NamedTuple):
    """One line of a place.

    Attributes:
        name: what it is called.
        value: the input, the activation or the logit; None for a sum of several.
        before: the pre-activation; None where there is none.
        reach: the lowest and the highest value over the data, or None.
        adds: what it adds to the lead, or None.
        colour: of its bar.
        said: what is written beside the bar.
    """

    name: str
    value: float | None
    before: float | None
    reach: tuple[float, float] | None
    adds: float | None
    colour: str
    said: str


class Place(NamedTuple):
    """The inputs, a hidden layer or the outputs.

    Attributes:
        title: what it is called.
        rows: its lines.
        added: whether it has a second column, what its rows add to the lead.
    """

    title: str
    rows: tuple[Row, ...]
    added: bool

    @property
    def labels(self) -> list[str]:
        """The rows' names as they are written."""
        return [shorten(row.name, 24) for row in self.rows]

    @property
    def room(self) -> float:
        """Inches that the names take, left of the bars."""
        return _longest(self.labels, LABEL) + 0.1

    @property
    def width(self) -> float:
        """Inches from the bars' left edge to the end of the last number."""
        shown = BARS + self._numbers
        if self.added:
            shown += _NEAR + BARS + _longest([_signed(row.adds) for row in self.rows], SMALL) + 0.08
        return max(shown, _longest([self.title], TITLE))

    @property
    def height(self) -> float:
        """Inches that the rows take."""
        return len(self.rows) * _ROW

    @property
    def _numbers(self) -> float:
        return _longest([row.said for row in self.rows], SMALL) + 0.08


def draw(figure: Figure, place: Place, left: float, top: float) -> list[Axes]:
    """Draw a place with the upper left corner of its bars somewhere, in inches; its panels."""
    height = place.height
    values = frame.add_panel(figure, left, top - height, BARS, height, **_PLAIN)
    _draw_values(values, place.rows)
    for row, name in enumerate(place.labels):
        beside = legends.corner(values, 0.0, 1.0)
        say(values, (-6, -(row + 0.5) * _ROW * 72), name, transform=beside, ha="right", size=LABEL)
    frame.write(values, place.title, above=16, size=TITLE)
    if not place.added:
        return [values]
    frame.write(values, "value", above=4, size=SMALL, colour=QUIET)
    left += BARS + place._numbers + _NEAR
    adds = frame.add_panel(figure, left, top - height, BARS, height, **_PLAIN)
    _draw_adds(adds, place.rows)
    frame.write(adds, "adds to the lead", above=4, size=SMALL, colour=QUIET)
    return [values, adds]


def number(value: float) -> str:
    """A number in a picture: three digits, and a sign as wide as a plus."""
    return f"{value + 0.0:.3g}".replace("-", "\N{MINUS SIGN}")


def _signed(value: float | None) -> str:
    if value is None:
        return ""
    return ("+" if value > 0 else "") + number(value)


def _longest(said: Sequence[str], size: float) -> float:
    return max(length(text, size) for text in said) / 72


def _draw_values(ax: Axes, rows: Sequence[Row]) -> None:
    numbers = [0.0]
    for row in rows:
        numbers += [each for each in (row.value, row.before) if each is not None]
        numbers += row.reach or ()
    _scale(ax, numbers, len(rows))
    behind = [Bar(at, *row.reach, FAINT) for at, row in enumerate(rows) if row.reach is not None]
    before = [(row.before, at + 0.5) for at, row in enumerate(rows) if row.before is not None]
    values = [
        Bar(at, 0.0, row.value, row.colour) for at, row in enumerate(rows) if row.value is not None
    ]
    bars.draw(ax, behind, 0.62, label="range", zorder=1)
    bars.draw(ax, values, 0.34, label="value", zorder=3)
    if before:
        ax.add_artist(Line2D(*np.transpose(before), label="before", zorder=4, **BEFORE))
    _write_numbers(ax, [row.said for row in rows])


def _draw_adds(ax: Axes, rows: Sequence[Row]) -> None:
    shares = [row.adds or 0.0 for row in rows]
    _scale(ax, [0.0, *shares], len(rows))
    colours = [TOWARDS if share >= 0 else AGAINST for share in shares]
    added = [Bar(at, 0.0, *each) for at, each in enumerate(zip(shares, colours, strict=True))]
    bars.draw(ax, added, 0.5, label="adds", zorder=3)
    _write_numbers(ax, [_signed(row.adds) for row in rows])


def _scale(ax: Axes, numbers: Sequence[float], rows: int) -> None:
    low, high = min(numbers), max(numbers)
    room = 0.06 * (high - low) or 1.0
    frame.show(ax, (low - room, high + room), (rows, 0))
    ax.axvline(0, color=QUIET, linewidth=0.7, zorder=2)


def _write_numbers(ax: Axes, said: Sequence[str]) -> None:
    beside = legends.corner(ax, 1.0, 1.0)
    for row, text in enumerate(said):
        if text:
            say(ax, (5, -(row + 0.5) * _ROW * 72), text, transform=beside, color=QUIET)
