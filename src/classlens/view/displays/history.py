"""The course of a training run: loss and accuracy, epoch by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray

from classlens.view.displays import frame, legends, strokes
from classlens.view.displays.lettering import counted
from classlens.view.displays.rulers import Marker, decimals, percents, powers, wholes
from classlens.view.palette import FAINT, QUIET, look

# Inches: a panel, the room between two.
_WIDTH, _HEIGHT, _BETWEEN = 3.5, 2.8, 0.85


@dataclass(frozen=True, eq=False, repr=False)
class HistoryDisplay:
    """Two panels, the loss and the accuracy.

    Attributes:
        epoch: 1, 2, ..., shape (epochs,).
        loss: of the training samples, shape (epochs,).
        accuracy: of the training samples, from 0 to 1, shape (epochs,).
        val_loss: of the validation samples, or None.
        val_accuracy: of the validation samples, or None.
        best: the epoch with the lowest validation loss, or None without validation.
    """

    epoch: NDArray[Any]
    loss: NDArray[Any]
    accuracy: NDArray[Any]
    val_loss: NDArray[Any] | None = None
    val_accuracy: NDArray[Any] | None = None
    best: int | None = None

    def plot(self, ax: Figure | None = None, *, title: str = "Training") -> HistoryDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        It returns the display, as scikit-learn's do. In a notebook the display itself, without
        ``plot``, is the picture; after ``plot()`` at the end of a cell put a semicolon, or it is
        there twice.

        Args:
            ax: a matplotlib Figure to draw on; it is cleared and takes the size that the picture
                needs. By default a new one of pyplot's.
            title: the heading.

        Raises:
            ArgumentError: if ax is no Figure.
        """
        figure = frame.shown_figure() if ax is None else frame.check_figure(ax)
        figure.clear()
        losses = [curve for curve in (self.loss, self.val_loss) if curve is not None]
        shares = [curve for curve in (self.accuracy, self.val_accuracy) if curve is not None]
        down = _wide(losses)
        loss = self._panel(figure, 0.0, powers if down else decimals(6))
        accuracy = self._panel(figure, _WIDTH + _BETWEEN, percents)
        if down:
            loss.set_yscale("log", nonpositive="clip")
            for which in (loss.yaxis.set_major_locator, loss.yaxis.set_minor_locator):
                which(NullLocator())
        loss.set_ylim(_loss_limits(losses, down=down))
        accuracy.set_ylim(max(0.0, min(float(curve.min()) for curve in shares) - 0.05), 1.02)
        self._curves(loss, "loss", losses)
        self._curves(accuracy, "accuracy", shares)
        frame.entitle(loss, title, self._note())
        legends.legend(accuracy, *self._keys())
        frame.settle(figure, [loss, accuracy])
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
        return f"HistoryDisplay({counted(len(self.epoch), 'epoch')})"

    def _panel(self, figure: Figure, left: float, upright: Marker) -> Axes:
        ax = frame.add_panel(
            figure, left, 0, _WIDTH, _HEIGHT, ruled=(wholes(6), upright), painted=False
        )
        first, last = float(self.epoch[0]), float(self.epoch[-1])
        beside = 0.02 * (last - first) or 1.0
        ax.set_xlim(first - beside, last + beside)
        return ax

    def _curves(self, ax: Axes, name: str, curves: Sequence[NDArray[Any]]) -> None:
        single = "o" if len(self.epoch) == 1 else ""  # one point makes no line
        levels = frame.rulers(ax)["left"].marks().places
        (left, right) = ax.get_xlim()
        grid = np.array([[(left, level), (right, level)] for level in levels]).reshape(-1, 2, 2)
        strokes.draw(ax, grid, label="grid", linewidth=0.6, color=FAINT, alpha=0.6, zorder=0.5)
        if self.best is not None:
            ax.axvline(self.best, label="best", **_BEST)
        for curve, label, style in zip(curves, _LABELS, _STYLES, strict=False):
            ax.plot(self.epoch, curve, marker=single, label=label, **style)
        frame.name_axes(ax, "epoch", name)

    def _note(self) -> str:
        said = counted(len(self.epoch), "epoch")
        reached = f"loss {self.loss[-1]:.3g}, accuracy {100 * self.accuracy[-1]:.3g} %"
        return f"{said}; at the end: {reached}"

    def _keys(self) -> tuple[list[Line2D], list[str]]:
        names = ["training"]
        if self.val_loss is not None or self.val_accuracy is not None:
            names.append("validation")
        keys = [Line2D([], [], **style) for style in _STYLES[: len(names)]]
        if self.best is not None:
            keys.append(Line2D([], [], **_BEST))
            names.append(f"best epoch ({self.best:,})")
        return keys, names


# The validation curve differs by more than its colour.
_LABELS = ("training", "validation")
_STYLES: tuple[dict[str, Any], ...] = (
    {"color": look(0).colour, "linewidth": 1.8},
    {"color": look(1).colour, "linewidth": 1.8, "linestyle": (0, (4, 1.5))},
)
_BEST: dict[str, Any] = {"color": QUIET, "linewidth": 1.0, "linestyle": (0, (2, 2))}


def _wide(curves: Sequence[NDArray[Any]]) -> bool:
    """Whether the values are above 0 and fall by more than a factor of 100."""
    values = np.concatenate(curves)
    positive = values[values > 0]
    return bool(len(positive) and positive.max() > 100 * positive.min())


def _loss_limits(curves: Sequence[NDArray[Any]], *, down: bool) -> tuple[float, float]:
    values = np.concatenate(curves)
    if not down:
        return 0.0, float(values.max()) * 1.06 or 1.0
    positive = values[values > 0]
    return float(positive.min()) / 1.5, float(positive.max()) * 1.5
