"""The code table: classes by units, and which units are on for which class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from classlens.view.displays import frame, legends, points
from classlens.view.displays.lettering import LABEL, SMALL, counted, length, say, shorten
from classlens.view.palette import INK, POSITIVE, QUIET

# Up to so many units each has its own column; of more, those with equal bits share one.
_COLUMNS = 32

# The table shows so many classes.
_ROWS = 40

# Up to so many columns: a cell's width and height in inches, the diameter of its mark in points.
_CELLS = ((10, 0.78, 0.46, 9.0), (20, 0.5, 0.4, 7.0), (_COLUMNS, 0.26, 0.28, 5.5))

# What a bit looks like: its colour, and what part of its mark is filled.
_LOOKS = {
    "on": (POSITIVE[2], "full"),
    "mixed": (POSITIVE[1], "left"),
    "off": ("#F4F5F6", "none"),
}


class _Column(NamedTuple):
    """Units that share a column.

    Attributes:
        title: what stands over it.
        units: their indices.
    """

    title: str
    units: tuple[int, ...]


@dataclass(frozen=True, eq=False, repr=False)
class CodesDisplay:
    """Which units of a hidden layer are on for which class.

    Attributes:
        on: for how many of each class's examples each unit is on, shape (classes, units).
        of: how many examples each class has, shape (classes,).
        bits: for each class a word for each unit: ``on``, ``off`` or ``mixed``; none for a class
            without examples.
        layer: the layer's name.
        activation: its activation function.
        class_names: the classes' names.
    """

    on: NDArray[np.int64]
    of: NDArray[np.int64]
    bits: tuple[tuple[str, ...], ...]
    layer: str
    activation: str
    class_names: tuple[str, ...]

    def plot(
        self, ax: Axes | None = None, *, title: str | None = None, legend: bool = True
    ) -> CodesDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        It returns the display, as scikit-learn's do. In a notebook the display itself, without
        ``plot``, is the picture; after ``plot()`` at the end of a cell put a semicolon, or it is
        there twice.

        Args:
            ax: where to draw; by default a new figure of pyplot's.
            title: the heading; by default it names the layer.
            legend: whether to explain the marks, beside the axes.

        Raises:
            ArgumentError: if ax is no Axes.
        """
        if ax is None:
            self._alone(frame.shown_figure(), title, legend=legend)
            return self
        ax = frame.check_axes(ax)
        columns, left_out = self._columns()
        rows = min(len(self.class_names), _ROWS)
        ax.set_axis_off()
        frame.show(ax, (0, len(columns)), (rows, 0))
        self._draw_cells(ax, columns, rows)
        self._draw_names(ax, columns, rows)
        frame.entitle(ax, title or self._heading(), self._note(left_out), clear=6 + 1.6 * SMALL)
        if legend:
            keys = [_mark(bit, 8.0) for bit in _LOOKS]
            legends.legend(ax, keys, _MEANINGS, gap=0.1 + self._twins_room())
        return self

    def figure(self) -> Figure:
        """A figure of its own, drawn without pyplot."""
        return self._alone(frame.bare_figure(), None, legend=True)

    def png(self) -> bytes:
        """The picture as a PNG file's bytes."""
        return frame.png(self.figure())

    def _repr_png_(self) -> bytes:
        """The picture, where a notebook shows the value of a cell."""
        return self.png()

    def __repr__(self) -> str:
        classes = counted(len(self.class_names), "class")
        return (
            f"CodesDisplay({shorten(self.layer)}, {counted(self.on.shape[1], 'unit')}, {classes})"
        )

    def _alone(self, figure: Figure, title: str | None, *, legend: bool) -> Figure:
        columns, _ = self._columns()
        _, width, height, _ = _cell(len(columns))
        size = (len(columns) * width, min(len(self.class_names), _ROWS) * height)
        return frame.alone(figure, lambda ax: self.plot(ax, title=title, legend=legend), size, None)

    def _present(self) -> list[int]:
        return [index for index, total in enumerate(self.of.tolist()) if total]

    def _columns(self) -> tuple[list[_Column], int]:
        """The columns, and how many units are in none."""
        units = self.on.shape[1]
        if units <= _COLUMNS:
            short = units > _CELLS[0][0]
            return [
                _Column(str(unit) if short else f"{self.layer}.{unit}", (unit,))
                for unit in range(units)
            ], 0
        alike: dict[tuple[str, ...], list[int]] = {}
        for unit in range(units):
            alike.setdefault(tuple(self.bits[k][unit] for k in self._present()), []).append(unit)
        groups = sorted(alike.values(), key=len, reverse=True)[:_COLUMNS]
        columns = [
            _Column(f"{_TIMES}{len(group)}" if group[1:] else str(group[0]), tuple(group))
            for group in groups
        ]
        return columns, units - sum(map(len, groups))

    def _draw_cells(self, ax: Axes, columns: list[_Column], rows: int) -> None:
        _, _, _, mark = _cell(len(columns))
        places: dict[str, list[tuple[float, float]]] = {bit: [] for bit in _LOOKS}
        room = ax.bbox.width / ax.figure.dpi * 72 / len(columns) - 4
        for row in range(rows):
            if not self.of[row]:
                say(ax, (0.2, row + 0.5), "no examples", color=QUIET)
                continue
            for column, (_, units) in enumerate(columns):
                said = self._count(row, units, room)
                places[self.bits[row][units[0]]].append((column, row))
                if said:
                    say(ax, (column + 0.5, row + 0.76), said, ha="center", size=SMALL - 1)
        raised = 0.38 if self._count(self._present()[0], columns[0].units, room) else 0.5
        for bit, corners in places.items():
            if not corners:
                continue
            low = np.array(corners, dtype=float)
            cells = low[:, None] + np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
            ax.add_artist(
                PolyCollection(
                    list(cells), facecolors=_LOOKS[bit][0], edgecolors="white", label=bit
                )
            )
            line = _mark(bit, mark)
            line.set_data(low[:, 0] + 0.5, low[:, 1] + raised)
            line.set(label=f"{bit} marks", zorder=3)
            ax.add_artist(line)

    def _count(self, row: int, units: tuple[int, ...], room: float) -> str:
        """A cell's count, if there is one and it fits."""
        if len(units) > 1 or self.on.shape[1] > _COLUMNS:
            return ""
        on, total = int(self.on[row, units[0]]), int(self.of[row])
        widest = max(self.of.tolist())
        for sign in (" of ", "/"):
            if length(f"{widest:,}{sign}{widest:,}", SMALL - 1) <= room:
                return f"{on:,}{sign}{total:,}"
        return ""

    def _draw_names(self, ax: Axes, columns: list[_Column], rows: int) -> None:
        beside = legends.corner(ax, 0.0, 1.0)
        high = ax.bbox.height / ax.figure.dpi * 72 / rows
        keys, names = points.keys(self.class_names[:rows], marked=True)
        for row, (key, name) in enumerate(zip(keys, names, strict=True)):
            y = -(row + 0.5) * high
            key.set_data([-9], [y])
            key.set(transform=beside, clip_on=False, label="key")
            ax.add_artist(key)
            say(ax, (-18, y), shorten(name), transform=beside, ha="right", size=LABEL)
        wide = ax.bbox.width / ax.figure.dpi * 72 / len(columns)
        for column, (title, _) in enumerate(columns):
            if length(title, SMALL) <= wide or column % 2 == 0:
                place = ((column + 0.5) * wide, 5)
                say(ax, place, title, transform=beside, ha="center", va="bottom", color=QUIET)
        for row, twin in self._twins(rows).items():
            y = -(row + 0.5) * high
            said = f"as {shorten(self.class_names[twin], 20)}"
            past = legends.corner(ax, 1.0, 1.0)
            say(ax, (6, y), said, transform=past, color=QUIET)

    def _twins(self, rows: int) -> dict[int, int]:
        """Classes whose code is that of an earlier one."""
        first: dict[tuple[str, ...], int] = {}
        twins = {}
        for row in self._present():
            if row < rows and first.setdefault(self.bits[row], row) != row:
                twins[row] = first[self.bits[row]]
        return twins

    def _twins_room(self) -> float:
        """Inches beside the table that the names of classes with the same code take."""
        twins = self._twins(min(len(self.class_names), _ROWS)).values()
        said = [length(f"as {shorten(self.class_names[twin], 20)}", SMALL) for twin in twins]
        return (max(said) + 10) / 72 if said else 0.0

    def _heading(self) -> str:
        return f"Layer {self.layer}: the classes' codes"

    def _note(self, left_out: int) -> str:
        units = self.on.shape[1]
        present = self._present()
        codes = len({self.bits[row] for row in present})
        said = (
            f"{counted(units, f'{self.activation} unit')}; "
            f"{counted(len(present), 'class')} with {counted(codes, 'different code')}"
        )
        if len(self.class_names) > _ROWS:
            said += f"; the first {_ROWS} classes"
        if units > _COLUMNS:
            rest = f"; {counted(left_out, 'unit')} with other bits left out" if left_out else ""
            said += f"\nover a column its unit, or {_TIMES}n where n units have the same bits{rest}"
        return said


_TIMES = "\N{MULTIPLICATION SIGN}"
_MEANINGS = ("on for the class", "mixed", "off for the class")


def _cell(columns: int) -> tuple[int, float, float, float]:
    return next(row for row in _CELLS if columns <= row[0])


def _mark(bit: str, size: float) -> Line2D:
    colour, filled = _LOOKS[bit]
    return Line2D(
        [],
        [],
        linestyle="none",
        marker="o",
        markersize=size,
        fillstyle=filled,  # type: ignore[arg-type]
        markerfacecolor=INK if filled != "none" else colour,
        markerfacecoloralt="white",
        markeredgecolor=INK,
        markeredgewidth=0.8,
    )
