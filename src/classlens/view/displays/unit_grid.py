"""The units of a layer: what each computes over the input plane, and where it turns on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from classlens.analysis.planes import LayerPlane
from classlens.view.displays import frame, panels, points, strokes
from classlens.view.displays.scales import heat, scale_of
from classlens.view.palette import INK


@dataclass(frozen=True, eq=False, repr=False)
class UnitsDisplay:
    """A panel for each unit of a layer, all on one colour scale.

    Attributes:
        plane: the units' values and creases over a window of the input plane.
        layer: the layer's name.
        activation: its activation function, such as ``"relu"``.
        outputs: the classes that the units stand for, if it is the last layer; else None.
        X: the examples drawn over the values, shape (samples, 2), or None.
        y: their classes as indices, shape (samples,), or None.
        class_names: the classes' names.
        feature_names: the names of the two inputs.
    """

    plane: LayerPlane
    layer: str
    activation: str
    outputs: tuple[str, ...] | None
    X: NDArray[Any] | None
    y: NDArray[Any] | None
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...]

    def plot(self, figure: Figure | None = None, *, title: str | None = None) -> UnitsDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        Args:
            figure: a matplotlib Figure to draw on; it is cleared and takes the size that the
                picture needs. By default a new one of pyplot's.
            title: the heading; by default it names the layer and counts its units.
        """
        if figure is None:
            figure = frame.shown_figure()
        figure.clear()
        values = self.plane.activation[:, :, : panels.MOST]
        scale = scale_of(values)
        across, up = self.feature_names
        grid = panels.add_grid(figure, self._titles(), names=(across, up), window=self.plane.window)
        for unit, ax in enumerate(grid.axes):
            heat(ax, values[:, :, unit], self.plane.window, scale)
            self._draw_over(grid, unit)
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

    def _draw_over(self, grid: panels.Grid, unit: int) -> None:
        ax = grid.axes[unit]
        creases = self.plane.creases[unit]
        if len(creases):
            strokes.draw(ax, creases, width=grid.stroke, label="crease")
        if self.X is not None and self.y is not None:
            size = points.fitting_size(len(self.X), largest=grid.marker)
            points.scatter(ax, self.X, self.y, self.class_names, size=size)
        values = self.plane.activation[:, :, unit]
        low, high = float(values.min()), float(values.max())
        if low == high:
            self._say_constant(ax, low)

    def _say_constant(self, ax: Axes, value: float) -> None:
        word = "dead: 0" if value == 0 and self.outputs is None else f"constant: {value:.3g}"
        ax.text(
            0.5,
            0.5,
            f"{word}\neverywhere here",
            transform=ax.transAxes,
            ha="center",
            va="center",
            size=frame.SMALL,
            color=INK,
            bbox={"boxstyle": "round,pad=0.4", "fc": "white", "ec": "none", "alpha": 0.85},
            zorder=5,
        )

    def _titles(self) -> list[str]:
        shown = min(self.plane.activation.shape[2], panels.MOST)
        if self.outputs is not None:
            return list(self.outputs[:shown])
        return [f"Layer {self.layer} unit {unit}" for unit in range(shown)]

    def _heading(self) -> str:
        count = self.plane.activation.shape[2]
        kind = "output" if self.outputs is not None else self.activation
        first = f", the first {panels.MOST}" if count > panels.MOST else ""
        return f"Layer {self.layer}: {frame.counted(count, f'{kind} unit')}{first}"

    def _note(self) -> str:
        line = any(len(crease) for crease in self.plane.creases)
        return "each unit's value over the inputs" + (
            "; line: its crease, where it turns on" if line else ""
        )
