"""The hidden space: the examples as a layer of two units re-maps them, and the outputs over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from classlens.analysis.coincidences import Coincidence
from classlens.analysis.territories import Territories
from classlens.view.displays import frame, labels, panels, points, strokes, territory
from classlens.view.displays.lettering import LABEL, counted, shorten
from classlens.view.displays.scales import Scale, heat, scale_of

# The multiplication sign.
_TIMES = "\N{MULTIPLICATION SIGN}"

# The leading panel, in inches.
_LEAD = (4.6, 4.1)

# At most so many places are labelled; the others are counted below.
_LABELLED = 8


@dataclass(frozen=True, eq=False, repr=False)
class HiddenDisplay:
    """A leading panel with the examples, and a panel for each output, over the hidden space.

    Attributes:
        territories: which class wins where in the hidden space.
        logits: each output's value there, shape (rows, columns, classes).
        A: the examples' activations, shape (samples, 2).
        y: their classes as indices, shape (samples,).
        coincidences: places that several examples share, the fullest first.
        layer: the hidden layer's name.
        unit_names: what its two activations are called, such as a[1]0 and a[1]1.
        class_names: the classes' names.
    """

    territories: Territories
    logits: NDArray[Any]
    A: NDArray[Any]
    y: NDArray[Any]
    coincidences: tuple[Coincidence, ...]
    layer: str
    unit_names: tuple[str, str]
    class_names: tuple[str, ...]

    def plot(self, ax: Figure | None = None, *, title: str | None = None) -> HiddenDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        It returns the display, as scikit-learn's do. In a notebook the display itself, without
        ``plot``, is the picture; after ``plot()`` at the end of a cell put a semicolon, or it is
        there twice.

        Args:
            ax: a matplotlib Figure to draw on; it is cleared and takes the size that the picture
                needs. By default a new one of pyplot's.
            title: the heading; by default it names the layer.

        Raises:
            ArgumentError: if ax is no Figure.
        """
        figure = frame.shown_figure() if ax is None else frame.check_figure(ax)
        figure.clear()
        shown = self.class_names[: panels.MOST]
        lead = frame.add_panel(figure, 0, -_LEAD[1], *_LEAD)
        left = _LEAD[0] + 0.35
        window = self.territories.window
        grid = panels.add_grid(figure, shown, names=None, window=window, left=left, shrink=0.8)
        self._draw_lead(lead)
        scale = scale_of(self.logits)
        for index in range(len(shown)):
            self._draw_output(grid, index, scale)
        self._entitle(lead, grid, title or f"What layer {self.layer} makes of the examples")
        last = panels.explain(figure, grid, scale, "output (logit)", self.class_names)
        frame.settle(figure, [lead, last])
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
        seen = counted(len(self.A), "example")
        classes = counted(len(self.class_names), "class")
        return f"HiddenDisplay({shorten(self.layer)}, {seen}, {classes})"

    def _draw_lead(self, ax: Axes) -> None:
        territory.fill(ax, self.territories)
        size = points.fitting_size(len(self.A))
        points.scatter(ax, self.A, self.y, self.class_names, size=size)
        notes = [
            labels.Note(shared.place, describe(shared, self.class_names))
            for shared in self.coincidences[:_LABELLED]
        ]
        crowd = np.concatenate((self.A, labels.along(self.territories.boundary)))
        unsaid = len(self.coincidences) - labels.annotate(ax, notes, crowd)
        frame.name_axes(ax, *self.unit_names)
        if unsaid:
            more = f"({counted(unsaid, 'more place')} shared by several examples)"
            ax.xaxis.label.set_text(f"{ax.get_xlabel()}\n{more}")

    def _draw_output(self, grid: panels.Grid, index: int, scale: Scale) -> None:
        ax, found = grid.axes[index], self.territories
        heat(ax, self.logits[:, :, index], found.window, scale)
        edge = found.boundary[(found.pairs == index).any(axis=1)]
        strokes.draw(ax, edge, label="boundary", linewidth=grid.stroke)
        size = points.fitting_size(len(self.A), largest=grid.marker)
        points.scatter(ax, self.A, self.y, self.class_names, size=size)

    def _entitle(self, lead: Axes, grid: panels.Grid, title: str) -> None:
        lines = "two classes tie" if self.territories.exact else "sampled boundaries"
        if self.territories.tied:
            lines += "; areas where classes tie show the first"
        note = (
            f"each example at the two units' activations\ntint: the winning class; lines: {lines}"
        )
        clear = max(frame.clearance(lead), grid.clear - 18)
        above = frame.entitle(lead, title, note, clear=clear)
        count = len(self.class_names)
        which = f"The first {panels.MOST} outputs" if count > panels.MOST else "Each output"
        frame.write(
            grid.axes[0],
            f"{which} over the same plane; line: where it ties for the lead",
            above=above,
            size=LABEL,
        )


def describe(shared: Coincidence, names: tuple[str, ...], line: bool = False) -> str:
    """Such as ``25 x c0 at (0, 0)``, with a line for each class where there are several.

    On a line only the first coordinate means something: ``25 x c0 at 0``.
    """
    x, y = (f"{number + 0.0:.3g}" for number in shared.place.tolist())
    where = x if line else f"({x}, {y})"
    there = np.flatnonzero(shared.counts).tolist()
    if len(there) > 3:
        return f"{shared.total:,} examples of {len(there)} classes\nat {where}"
    who = [f"{shared.counts[index]:,} {_TIMES} {shorten(names[index], 30)}" for index in there]
    end = " " if len(who) == 1 and len(who[0]) < 16 else "\n"
    return "\n".join(who) + f"{end}at {where}"
