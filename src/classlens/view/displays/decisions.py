"""The decision regions: which class wins where, how surely, and the lines between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from classlens.analysis.lines import CreaseLine, MarginLines
from classlens.analysis.result import Regions
from classlens.analysis.territories import Territories
from classlens.view.displays import frame, labels, legends, points, strokes, territory
from classlens.view.displays.lettering import counted
from classlens.view.palette import INK, QUIET

# So many creases at most have their names beside them.
_NAMED = 24


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
        regions: the geometry.
        territories: its shapes, and how sure the network is.
        samples: the examples over them, or None.
        creases: where units turn on; none unless asked for.
        margins: lines from examples to the nearest boundary, or None.
        class_names: the classes' names.
        axis_names: the names of the two coordinates.
        place: on which slice the window lies, in words; empty for the plane of two inputs.
    """

    regions: Regions
    territories: Territories
    samples: Samples | None
    creases: tuple[CreaseLine, ...]
    margins: MarginLines | None
    class_names: tuple[str, ...]
    axis_names: tuple[str, str]
    place: str = ""

    def plot(
        self,
        ax: Axes | None = None,
        *,
        title: str = "Decision regions",
        legend: bool = True,
        size: float | None = None,
    ) -> RegionsDisplay:
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
            figure = frame.shown_figure()
            frame.alone(
                figure,
                lambda panel: self.plot(panel, title=title, legend=legend, size=size),
                self._size(),
            )
            return self
        ax = frame.check_axes(ax)
        territory.fill(ax, self.territories)
        frame.name_axes(ax, *self.axis_names)
        frame.entitle(ax, title, self._note())
        keys, names = points.keys(self.class_names, marked=self.samples is not None)
        if self.samples is not None:
            self._draw_samples(ax, self.samples, size)
            wrong = int(self.samples.misclassified.sum())
            if wrong:
                keys.append(points.ring_key())
                names.append(f"misclassified ({wrong:,})")
        self._draw_margins(ax)
        self._draw_creases(ax)
        for key, name, there in self._lines():
            if there:
                keys.append(key)
                names.append(name)
        if legend:
            legends.legend(ax, keys, names)
        return self

    def figure(self) -> Figure:
        """A figure of its own, drawn without pyplot."""
        return frame.alone(frame.bare_figure(), self.plot, self._size())

    def png(self) -> bytes:
        """The picture as a PNG file's bytes."""
        return frame.png(self.figure())

    def _repr_png_(self) -> bytes:
        """The picture, where a notebook shows the value of a cell."""
        return self.png()

    def __repr__(self) -> str:
        seen = "" if self.samples is None else f"{counted(len(self.samples.X), 'example')}, "
        return f"RegionsDisplay({seen}{counted(len(self.class_names), 'class')})"

    def _size(self) -> tuple[float, float]:
        """The usual size; with margins one in which right angles look right, where that fits."""
        width, height = frame.PANEL
        window = self.territories.window
        ratio = (window.x1[1] - window.x1[0]) / (window.x0[1] - window.x0[0])
        if self.margins is None or not 0.4 <= ratio <= 1.5:
            return width, height
        return min(width, 5.4 / ratio), min(5.4, width * ratio)

    def _draw_samples(self, ax: Axes, samples: Samples, size: float | None) -> None:
        size = points.fitting_size(len(samples.X)) if size is None else size
        points.scatter(ax, samples.X, samples.y, self.class_names, size=size)
        if samples.misclassified.any():
            points.ring(ax, samples.X[samples.misclassified], size=size)

    def _draw_creases(self, ax: Axes) -> None:
        if not self.creases:
            return
        segments = np.concatenate([crease.segments for crease in self.creases])
        named = len(self.creases) <= _NAMED
        strokes.draw(ax, segments, label="crease", **(_CREASE if named else _MANY))
        if named:
            tags = [labels.Tag(each.name, _ends(each.segments)) for each in self.creases]
            labels.tag(ax, tags, self._crowd())

    def _draw_margins(self, ax: Axes) -> None:
        found = self.margins
        if found is None:
            return
        lines = np.stack((found.start, found.end), axis=1)
        strokes.draw(ax, lines, label="margin", **_MARGIN)
        said = [
            f"{'' if sure else '≤ '}{distance:.3g}"
            for distance, sure in zip(found.distance, found.certified, strict=True)
        ]
        labels.measure(ax, lines, said, self._crowd())

    def _crowd(self) -> NDArray[Any]:
        """What labels should rather not cover."""
        return np.empty((0, 2)) if self.samples is None else self.samples.X

    def _lines(self) -> list[tuple[Line2D, str, bool]]:
        """The keys of the lines, their names, and whether they are drawn."""
        return [
            (Line2D([], [], **_CREASE), self._creases_name(), bool(self.creases)),
            (Line2D([], [], **_MARGIN), "distance to a boundary", self._measured()),
        ]

    def _measured(self) -> bool:
        return self.margins is not None and len(self.margins.start) > 0

    def _creases_name(self) -> str:
        count = len(self.creases)
        return "crease: a unit turns on" if count <= _NAMED else f"creases of {count:,} units"

    def _note(self) -> str:
        said = []
        if self.samples is not None:
            right = len(self.samples.X) - int(self.samples.misclassified.sum())
            said.append(f"{right:,} of {counted(len(self.samples.X), 'example')} right")
        if self.place:
            said.append(self.place)
        kind = "lines: two classes tie" if self.territories.exact else "lines: sampled boundaries"
        percents = [f"{100 * level:g}" for level in territory.levels_shown(len(self.class_names))]
        deeper = f"tint deepens above {', '.join(percents)} % sure" if percents else "one class"
        tied = "; areas where classes tie show the first" if self.territories.tied else ""
        return "\n".join([*said, f"{deeper}; {kind}{tied}"])


_CREASE: dict[str, Any] = {"color": QUIET, "linewidth": 0.9, "linestyle": (0, (5, 2))}
_MANY: dict[str, Any] = {"color": QUIET, "linewidth": 0.35, "alpha": 0.6}
_MARGIN: dict[str, Any] = {
    "color": INK,
    "linewidth": 1.6,
    "linestyle": (0, (1.2, 0.8)),
    "zorder": 2.5,
}


def _ends(segments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places for a crease's name: the ends of its line first, then the middles of its pieces."""
    places, counts = np.unique(segments.reshape(-1, 2), axis=0, return_counts=True)
    lengths = np.linalg.norm(segments[:, 1] - segments[:, 0], axis=1)
    longest = np.argsort(-lengths)[:4]
    return np.concatenate((places[counts == 1], segments[longest].mean(axis=1)))
