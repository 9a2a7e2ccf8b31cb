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
_SIZE = (5.0, 3.4)
_DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (2, 1.2)), (0, (6, 1.5, 1.5, 1.5)))


@dataclass(frozen=True, eq=False, repr=False)
class EndingsDisplay:
    """A line for each choice of settings: how many of its networks have a lower accuracy.

    Attributes:
        names: of the choices, at most ``MOST``.
        counts: how many networks' accuracies are in each of equal bins from 0 to 1, shape
            (choices, bins).
    """

    names: Sequence[str]
    counts: NDArray[np.int64]

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
        return f"EndingsDisplay({int(self.counts.sum()):,} networks)"

    def _draw(self, ax: Axes, title: str) -> None:
        bins = self.counts.shape[1]
        edges = np.linspace(0, 1, bins + 1)
        shares = np.concatenate(
            [np.zeros((len(self.counts), 1)), np.cumsum(self.counts, axis=1)], axis=1
        ) / self.counts.sum(axis=1, keepdims=True)
        # What all have in common on the left is empty; the last bin is the networks that reach it.
        first = int((shares > 0).any(axis=0).argmax()) if (shares[:, :-1] > 0).any() else bins - 1
        ax.set_xlim(float(edges[max(first - 1, 0)]), 1.0)
        ax.set_ylim(0.0, max(0.05, 1.1 * float(shares[:, -2].max())))
        levels = [tick for tick in percents(*ax.get_ylim()).places if tick > 0]
        grid = np.array([[(ax.get_xlim()[0], y), (1.0, y)] for y in levels]).reshape(-1, 2, 2)
        strokes.draw(ax, grid, label="grid", linewidth=0.6, color=FAINT, alpha=0.6, zorder=0.5)
        keys = []
        for number, share in enumerate(shares):
            style: dict[str, Any] = {
                "color": look(number).colour,
                "linewidth": 1.8,
                "linestyle": _DASHES[number % len(_DASHES)],
            }
            ax.plot(edges[:-1], share[:-1], label=self.names[number], **style)
            keys.append(Line2D([], [], **style))
        frame.name_axes(ax, "accuracy", "share of networks below it")
        frame.entitle(ax, title, f"{int(self.counts.sum()):,} networks")
        if len(self.names) > 1:
            legends.legend(ax, keys, list(self.names))
