"""One example's way: its inputs, each layer's units, the outputs, and what adds to the lead."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from classlens.analysis.example import Path
from classlens.view.displays import frame, legends, places
from classlens.view.displays.lettering import counted, shorten
from classlens.view.displays.places import Place, Row
from classlens.view.palette import FAINT, QUIET, look

# A place shows so many rows at most; what is beyond is summed up in one more.
_ROWS = 10

# Inches: so wide that the letters stay legible in a notebook's cell, which is about 900 pixels
# wide; between two places; between two lines of them; and between one and the legend.
_WIDE, _FAR, _DOWN, _TO_LEGEND = 7.8, 0.35, 0.75, 0.3


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

        It returns the display, as scikit-learn's do. In a notebook the display itself, without
        ``plot``, is the picture; after ``plot()`` at the end of a cell put a semicolon, or it is
        there twice.

        Args:
            ax: a matplotlib Figure to draw on; it is cleared and takes the size that the picture
                needs. By default a new one of pyplot's.
            title: the heading; by default it names the predicted class.

        Raises:
            ArgumentError: if ax is no Figure.
        """
        figure = frame.shown_figure() if ax is None else frame.check_figure(ax)
        figure.clear()
        lines = _arranged(self._places())
        top, panels = 0.0, []
        for line in lines:
            for place, left in line:
                panels += places.draw(figure, place, left, top)
            top -= max(place.height for place, _ in line) + _DOWN
        frame.entitle(panels[0], title or self._heading(), self._note(), clear=42)
        self._explain(panels[-1], *lines[-1][-1])
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

    def _repr_png_(self) -> bytes:
        """The picture, where a notebook shows the value of a cell."""
        return self.png()

    def __repr__(self) -> str:
        layers = counted(len(self.layers), "layer")
        return f"PathDisplay({layers}, to {shorten(self.class_names[self.path.winner])})"

    def _explain(self, ax: Axes, outputs: Place, left: float) -> None:
        """Put the legend beside the outputs where there is room, else under them."""
        keys, names = self._keys()
        if not names:
            return
        gap = outputs.width - places.BARS + _TO_LEGEND
        if left + outputs.width + _TO_LEGEND + legends.width(names) <= _WIDE:
            legends.legend(ax, keys, names, gap=gap)
        else:
            legends.legend(ax, keys, names, gap=-places.BARS, drop=outputs.height + 0.1)

    def _places(self) -> list[Place]:
        found = self.path
        way = [self._place(0, "inputs", "inputs", found.x, None, self.feature_names)]
        for depth, (name, activation) in enumerate(self.layers[:-1]):
            z, a = found.values[depth]
            units = tuple(f"{name}.{unit}" for unit in range(len(a)))
            title = f"layer {shorten(name, 20)} ({activation})"
            way.append(self._place(depth + 1, name, title, a, z, units))
        return [*way, self._outputs()]

    def _place(
        self,
        number: int,
        key: str,
        title: str,
        values: NDArray[np.floating],
        before: NDArray[np.floating] | None,
        names: Sequence[str],
    ) -> Place:
        """The rows of the inputs or of a hidden layer: all, or the largest and the rest."""
        shares = next((each for each in self.path.contributions if each.place == key), None)
        compared = len(self.class_names) > 1
        adds = shares.parts if shares is not None and compared else None
        weight = np.abs(values if adds is None else adds)
        shown = _largest(weight, _ROWS)
        rows = [
            Row(
                name=names[index],
                value=float(values[index]),
                before=None if before is None else float(before[index]),
                reach=self._reach(number, index),
                adds=None if adds is None else float(adds[index]),
                colour=QUIET,
                said=places.number(float(values[index])),
            )
            for index in shown
        ]
        hidden = np.setdiff1d(np.arange(len(values)), shown)
        if len(hidden):
            rest = None if adds is None else float(adds[hidden].sum())
            rows.append(_summed(f"{len(hidden):,} more", rest))
        if shares is not None and compared:
            rows.append(_summed("biases", shares.rest))
        return Place(title, tuple(rows), adds is not None)

    def _outputs(self) -> Place:
        found = self.path
        shown = _largest(found.logits - found.logits.min(), _ROWS)
        rows = [
            Row(
                name=self.class_names[index],
                value=float(found.logits[index]),
                before=None,
                reach=self._reach(len(self.layers), index),
                adds=None,
                colour=look(index).colour,
                said=f"{places.number(float(found.logits[index]))}  {_percent(found, [index])}",
            )
            for index in shown
        ]
        hidden = np.setdiff1d(np.arange(len(found.logits)), shown)
        if len(hidden):
            summed = _summed(f"{len(hidden):,} more", None)
            rows.append(summed._replace(said=f"together {_percent(found, hidden.tolist())}"))
        return Place("outputs: logit, softmax", tuple(rows), added=False)

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
            least = "" if found.flip.exact else "at most about "
            said += (
                f"\nsmallest change of the inputs that makes it {into}: "
                f"{least}{found.flip.distance:.3g}"
            )
        return said

    def _keys(self) -> tuple[list[Line2D], list[str]]:
        keys, names = [], []
        if len(self.layers) > 1:
            keys.append(Line2D([], [], **places.BEFORE))
            names.append("before the activation")
        if self.ranges is not None:
            keys.append(Line2D([], [], color=FAINT, linewidth=5))
            names.append("range over the data")
        if self.path.contributions and len(self.class_names) > 1:
            for colour, index in (
                (places.TOWARDS, self.path.winner),
                (places.AGAINST, self.path.runner_up),
            ):
                keys.append(Line2D([], [], color=colour, linewidth=6))
                names.append(f"speaks for {shorten(self.class_names[index], 24)}")
        return keys, names


def _largest(weight: NDArray[np.floating], most: int) -> list[int]:
    """All indices, or those of the largest weights in falling order where there are too many."""
    if len(weight) <= most:
        return list(range(len(weight)))
    return [int(index) for index in np.argsort(-weight, kind="stable")[: most - 1]]


def _summed(name: str, adds: float | None) -> Row:
    return Row(name, None, None, None, adds, QUIET, "")


def _percent(found: Path, classes: Sequence[int]) -> str:
    share = 100 * float(found.probabilities[list(classes)].sum())
    if 0 < share < 0.1:
        return "<0.1 %"
    return ">99.9 %" if 99.9 < share < 100 else f"{share:.3g} %"


# Places beside each other, each with the left edge of its bars in inches.
_Line = list[tuple[Place, float]]


def _arranged(way: Sequence[Place]) -> list[_Line]:
    """The places in lines; bars stand below bars in the first column, and in all if they fit."""
    lines, start = _lines(way, 0.0), 0.0
    while (room := max(line[0][0].room for line in lines)) > start:
        lines, start = _lines(way, room), room
    lefts, right = [], -_FAR
    for column in itertools.zip_longest(*lines):
        there = [each[0] for each in column if each is not None]
        lefts.append(right + _FAR + max(place.room for place in there))
        right = lefts[-1] + max(place.width for place in there)
    if right > _WIDE:
        return lines
    return [
        [(place, left) for (place, _), left in zip(line, lefts, strict=False)] for line in lines
    ]


def _lines(way: Sequence[Place], start: float) -> list[_Line]:
    """As many places beside each other as fit, the first one's bars beginning at a place."""
    lines: list[_Line] = []
    right = math.inf
    for place in way:
        left = right + _FAR + place.room
        if left + place.width > _WIDE:
            lines.append([])
            left = start
        lines[-1].append((place, left))
        right = left + place.width
    return lines
