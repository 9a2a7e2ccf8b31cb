"""What a run remembers: the metrics of every epoch, and the parameters of as many as fit."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.errors import ArgumentError, counted
from classlens.files import write_whole
from classlens.kinds import Whole

Metric = NDArray[np.float64]
# kernel and bias of each layer, as arrays with a leading axis for the epoch
Parameters = tuple[NDArray[np.floating[Any]], ...]


@dataclass(frozen=True, eq=False, repr=False)
class History:
    """The course of a run.

    The training figures are running ones: each batch is scored before the update that it causes,
    and the scores of an epoch's batches are averaged, as Keras prints them. The validation figures
    are those of the network at the epoch's end. The loss is the cross-entropy alone; penalties on
    the weights are not in it.

    As in Keras, the training loss is the sum of the samples' losses, each times its weight, divided
    by the number of samples: with weights that are 10 times as large it is 10 times as large. The
    accuracies and the validation figures know no weights.

    Attributes:
        epoch: 1, 2, ..., shape (epochs,).
        loss: mean cross-entropy in nats, shape (epochs,).
        accuracy: share of samples classified correctly, shape (epochs,).
        val_loss: the same for the validation samples, or None without them.
        val_accuracy: the same.
        best: the epoch with the lowest validation loss (without validation, the lowest training
            loss); 0 if no epoch was finished.
        kept: the epochs whose parameters are kept, ascending; 0 is the start. Under the memory
            limit of the settings these are all; over it they are thinned evenly, and the first, the
            best and the last always stay.
        parameters: kernel and bias of each layer in turn, each with a leading axis for ``kept``.
    """

    epoch: NDArray[np.int64]
    loss: Metric
    accuracy: Metric
    val_loss: Metric | None
    val_accuracy: Metric | None
    best: int
    kept: NDArray[np.int64]
    parameters: Parameters

    def __len__(self) -> int:
        return len(self.epoch)

    def __repr__(self) -> str:
        last = f", last loss {self.loss[-1]:.4f}" if len(self) else ""
        return f"History({counted(len(self), 'epoch')}{last})"

    def parameters_at(self, epoch: int) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
        """The (kernel, bias) of every layer after an epoch; epoch 0 gives the initial ones.

        Raises:
            ArgumentError: if there was no such epoch, or its parameters were not kept.
        """
        epoch = Whole(0, len(self)).check("epoch", epoch)
        place = int(np.searchsorted(self.kept, epoch))
        if place == len(self.kept) or self.kept[place] != epoch:
            nearest = int(self.kept[np.argmin(np.abs(self.kept - epoch))])
            raise ArgumentError(
                f"epoch must be one whose parameters were kept (history.kept). Got {epoch} "
                f"instead; the nearest one is {nearest}."
            )
        arrays = [array[place] for array in self.parameters]
        return list(zip(arrays[::2], arrays[1::2], strict=True))

    def until(self, epoch: int) -> History:
        """The history as it was after an epoch.

        Raises:
            ArgumentError: if there was no such epoch.
        """
        epoch = Whole(0, len(self)).check("epoch", epoch)
        watched = self.loss if self.val_loss is None else self.val_loss
        there = self.kept <= epoch
        return History(
            self.epoch[:epoch],
            self.loss[:epoch],
            self.accuracy[:epoch],
            None if self.val_loss is None else self.val_loss[:epoch],
            None if self.val_accuracy is None else self.val_accuracy[:epoch],
            int(np.argmin(watched[:epoch])) + 1 if epoch else 0,
            self.kept[there],
            tuple(array[there] for array in self.parameters),
        )

    def columns(self) -> dict[str, list[Any]]:
        """The metrics by name, as lists of plain numbers; validation only where there is some."""
        metrics = {
            "epoch": self.epoch,
            "loss": self.loss,
            "accuracy": self.accuracy,
            "val_loss": self.val_loss,
            "val_accuracy": self.val_accuracy,
        }
        return {name: values.tolist() for name, values in metrics.items() if values is not None}

    def to_csv(self, path: str | Path) -> None:
        """Write the metrics as a table, one epoch a line, every digit kept.

        Raises:
            OutputError: if the file cannot be written.
        """
        columns = self.columns()
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(columns)
        table.writerows(zip(*columns.values(), strict=True))
        write_whole(path, text.getvalue().encode())

    def to_json(self, path: str | Path) -> None:
        """Write the metrics as an object of lists.

        Raises:
            OutputError: if the file cannot be written.
        """
        write_whole(path, json.dumps(self.columns()).encode())


def history_of(model: object) -> History | None:
    """The history that a run or an estimator brings; a Keras model's is another thing."""
    own = getattr(model, "history", None)
    return own if isinstance(own, History) else None
