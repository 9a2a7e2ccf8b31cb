"""The course of a training run: loss and accuracy, epoch by epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from classlens.view.displays import frame
from classlens.view.palette import FAINT, QUIET, look

# The curves: for the training samples, for the validation samples.
_TRAINING, _VALIDATION = look(0).colour, look(1).colour

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

    def plot(self, figure: Figure | None = None, *, title: str = "Training") -> HistoryDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        Args:
            figure: a matplotlib Figure to draw on; it is cleared and takes the size that the
                picture needs. By default a new one of pyplot's.
            title: the heading.
        """
        if figure is None:
            figure = frame.shown_figure()
        figure.clear()
        loss = frame.add_panel(figure, 0, 0, _WIDTH, _HEIGHT)
        accuracy = frame.add_panel(figure, _WIDTH + _BETWEEN, 0, _WIDTH, _HEIGHT)
        self._curves(loss, "loss", self.loss, self.val_loss)
        self._curves(accuracy, "accuracy", self.accuracy, self.val_accuracy)
        _scale_loss(loss, [self.loss, self.val_loss])
        _scale_accuracy(accuracy, [self.accuracy, self.val_accuracy])
        frame.entitle(loss, title, frame.counted(len(self.epoch), "epoch"))
        frame.legend(accuracy, *self._keys())
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

    def _curves(
        self, ax: Axes, name: str, training: NDArray[Any], validation: NDArray[Any] | None
    ) -> None:
        single = "o" if len(self.epoch) == 1 else ""  # one point makes no line
        if self.best is not None:
            ax.axvline(self.best, color=QUIET, linewidth=1.0, linestyle=(0, (2, 2)), label="best")
        ax.plot(self.epoch, training, marker=single, color=_TRAINING, lw=1.6, label="training")
        if validation is not None:
            ax.plot(
                self.epoch,
                validation,
                marker=single,
                color=_VALIDATION,
                lw=1.6,
                linestyle=_DASHED,
                label="validation",
            )
        frame.calm(ax)
        frame.name_axes(ax, "epoch", name)
        ax.spines[["top", "right"]].set_visible(False)
        ax.grid(axis="y", color=FAINT, linewidth=0.6, alpha=0.6)
        ax.set_axisbelow(True)
        ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        if len(self.epoch) == 1:
            ax.set_xlim(self.epoch[0] - 1, self.epoch[0] + 1)

    def _keys(self) -> tuple[list[Line2D], list[str]]:
        handles, names = [Line2D([], [], color=_TRAINING, lw=1.6)], ["training"]
        if self.val_loss is not None or self.val_accuracy is not None:
            handles.append(Line2D([], [], color=_VALIDATION, lw=1.6, linestyle=_DASHED))
            names.append("validation")
        if self.best is not None:
            handles.append(Line2D([], [], color=QUIET, lw=1.0, linestyle=(0, (2, 2))))
            names.append(f"best epoch ({self.best:,})")
        return handles, names


# The validation curve differs by more than its colour.
_DASHED = (0, (4, 1.5))


def _scale_loss(ax: Axes, curves: list[NDArray[Any] | None]) -> None:
    """A logarithmic axis where the loss falls by more than a factor of 100, else one from 0."""
    values = np.concatenate([curve for curve in curves if curve is not None])
    positive = values[values > 0]
    if len(positive) and positive.max() > 100 * positive.min():
        ax.set_yscale("log", nonpositive="clip")
        ax.set_ylim(positive.min() / 1.5, positive.max() * 1.5)
    else:
        ax.set_ylim(0, values.max() * 1.06 or 1.0)


def _scale_accuracy(ax: Axes, curves: list[NDArray[Any] | None]) -> None:
    low = min(float(curve.min()) for curve in curves if curve is not None)
    ax.set_ylim(max(0.0, low - 0.05), 1.02)
    ax.yaxis.set_major_formatter(PercentFormatter(1.0))
