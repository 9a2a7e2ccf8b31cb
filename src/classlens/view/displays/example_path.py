"""One example's way: its inputs, each layer's units, the outputs, and what adds to the lead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from classlens.analysis.example import Path
from classlens.view.displays import bars, frame, legends
from classlens.view.displays.bars import Bar
from classlens.view.displays.lettering import (
    LABEL,
    SMALL,
    TITLE,
    length,
    say,
    shorten,
)
from classlens.view.palette import FAINT, INK, NEGATIVE, POSITIVE, QUIET, look

# A place shows so many rows at most; what is beyond is summed up in one more.
_ROWS = 10

# So many places stand beside each other.
_ABREAST = 4

# Inches: a row, a column of bars, the numbers beside it, between two columns and two places, and
# between two lines of places.
_ROW, _BARS, _NUMBER, _NEAR, _FAR, _DOWN = 0.22, 1.05, 0.42, 0.12, 0.35, 0.75

_TOWARDS, _AGAINST = POSITIVE[3], NEGATIVE[3]


class _Row(NamedTuple):
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


class _Place(NamedTuple):
    """The inputs, a hidden layer or the outputs.

    Attributes:
        title: what it is called.
        rows: its lines.
        added: whether it has a second column, what its rows add to the lead.
    """

    title: str
    rows: tuple[_Row, ...]
    added: bool


@dataclass(frozen=True, eq=False, repr=False)
class PathDisplay:
    """One example on its way through the network.

    Attributes:
        path: what every unit computes and adds.
        layers: each layer's name and activation function.
        ranges: for the inputs and each layer, the lowest and the highest activation over the data,
            shape (units, 2); or None without data.
        class_names: the classes' names.
        feature_names: the inputs' names.
    """

    path: Path
    layers: tuple[tuple[str, str], ...]
    ranges: tuple[NDArray[np.floating], ...] | None
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...]

    def plot(self, ax: Figure | None = None, *, title: str | None = None) -> PathDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        Args:
            ax: a matplotlib Figure to draw on; it is cleared and takes the size that the picture
                needs. By default a new one of pyplot's.
            title: the heading; by default it names the predicted class.

        Raises:
            ArgumentError: if ax is no Figure.
        """
        figure = frame.shown_figure() if ax is None else frame.check_figure(ax)
        figure.clear()
        places = self._places()
        top, panels = 0.0, []
        for first in range(0, len(places), _ABREAST):
            line = places[first : first + _ABREAST]
            left = 0.0
            for place in line:
                drawn, left = _draw_place(figure, place, left, top)
                panels += drawn
            top -= max(len(place.rows) for place in line) * _ROW + _DOWN
        frame.entitle(panels[0], title or self._heading(), self._note(), clear=42)
        numbers = max(length(row.said, SMALL) for row in places[-1].rows)
        legends.legend(panels[-1], *self._keys(), gap=numbers / 72 + 0.3)
        frame.settle(figure, panels)
        return self

    def figure(self) -> Figure:
        """A figure of its own, drawn without pyplot."""
        figure = frame.bare_figure()
        self.plot(figure)
        return figure

    def png(self) -> bytes:
        """The picture as a PNG file's bytes."""
        return frame.png(self.figure())

    def _places(self) -> list[_Place]:
        found = self.path
        places = [self._place(0, "inputs", "inputs", found.x, None, self.feature_names)]
        for depth, (name, activation) in enumerate(self.layers[:-1]):
            z, a = found.values[depth]
            units = tuple(f"{name}.{unit}" for unit in range(len(a)))
            title = f"layer {shorten(name, 20)} ({activation})"
            places.append(self._place(depth + 1, name, title, a, z, units))
        return [*places, self._outputs()]

    def _place(
        self,
        number: int,
        key: str,
        title: str,
        values: NDArray[np.floating],
        before: NDArray[np.floating] | None,
        names: Sequence[str],
    ) -> _Place:
        """The rows of the inputs or of a hidden layer: all, or the largest and the rest."""
        shares = next((each for each in self.path.contributions if each.place == key), None)
        compared = len(self.class_names) > 1
        adds = shares.parts if shares is not None and compared else None
        weight = np.abs(values if adds is None else adds)
        shown = _largest(weight, _ROWS)
        rows = [
            _Row(
                name=names[index],
                value=float(values[index]),
                before=None if before is None else float(before[index]),
                reach=self._reach(number, index),
                adds=None if adds is None else float(adds[index]),
                colour=QUIET,
                said=_number(float(values[index])),
            )
            for index in shown
        ]
        hidden = np.setdiff1d(np.arange(len(values)), shown)
        if len(hidden):
            rest = None if adds is None else float(adds[hidden].sum())
            rows.append(_summed(f"{len(hidden):,} more", rest))
        if shares is not None and compared:
            rows.append(_summed("biases", shares.rest))
        return _Place(title, tuple(rows), adds is not None)

    def _outputs(self) -> _Place:
        found = self.path
        shown = _largest(found.logits - found.logits.min(), _ROWS)
        rows = [
            _Row(
                name=self.class_names[index],
                value=float(found.logits[index]),
                before=None,
                reach=self._reach(len(self.layers), index),
                adds=None,
                colour=look(index).colour,
                said=f"{_number(float(found.logits[index]))}  {_percent(found, [index])}",
            )
            for index in shown
        ]
        hidden = np.setdiff1d(np.arange(len(found.logits)), shown)
        if len(hidden):
            summed = _summed(f"{len(hidden):,} more", None)
            rows.append(summed._replace(said=f"together {_percent(found, hidden.tolist())}"))
        return _Place("outputs: logit, softmax", tuple(rows), added=False)

    def _reach(self, number: int, index: int) -> tuple[float, float] | None:
        if self.ranges is None:
            return None
        low, high = self.ranges[number][index].tolist()
        return low, high

    def _heading(self) -> str:
        winner = shorten(self.class_names[self.path.winner])
        return f"An example's way to {winner} ({_percent(self.path, [self.path.winner])})"

    def _note(self) -> str:
        found = self.path
        if len(self.class_names) == 1:
            return "a single class: there is nothing to decide"
        winner, second = (
            shorten(self.class_names[index], 24) for index in (found.winner, found.runner_up)
        )
        said = f"lead of {winner}'s logit over {second}'s: {found.lead:.3g}"
        if found.contributions:
            said += ", which in each place is the sum of what adds to it"
        if found.flip is not None:
            into = shorten(self.class_names[found.flip.into], 24)
            least = "" if found.flip.exact else "at most "
            said += (
                f"\nsmallest change of the inputs that makes it {into}: "
                f"{least}{found.flip.distance:.3g}"
            )
        return said

    def _keys(self) -> tuple[list[Line2D], list[str]]:
        keys, names = [], []
        if len(self.layers) > 1:
            keys.append(Line2D([], [], **_BEFORE))
            names.append("before the activation")
        if self.ranges is not None:
            keys.append(Line2D([], [], color=FAINT, linewidth=5))
            names.append("range over the data")
        if self.path.contributions and len(self.class_names) > 1:
            for colour, index in ((_TOWARDS, self.path.winner), (_AGAINST, self.path.runner_up)):
                keys.append(Line2D([], [], color=colour, linewidth=6))
                names.append(f"speaks for {shorten(self.class_names[index], 24)}")
        return keys, names


