"""A history in the making: it grows by blocks of epochs, keeps its memory, and watches the loss."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from classlens.training.history import History, Metric, Parameters

Epochs = NDArray[np.int64]


@dataclass(frozen=True)
class Watch:
    """Early stopping: which epoch was the best, and when it is long enough ago.

    Attributes:
        patience: epochs without a better one after which to stop; None never stops.
        min_delta: how much lower than the best a loss must be to be better.
        best: the best epoch so far, counted from 1.
        best_loss: its loss.
    """

    patience: int | None = None
    min_delta: float = 0.0
    best: int = 0
    best_loss: float = math.inf

    def read(self, epochs: int, losses: Metric) -> tuple[Watch, int, bool]:
        """Look at the losses of the epochs that follow the first ``epochs`` ones.

        Returns:
            The watch after them, how many of them belong to the run, and whether it stops there.
        """
        best, best_loss = self.best, self.best_loss
        for row, loss in enumerate(losses.tolist(), start=1):
            if loss < best_loss - self.min_delta or not best:
                best, best_loss = epochs + row, loss
            elif self.patience is not None and epochs + row - best >= self.patience:
                return replace(self, best=best, best_loss=best_loss), row, True
        return replace(self, best=best, best_loss=best_loss), len(losses), False


@dataclass(frozen=True, eq=False)
class Log:
    """What is known of a run so far. It is never changed, only replaced by a longer one.

    An interruption at any moment therefore leaves a whole one.

    Attributes:
        limit: bytes that the kept parameters may take.
        first: the initial parameters.
        epochs: how many epochs there were.
        metrics: an array (epochs, 2 or 4) for each block: loss, accuracy and, with validation, the
            same of the validation samples.
        kept: (epochs, parameters) of each block, epochs that are multiples of ``stride`` only.
        best: the best epoch.
        best_parameters: the parameters after it.
        last: the parameters after the last epoch.
    """

    limit: float
    first: Parameters
    epochs: int = 0
    metrics: tuple[Metric, ...] = ()
    kept: tuple[tuple[Epochs, Parameters], ...] = ()
    stride: int = 1
    best: int = 0
    best_parameters: Parameters = ()
    last: Parameters = ()

    @classmethod
    def start(cls, first: Parameters, megabytes: float) -> Log:
        """The log before the first epoch."""
        return cls(megabytes * 1e6, first, best_parameters=first, last=first)

    def extended(self, metrics: Metric, parameters: Parameters, best: int) -> Log:
        """The log after some more epochs.

        Args:
            metrics: shape (epochs, 2 or 4).
            parameters: each array with a leading axis for these epochs.
            best: the best epoch of all, these included.
        """
        count = len(metrics)
        if count == 0:
            return self
        numbers = np.arange(self.epochs + 1, self.epochs + count + 1)
        best_parameters = self.best_parameters
        if best > self.epochs:
            best_parameters = _rows(parameters, best - self.epochs - 1)
        longer = replace(
            self,
            epochs=self.epochs + count,
            metrics=(*self.metrics, metrics),
            kept=(*self.kept, _thin(numbers, parameters, self.stride)),
            best=best,
            best_parameters=best_parameters,
            last=_rows(parameters, -1),
        )
        return longer._within_limit()

    def _within_limit(self) -> Log:
        log = self
        size = sum(array.nbytes for array in self.first)
        while log.stride <= log.epochs and size * sum(len(e) for e, _ in log.kept) > log.limit:
            stride = 2 * log.stride
            kept = tuple(_thin(epochs, parameters, stride) for epochs, parameters in log.kept)
            log = replace(log, stride=stride, kept=tuple(k for k in kept if len(k[0])))
        return log

    def history(self) -> History:
        """The value that users see."""
        always = {0: self.first, self.best: self.best_parameters, self.epochs: self.last}
        blocks = list(self.kept)
        held = {int(epoch) for epochs, _ in blocks for epoch in epochs}
        for epoch, parameters in always.items():
            if epoch not in held:
                blocks.append((np.array([epoch]), tuple(array[None] for array in parameters)))
        kept = np.concatenate([epochs for epochs, _ in blocks])
        order = np.argsort(kept)
        stacked = tuple(
            np.concatenate(arrays)[order]
            for arrays in zip(*(parameters for _, parameters in blocks), strict=True)
        )
        table = np.concatenate(self.metrics) if self.metrics else np.empty((0, 2))
        checked = table.shape[1] == 4
        return History(
            epoch=np.arange(1, self.epochs + 1),
            loss=table[:, 0],
            accuracy=table[:, 1],
            val_loss=table[:, 2] if checked else None,
            val_accuracy=table[:, 3] if checked else None,
            best=self.best,
            kept=kept[order],
            parameters=stacked,
        )


def _rows(parameters: Parameters, row: int) -> Parameters:
    return tuple(array[row].copy() for array in parameters)


def _thin(epochs: Epochs, parameters: Parameters, stride: int) -> tuple[Epochs, Parameters]:
    """The epochs that are multiples of the stride; copies, so that the rest can be freed."""
    chosen = epochs % stride == 0
    return epochs[chosen], tuple(array[chosen] for array in parameters)
