"""The units of a layer: what each computes over the input plane, and where it turns on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from classlens.analysis.planes import Window
from classlens.view.displays import frame, labels, panels, points, strokes
from classlens.view.displays.lettering import SMALL, counted, plain, shorten
from classlens.view.displays.scales import heat, scale_of
from classlens.view.palette import QUIET

# Up to so many panels there is room for the words at a crease.
_WORDED = 8

# A unit that stays below this share of the largest value looks empty: its numbers are written.
_FAINT = 0.08


@dataclass(frozen=True, eq=False, repr=False)
class UnitsDisplay:
    """A panel for each unit of a layer, all on one colour scale.

    Attributes:
        window: what each panel shows.
        values: each unit's activation on a grid, shape (rows, columns, units); row 0 is the lowest
            x1, and the outer points lie on the window's rim.
        creases: for each unit the segments on which it turns on, shape (segments, 2 ends, 2
            coordinates); going from the first end to the second, it is on at the left.
        layer: the layer's name.
        activation: its activation function, such as ``"relu"``.
        outputs: the classes that the units stand for, if it is the last layer; else None.
        X: the examples drawn over the values, shape (samples, 2), or None.
        y: their classes as indices, shape (samples,), or None.
        class_names: the classes' names.
        axis_names: the names of the two coordinates.
        place: on which slice the window lies, in words; empty for the plane of two inputs.
        titles: the panels' titles; by default they name the layer and the unit, or the class.
    """

    window: Window
    values: NDArray[Any]
    creases: tuple[NDArray[np.float64], ...]
    layer: str
    activation: str
    outputs: tuple[str, ...] | None
    X: NDArray[Any] | None
    y: NDArray[Any] | None
    class_names: tuple[str, ...]
    axis_names: tuple[str, str]
    place: str = ""
    titles: tuple[str, ...] | None = None

    def plot(self, ax: Figure | None = None, *, title: str | None = None) -> UnitsDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        It returns the display, as scikit-learn's do. In a notebook the display itself, without
        ``plot``, is the picture; after ``plot()`` at the end of a cell put a semicolon, or it is
        there twice.

        Args:
            ax: a matplotlib Figure to draw on; it is cleared and takes the size that the picture
                needs. By default a new one of pyplot's.
            title: the heading; by default it names the layer and counts its units.

        Raises:
            ArgumentError: if ax is no Figure.
        """
        figure = frame.shown_figure() if ax is None else frame.check_figure(ax)
        figure.clear()
        values = self.values[:, :, : panels.MOST]
        scale = scale_of(values)
        grid = panels.add_grid(figure, self._titles(), names=self.axis_names, window=self.window)
        reach = float(np.abs(values).max())
        for unit, panel in enumerate(grid.axes):
            heat(panel, values[:, :, unit], self.window, scale)
            self._draw_over(grid, unit)
            self._say_range(panel, values[:, :, unit], reach)
        first = grid.axes[0]
        frame.entitle(first, title or self._heading(), self._note(), clear=grid.clear + 4)
        classes = self.class_names if self.X is not None else ()
        last = panels.explain(figure, grid, scale, "activation", classes)
        frame.settle(figure, [first, grid.corner, last])
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
        return f"UnitsDisplay({shorten(self.layer)}, {counted(self.values.shape[2], 'unit')})"

    def _draw_over(self, grid: panels.Grid, unit: int) -> None:
        ax, crease = grid.axes[unit], self.creases[unit]
        crowd = np.empty((0, 2))
        if self.X is not None and self.y is not None:
            size = points.fitting_size(len(self.X), largest=grid.marker)
            points.scatter(ax, self.X, self.y, self.class_names, size=size)
            crowd = self.X
        if len(crease):
            strokes.draw(ax, crease, label="crease", linewidth=grid.stroke)
            if len(grid.axes) <= _WORDED:
                lengths = np.hypot(*(crease[:, 1] - crease[:, 0]).T)
                others = np.delete(crease, lengths.argmax(), axis=0)
                crowd = np.concatenate((crowd, labels.along(others)))
                labels.sides(ax, crease[lengths.argmax()], "on", "off", crowd)

    def _say_range(self, ax: Axes, values: NDArray[Any], reach: float) -> None:
        low, high = float(values.min()), float(values.max())
        if low == high or max(-low, high) >= _FAINT * reach:
            return
        said = ax.text(
            0.97,
            0.03,
            f"{low:.2g} to {high:.2g}",
            transform=ax.transAxes,
            ha="right",
            va="bottom",
            size=SMALL - 0.5,
            color=QUIET,
            zorder=5,
        )
        plain(said)

    def _titles(self) -> list[str]:
        shown = min(self.values.shape[2], panels.MOST)
        if self.titles is not None:
            names = list(self.titles[:shown])
        elif self.outputs is not None:
            names = list(self.outputs[:shown])
        else:
            names = [f"Layer {self.layer} unit {unit}" for unit in range(shown)]
        return [name + self._constant(unit) for unit, name in enumerate(names)]

    def _constant(self, unit: int) -> str:
        """What a title adds for a unit that has one value all over the window."""
        values = self.values[:, :, unit]
        low, high = float(values.min()), float(values.max())
        if low != high:
            return ""
        return f" ({low + 0.0:.3g} all over{', off' if self._off(low) else ''})"

    def _off(self, value: float) -> bool:
        return value == 0 and self.outputs is None and self.activation == "relu"

    def _heading(self) -> str:
        count = self.values.shape[2]
        kind = "output" if self.outputs is not None else self.activation
        first = f", the first {panels.MOST}" if count > panels.MOST else ""
        return f"Layer {self.layer}: {counted(count, f'{kind} unit')}{first}"

    def _note(self) -> str:
        line = any(len(crease) for crease in self.creases)
        said = "each unit's value over the inputs" + (
            "; line: its crease, where it turns on" if line else ""
        )
        return "\n".join(part for part in (self.place, said) if part)
