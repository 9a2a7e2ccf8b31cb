"""A gallery of networks: the typical endings of a sweep, each with its decision regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from classlens.analysis.planes import Window
from classlens.analysis.territories import Territories
from classlens.view.displays import frame, legends, points, territory
from classlens.view.displays.decisions import Samples
from classlens.view.displays.lettering import LABEL, SMALL, counted, shorten
from classlens.view.palette import QUIET

# In a row; a panel's width and height, and the room for what is written over it, in inches.
_COLUMNS = 4
_SIZE = (2.1, 1.8)
_GAP, _OVER = 0.2, 0.78
# So many characters fit over a panel, in a title and in another line.
_BOLD, _PLAIN = 26, 34


@dataclass(frozen=True, eq=False)
class Exhibit:
    """One network of the gallery.

    Attributes:
        title: what it is an example of.
        lines: more about it, at most two lines.
        territories: its decision regions, or None where there are none to show.
        predicted: the classes it gives the samples, shape (samples,).
    """

    title: str
    lines: tuple[str, ...]
    territories: Territories | None
    predicted: NDArray[Any]


@dataclass(frozen=True, eq=False, repr=False)
class GalleryDisplay:
    """The decision regions of some networks of a sweep, beside each other.

    Attributes:
        exhibits: the networks.
        X: the samples, shape (samples, 2).
        y: their classes as indices, shape (samples,).
        window: what each panel shows.
        class_names: the classes' names.
        note: what is shown, a line or two.
    """

    exhibits: Sequence[Exhibit]
    X: NDArray[Any]
    y: NDArray[Any]
    window: Window
    class_names: tuple[str, ...]
    note: str

    def plot(self, ax: Figure | None = None, *, title: str = "How networks end") -> GalleryDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        It returns the display, as scikit-learn's do.

        Args:
            ax: a matplotlib Figure to draw on; it is cleared and takes the size that the picture
                needs. By default a new one of pyplot's.
            title: the heading.

        Raises:
            ArgumentError: if ax is no Figure.
        """
        figure = frame.shown_figure() if ax is None else frame.check_figure(ax)
        figure.clear()
        width, height = _SIZE
        columns = min(_COLUMNS, len(self.exhibits))
        panels = []
        for number, exhibit in enumerate(self.exhibits):
            row, column = divmod(number, columns)
            left, bottom = column * (width + _GAP), -row * (height + _OVER) - height
            painted = exhibit.territories is not None
            panel = frame.add_panel(
                figure, left, bottom, width, height, ruled=(None, None), painted=painted
            )
            self._draw(panel, exhibit)
            panels.append(panel)
        frame.entitle(panels[0], title, self.note, clear=72 * _OVER - 6)
        keys, names = points.keys(self.class_names, marked=True)
        legends.legend(
            panels[columns - 1], [*keys, points.ring_key()], [*names, "misclassified"], gap=_GAP
        )
        frame.settle(figure, [panels[0], panels[columns - 1]])
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
        return f"GalleryDisplay({counted(len(self.exhibits), 'network')})"

    def _draw(self, ax: Axes, exhibit: Exhibit) -> None:
        above = 3.0
        for line in reversed(exhibit.lines):
            frame.write(ax, shorten(line, _PLAIN), above=above, size=SMALL, colour=QUIET)
            above += 1.35 * SMALL
        frame.write(ax, shorten(exhibit.title, _BOLD), above=above, size=LABEL, weight="bold")
        frame.show(ax, self.window.x0, self.window.x1)
        if exhibit.territories is not None:
            territory.fill(ax, exhibit.territories)
        size = points.fitting_size(len(self.X), largest=9.0)
        points.scatter(ax, self.X, self.y, self.class_names, size=size)
        wrong = Samples(self.X, self.y, exhibit.predicted).misclassified
        if wrong.any():
            points.ring(ax, self.X[wrong], size=size)
