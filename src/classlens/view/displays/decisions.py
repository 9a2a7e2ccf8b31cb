"""The decision regions: which class wins where, how surely, and the lines between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from classlens.analysis.planes import Regions
from classlens.view.displays import frame, points, strokes
from classlens.view.displays.scales import placed
from classlens.view.palette import look, rgb, tint

# What part of its deepest tint a region shows where the winner is least sure.
_PALEST = 0.25


@dataclass(frozen=True, eq=False)
class Samples:
    """Classified samples.

    Attributes:
        X: places in the plane, shape (samples, 2).
        y: the classes they have, shape (samples,).
        predicted: the classes the network gives them, shape (samples,).
    """

    X: NDArray[Any]
    y: NDArray[Any]
    predicted: NDArray[Any]

    @property
    def misclassified(self) -> NDArray[np.bool_]:
        """Which of them the network gets wrong, shape (samples,)."""
        return np.asarray(self.y != self.predicted)


@dataclass(frozen=True, eq=False, repr=False)
class RegionsDisplay:
    """The regions of the classes in a window of the input plane.

    Attributes:
        regions: winners, confidences and boundaries.
        samples: the examples over them, or None.
        class_names: the classes' names.
        feature_names: the names of the two inputs.
    """

    regions: Regions
    samples: Samples | None
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...]

    def plot(
        self,
        ax: Axes | None = None,
        *,
        title: str = "Decision regions",
        legend: bool = True,
        size: float | None = None,
    ) -> RegionsDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        Args:
            ax: where to draw; by default a new figure of pyplot's.
            title: the heading.
            legend: whether to explain the colours, beside the axes.
            size: a marker's area in square points; by default smaller the more samples.
        """
        if ax is None:
            frame.alone(
                frame.shown_figure(),
                lambda panel: self.plot(panel, title=title, legend=legend, size=size),
            )
            return self
        fill(ax, self.regions, len(self.class_names))
        frame.calm(ax)
        frame.name_axes(ax, *self.feature_names)
        frame.entitle(ax, title, self._note())
        handles, names = points.keys(self.class_names, marked=self.samples is not None)
        if self.samples is not None:
            self._draw_samples(ax, self.samples, size)
            wrong = int(self.samples.misclassified.sum())
            if wrong:
                handles.append(points.ring_key())
                names.append(f"misclassified ({wrong:,})")
        if legend:
            frame.legend(ax, handles, names)
        return self

    def figure(self) -> Figure:
        """A figure of its own, drawn without pyplot."""
        return frame.alone(frame.bare_figure(), self.plot)

    def png(self) -> bytes:
        """The picture as a PNG file's bytes."""
        return frame.png(self.figure())

    def _draw_samples(self, ax: Axes, samples: Samples, size: float | None) -> None:
        size = points.fitting_size(len(samples.X)) if size is None else size
        points.scatter(ax, samples.X, samples.y, self.class_names, size=size)
        if samples.misclassified.any():
            points.ring(ax, samples.X[samples.misclassified], size=size)

    def _note(self) -> str:
        shading = "deeper tint: surer of its class; lines: two classes tie"
        if self.samples is None:
            return shading
        right = len(self.samples.X) - int(self.samples.misclassified.sum())
        return f"{right:,} of {frame.counted(len(self.samples.X), 'example')} right\n{shading}"


def fill(ax: Axes, regions: Regions, classes: int) -> None:
    """Fill an axes with the classes' tints and the boundaries between them.

    Args:
        ax: where to draw; its limits become the window's.
        regions: what to draw.
        classes: how many classes the network tells apart.
    """
    table = np.array([rgb(tint(look(index).colour)) for index in range(classes)])  # (classes, 3)
    least = 1 / classes
    surety = (regions.confidence - least) / (1 - least) if classes > 1 else regions.confidence
    strength = _PALEST + (1 - _PALEST) * surety[:, :, None]
    image = 1 - strength * (1 - table[regions.winner])  # (rows, columns, 3)
    ax.imshow(
        np.rint(255 * image).astype(np.uint8),  # drawn twice as fast as fractions are
        interpolation="bilinear",
        **placed(len(image), regions.window),
    )
    strokes.draw(ax, regions.boundary, width=1.1, label="boundary")
    ax.set_xlim(regions.window.x0)
    ax.set_ylim(regions.window.x1)