_PLAIN: dict[str, Any] = {"ruled": (None, None), "painted": False}
_BEFORE: dict[str, Any] = {
    "marker": "o",
    "markersize": 4.5,
    "markerfacecolor": "white",
    "markeredgecolor": INK,
    "markeredgewidth": 0.9,
    "linestyle": "none",
}


def _largest(weight: NDArray[np.floating], most: int) -> list[int]:
    """All indices, or those of the largest weights in falling order where there are too many."""
    if len(weight) <= most:
        return list(range(len(weight)))
    return [int(index) for index in np.argsort(-weight, kind="stable")[: most - 1]]


def _summed(name: str, adds: float | None) -> _Row:
    return _Row(name, None, None, None, adds, QUIET, "")


def _number(value: float) -> str:
    return f"{value + 0.0:.3g}".replace("-", "\N{MINUS SIGN}")


def _percent(found: Path, classes: Sequence[int]) -> str:
    share = 100 * float(found.probabilities[list(classes)].sum())
    if 0 < share < 0.1:
        return "<0.1 %"
    return ">99.9 %" if 99.9 < share < 100 else f"{share:.3g} %"


def _draw_place(figure: Figure, place: _Place, left: float, top: float) -> tuple[list[Axes], float]:
    """Draw a place from a corner on, in inches; its panels, and where the next one begins."""
    names = [shorten(row.name, 24) for row in place.rows]
    left += max(length(name, LABEL) for name in names) / 72 + 0.1
    height = len(place.rows) * _ROW
    numbers = max(length(row.said, SMALL) for row in place.rows) / 72 + 0.08
    values = frame.add_panel(figure, left, top - height, _BARS, height, **_PLAIN)
    _draw_values(values, place.rows)
    for row, name in enumerate(names):
        beside = legends.corner(values, 0.0, 1.0)
        say(values, (-6, -(row + 0.5) * _ROW * 72), name, transform=beside, ha="right", size=LABEL)
    frame.write(values, place.title, above=16, size=TITLE)
    left += _BARS + numbers
    panels = [values]
    if place.added:
        frame.write(values, "value", above=4, size=SMALL, colour=QUIET)
        left += _NEAR
        adds = frame.add_panel(figure, left, top - height, _BARS, height, **_PLAIN)
        _draw_adds(adds, place.rows)
        frame.write(adds, "adds to the lead", above=4, size=SMALL, colour=QUIET)
        panels.append(adds)
        left += _BARS + _NUMBER
    return panels, left + _FAR


def _draw_values(ax: Axes, rows: Sequence[_Row]) -> None:
    numbers = [0.0]
    for row in rows:
        numbers += [number for number in (row.value, row.before) if number is not None]
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
        ax.add_artist(Line2D(*np.transpose(before), label="before", zorder=4, **_BEFORE))
    _write_numbers(ax, [row.said for row in rows])


def _draw_adds(ax: Axes, rows: Sequence[_Row]) -> None:
    shares = [row.adds or 0.0 for row in rows]
    _scale(ax, [0.0, *shares], len(rows))
    colours = [_TOWARDS if share >= 0 else _AGAINST for share in shares]
    added = [Bar(at, 0.0, *each) for at, each in enumerate(zip(shares, colours, strict=True))]
    bars.draw(ax, added, 0.5, label="adds", zorder=3)
    signs = ["+" if share > 0 else "" for share in shares]
    said = [
        "" if row.adds is None else sign + _number(row.adds)
        for sign, row in zip(signs, rows, strict=True)
    ]
    _write_numbers(ax, said)


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
