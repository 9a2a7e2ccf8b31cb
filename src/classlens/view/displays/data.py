"""The data: samples in the plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from classlens.analysis.planes import Window
from classlens.view.displays import frame, legends, points
from classlens.view.displays.lettering import counted


@dataclass(frozen=True, eq=False, repr=False)
class DataDisplay:
    """Samples with two features, coloured and marked by class.

    Attributes:
        X: the samples, shape (samples, 2).
        y: their classes as indices, shape (samples,).
        window: what is shown.
        class_names: the classes' names.
        feature_names: the names of the two features.
    """

    X: NDArray[Any]
    y: NDArray[Any]
    window: Window
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...]

    def plot(
        self,
        ax: Axes | None = None,
        *,
        title: str = "Data",
        legend: bool = True,
        size: float | None = None,
    ) -> DataDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        It returns the display, as scikit-learn's do. In a notebook the display itself, without
        ``plot``, is the picture; after ``plot()`` at the end of a cell put a semicolon, or it is
        there twice.

        Args:
            ax: where to draw; by default a new figure of pyplot's.
            title: the heading.
            legend: whether to explain the colours, beside the axes.
            size: a marker's area in square points; by default smaller the more samples.

        Raises:
            ArgumentError: if ax is no Axes.
        """
        if ax is None:
            frame.alone(
                frame.shown_figure(),
                lambda panel: self.plot(panel, title=title, legend=legend, size=size),
            )
            return self
        ax = frame.check_axes(ax)
        size = points.fitting_size(len(self.X)) if size is None else size
        points.scatter(ax, self.X, self.y, self.class_names, size=size)
        frame.show(ax, self.window.x0, self.window.x1)
        frame.name_axes(ax, *self.feature_names)
        examples = counted(len(self.X), "example")
        frame.entitle(ax, title, f"{examples}, {counted(len(self.class_names), 'class')}")
        if legend:
            legends.legend(ax, *points.keys(self.class_names, marked=True))
        return self

    def figure(self) -> Figure:
        """A figure of its own, drawn without pyplot."""
        return frame.alone(frame.bare_figure(), self.plot)

    def png(self) -> bytes:
        """The picture as a PNG file's bytes."""
        return frame.png(self.figure())

    def _repr_png_(self) -> bytes:
        """The picture, where a notebook shows the value of a cell."""
        return self.png()

    def __repr__(self) -> str:
        examples = counted(len(self.X), "example")
        return f"DataDisplay({examples}, {counted(len(self.class_names), 'class')})"
