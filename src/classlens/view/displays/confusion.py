"""The confusion matrix: how many examples of each class are taken for which."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from classlens.view.displays import frame, legends, points
from classlens.view.displays.lettering import (
    LABEL,
    SMALL,
    counted,
    length,
    percent,
    say,
    shorten,
)
from classlens.view.displays.scales import pixels, scale_of
from classlens.view.palette import FAINT, INK, QUIET

# The table shows so many classes: of more, those with the most mistakes.
_MOST = 30

# Up to so many classes: a cell's width and height in inches, the size of its numbers in points.
_CELLS = (
    (6, 0.72, 0.52, LABEL),
    (12, 0.52, 0.42, SMALL),
    (20, 0.38, 0.28, SMALL - 1),
    (_MOST, 0.34, 0.2, SMALL - 1),
)

# A name beside or below the table has so many letters.
_LETTERS = 24

# On the colour of a larger share white is easier to read than ink.
_DARK = 0.62


@dataclass(frozen=True, eq=False, repr=False)
class ConfusionDisplay:
    """Which classes are taken for which.

    Attributes:
        counts: examples of each class (row) by predicted class (column), shape (classes, classes).
        class_names: the classes' names.
    """

    counts: NDArray[np.int64]
    class_names: tuple[str, ...]

    def plot(self, ax: Axes | None = None, *, title: str | None = None) -> ConfusionDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        It returns the display, as scikit-learn's do. In a notebook the display itself, without
        ``plot``, is the picture; after ``plot()`` at the end of a cell put a semicolon, or it is
        there twice.

        Args:
            ax: where to draw; by default a new figure of pyplot's.
            title: the heading.

        Raises:
            ArgumentError: if ax is no Axes.
        """
        if ax is None:
            self._alone(frame.shown_figure(), title)
            return self
        ax = frame.check_axes(ax)
        shown = self._shown()
        frame.show(ax, (0, len(shown)), (0, len(shown)))
        self._draw_cells(ax, shown)
        self._draw_rows(ax, shown)
        self._draw_columns(ax, shown)
        frame.entitle(
            ax, title or "Which classes are taken for which", self._note(), clear=9 + 1.6 * SMALL
        )
        return self

    def figure(self) -> Figure:
        """A figure of its own, drawn without pyplot."""
        return self._alone(frame.bare_figure(), None)

    def png(self) -> bytes:
        """The picture as a PNG file's bytes."""
        return frame.png(self.figure())

    def _repr_png_(self) -> bytes:
        """The picture, where a notebook shows the value of a cell."""
        return self.png()

    def __repr__(self) -> str:
        right, total = int(np.trace(self.counts)), int(self.counts.sum())
        classes = counted(len(self.class_names), "class")
        return f"ConfusionDisplay({classes}, {right:,} of {total:,} right)"

    def _alone(self, figure: Figure, title: str | None) -> Figure:
        count = len(self._shown())
        width, height, letters = _cell(count)
        longest = length(f"{self.counts.max():,}", letters)
        size = (count * max(width, (longest + 6) / 72), count * height)
        return frame.alone(figure, lambda ax: self.plot(ax, title=title), size, None)

    def _shown(self) -> list[int]:
        """The classes that are drawn, in their order."""
        if len(self.counts) <= _MOST:
            return list(range(len(self.counts)))
        off = self.counts - np.diag(np.diag(self.counts))
        mistakes = off.sum(axis=0) + off.sum(axis=1)
        return sorted(np.argsort(-mistakes, kind="stable")[:_MOST].tolist())

    def _draw_cells(self, ax: Axes, shown: list[int]) -> None:
        counts = self.counts[np.ix_(shown, shown)]
        shares = counts / np.maximum(self.counts.sum(axis=1)[shown], 1)[:, None]
        right = np.eye(len(shown), dtype=bool)
        pixels(ax, np.where(right, shares, -shares), scale_of(np.array([-1.0, 1.0])))
        for edge in range(1, len(shown)):
            ax.axvline(edge, color=FAINT, linewidth=0.5)
            ax.axhline(edge, color=FAINT, linewidth=0.5)
        _, _, size = _cell(len(shown))
        # Where a cell has the room, the share is below the count.
        two = _points(ax)[1] / len(shown) >= 2.4 * size
        for row, column in np.argwhere(counts).tolist():
            share = float(shares[row, column])
            place, ink = (column + 0.5, len(shown) - row), "white" if share > _DARK else INK
            up = 0.32 if two else 0.5
            said = f"{counts[row, column]:,}"
            say(ax, (place[0], place[1] - up), said, ha="center", size=size, color=ink)
            if two:
                style = {"size": size - 1, "color": ink}
                say(ax, (place[0], place[1] - 0.73), percent(share), ha="center", **style)

    def _draw_rows(self, ax: Axes, shown: list[int]) -> None:
        """The true classes' names on the left, and on the right how many of each are right."""
        beside, past = legends.corner(ax, 0.0, 1.0), legends.corner(ax, 1.0, 1.0)
        high = _points(ax)[1] / len(shown)
        names = [shorten(self.class_names[index], _LETTERS) for index in shown]
        for row, (index, name) in enumerate(zip(shown, names, strict=True)):
            y = -(row + 0.5) * high
            key = points.marker_key(index)
            key.set_data([-9], [y])
            key.set(transform=beside, clip_on=False, label="key")
            ax.add_artist(key)
            say(ax, (-18, y), name, transform=beside, ha="right", size=LABEL)
            total, right = int(self.counts[index].sum()), int(self.counts[index, index])
            told = f"{percent(right / total)} of {total:,}" if total else "no examples"
            say(ax, (8, y), told, transform=past, color=QUIET)
        say(ax, (8, 8), "right", transform=past, color=QUIET)
        left = -18 - max(length(name, LABEL) for name in names) - 14
        middle = legends.corner(ax, 0.0, 0.5)
        style = {"rotation": 90, "ha": "center", "va": "center", "size": LABEL, "color": QUIET}
        say(ax, (left, 0), "true class", transform=middle, **style)

    def _draw_columns(self, ax: Axes, shown: list[int]) -> None:
        """The predicted classes' names below the table, upright where they would meet."""
        below = legends.corner(ax, 0.0, 0.0)
        across = _points(ax)[0]
        wide = across / len(shown)
        names = [shorten(self.class_names[index], _LETTERS) for index in shown]
        lengths = [length(name, SMALL) for name in names]
        upright = max(lengths) > wide - 4
        style = {"transform": below, "ha": "center", "va": "top", "rotation": 90 * upright}
        for column, name in enumerate(names):
            say(ax, ((column + 0.5) * wide, -5), name, **style)
        room = max(lengths) if upright else 1.3 * SMALL
        place = (across / 2, -5 - room - 6)
        style = {**style, "rotation": 0, "size": LABEL, "color": QUIET}
        say(ax, place, "predicted class", **style)

    def _note(self) -> str:
        right, total = int(np.trace(self.counts)), int(self.counts.sum())
        said = (
            f"{right:,} of {counted(total, 'example')} right, {percent(right / total)}; "
            "blue is right, brown is wrong"
        )
        if len(self.counts) > _MOST:
            said += f"\nthe {_MOST} classes with the most mistakes of {len(self.counts):,}"
        return said


def _cell(count: int) -> tuple[float, float, float]:
    return next(row[1:] for row in _CELLS if count <= row[0])


def _points(ax: Axes) -> tuple[float, float]:
    """An axes' width and height in points."""
    scale = 72 / ax.figure.dpi
    return ax.bbox.width * scale, ax.bbox.height * scale
