"""How the networks of a sweep have ended: the share of them under each accuracy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from classlens.view.displays import frame, legends, strokes
from classlens.view.displays.rulers import percents
from classlens.view.palette import FAINT, look

# More lines cannot be told apart.
MOST = 8
# Of a choice's name so many characters are shown.
_NAME = 100
# What is left free of the axis before the first step, and what is shown of it at least.
_LEAST = 0.02
_SIZE = (5.0, 3.4)
_DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (2, 1.2)), (0, (6, 1.5, 1.5, 1.5)))


@dataclass(frozen=True, eq=False, repr=False)
class EndingsDisplay:
    """A line for each choice of settings: how many of its networks have a lower accuracy.

    Attributes:
        names: of the choices, at most ``MOST``.
        accuracies: for each choice those that its networks have, ascending.
        counts: for each choice how many networks have each of these.
        which: which choices these are, where there are more.
    """

    names: Sequence[str]
    accuracies: Sequence[NDArray[np.float64]]
    counts: Sequence[NDArray[np.int64]]
    which: str = ""

    @property
    def networks(self) -> int:
        """How many there are."""
        return int(sum(count.sum() for count in self.counts))

    def plot(self, ax: Axes | None = None, *, title: str = "How they end") -> EndingsDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        It returns the display, as scikit-learn's do.

        Args:
            ax: a matplotlib Axes to draw on; by default one of a new figure.
            title: the heading.

        Raises:
            ArgumentError: if ax is no Axes.
        """
        if ax is None:
            frame.alone(
                frame.shown_figure(), lambda panel: self._draw(panel, title), _SIZE, percents
            )
        else:
            self._draw(frame.check_axes(ax), title)
        return self

    def figure(self) -> Figure:
        """A figure of its own, drawn without pyplot."""
        return frame.alone(
            frame.bare_figure(), lambda panel: self._draw(panel, "How they end"), _SIZE, percents
        )

    def png(self) -> bytes:
        """The picture as a PNG file's bytes."""
        return frame.png(self.figure())

    def _repr_png_(self) -> bytes:
        """The picture, where a notebook shows the value of a cell."""
        return self.png()

    def __repr__(self) -> str:
        return f"EndingsDisplay({self.networks:,} networks)"

    def _draw(self, ax: Axes, title: str) -> None:
        lines = [
            _steps(*each) for each in zip(self.accuracies, self.counts, strict=True)
        ]  # each of shape (points, 2)
        # What all have in common on the left is empty.
        first = min(float(each[0]) for each in self.accuracies)
        ax.set_xlim(max(0.0, min(first, 1 - _LEAST) - _LEAST), 1.0)
        ax.set_ylim(0.0, max(0.05, 1.1 * max(float(line[-1, 1]) for line in lines)))
        levels = [tick for tick in percents(*ax.get_ylim()).places if tick > 0]
        grid = np.array([[(ax.get_xlim()[0], y), (1.0, y)] for y in levels]).reshape(-1, 2, 2)
        strokes.draw(ax, grid, label="grid", linewidth=0.6, color=FAINT, alpha=0.6, zorder=0.5)
        keys = []
        for number, line in enumerate(lines):
            style: dict[str, Any] = {
                "color": look(number).colour,
                "linewidth": 1.8,
                "linestyle": _DASHES[number % len(_DASHES)],
            }
            ax.plot(*line.T, label=self.names[number], **style)
            keys.append(Line2D([], [], **style))
        frame.name_axes(ax, "accuracy", "share of networks below it")
        note = f"{self.networks:,} networks"
        frame.entitle(ax, title, f"{self.which}\n{note}" if self.which else note)
        if len(self.names) > 1:
            legends.legend(ax, keys, list(self.names), most=_NAME)


def _steps(accuracies: NDArray[np.float64], counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """The share of networks below each accuracy from 0 to 1: a step where some have one.

    Returns:
        The corners, shape (points, 2). The networks that have 1 are below none.
    """
    below = np.concatenate([[0], np.cumsum(counts)]) / counts.sum()
    across = np.concatenate([[0.0], np.repeat(accuracies, 2), [1.0]])
    corners = np.column_stack([across, np.repeat(below, 2)])
    return corners[:-2] if accuracies[-1] == 1 else corners
