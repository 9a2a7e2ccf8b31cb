"""The epochs of a training that a page can show."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.unit_facts import dead_share, dead_units
from classlens.analysis.verdicts import judge, last_drop
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError
from classlens.measures import confusion
from classlens.network import Network

if TYPE_CHECKING:
    from classlens.training.history import History

# Limits on what a page carries: bytes of parameters, epochs whose verdict is judged, and those of
# changed verdicts that have words.
_MOST_PARAMETER_BYTES = 500_000
_MOST_VERDICTS, _MOST_WORDS = 61, 8

# Only of so small a network are other epochs than the one shown told of: it takes time and room.
SMALL = 1_000


@dataclass(frozen=True, eq=False)
class Course:
    """The epochs that a page can show.

    Attributes:
        model: the network that the page opens with.
        shown: its epoch, which need not be the last one.
        epochs: those whose parameters are there, ascending.
        parameters: kernel and bias of each layer in turn, flat, shape (epochs, k).
        history: the training, or None.
    """

    model: Network
    shown: int
    epochs: list[int]
    parameters: NDArray[np.float32]
    history: History | None

    @classmethod
    def of(cls, model: Network, history: History | None) -> Course:
        """The course of a training, its epochs thinned evenly where they take too much room.

        Raises:
            ArgumentError: if the history is another network's.
        """
        weights = np.concatenate(
            [each.ravel() for layer in model.layers for each in layer.get_weights()]
        )
        if history is None or not len(history.epoch):
            return cls(model, 0, [0], weights[None, :].astype(np.float32), None)
        kept = history.kept
        place = _place_of(weights, history)
        most = max(2, _MOST_PARAMETER_BYTES // (4 * model.parameters))
        chosen = np.union1d(evenly(np.arange(len(kept)), most), [place]).astype(np.intp)
        flat = [array[chosen].reshape(len(chosen), -1) for array in history.parameters]
        together = np.concatenate(flat, axis=1).astype(np.float32)
        return cls(model, int(kept[place]), kept[chosen].tolist(), together, history)

    @property
    def metrics(self) -> dict[str, list[Any]] | None:
        """Loss and accuracy, epoch by epoch."""
        return None if self.history is None else self.history.columns()

    def network(self, epoch: int) -> Network:
        """The network after an epoch."""
        if epoch == self.shown:
            return self.model
        row = self.parameters[self.epochs.index(epoch)].astype(np.float64)
        kernels, biases, at = [], [], 0
        for layer in self.model.layers:
            size = layer.inputs * layer.units
            kernels.append(row[at : at + size].reshape(layer.inputs, layer.units))
            biases.append(row[at + size : at + size + layer.units])
            at += size + layer.units
        return self.model.with_weights(kernels, biases)

    def until(self, epoch: int) -> History | None:
        """The history as it was after an epoch, for the verdict's "too early"."""
        if self.history is None or epoch == 0:
            return None
        return self.history.until(epoch)

    def told(self, data: Dataset | None) -> Iterator[tuple[int, Network]]:
        """Epochs to be told of: the first, the one shown, the last, where the verdict changes."""
        if self.model.parameters > SMALL:
            yield self.shown, self.model
            return
        changes = [] if data is None else self._changes(data)
        always = {self.epochs[0], self.shown, self.epochs[-1]}
        for epoch in sorted({*always, *evenly(changes, _MOST_WORDS).tolist()}):
            yield epoch, self.network(epoch)

    def _changes(self, data: Dataset) -> list[int]:
        """The epochs whose verdict is another one than that of the epoch before."""
        epochs = evenly(self.epochs, _MOST_VERDICTS).tolist()
        verdicts = [self._verdict(epoch, data) for epoch in epochs]
        pairs = zip(epochs[1:], itertools.pairwise(verdicts), strict=True)
        return [epoch for epoch, (before, now) in pairs if now != before]

    def _verdict(self, epoch: int, data: Dataset) -> str:
        network = self.network(epoch)
        history = self.until(epoch)
        drop = None if history is None else last_drop(history.loss)
        table = confusion(data.y, network.predict(data.X), len(network.classes))
        loss = network.evaluate(data.X, data.y).loss
        share = dead_share(network, dead_units(network, data.X))
        return judge(table, loss, dead_share=share, last_drop=drop).word


# A model in its table's own units is folded once, and its history all at once: they differ by this
# share of the largest number at most.
_ROUNDING = 1e-9


def _place_of(weights: NDArray[Any], history: History) -> int:
    """Which of the kept epochs a network is of: with patience not the last one, but the best."""
    flat = [array.reshape(len(history.kept), -1) for array in history.parameters]
    if sum(part.shape[1] for part in flat) == len(weights):
        ends = np.cumsum([part.shape[1] for part in flat])[:-1]
        parts = zip(flat, np.split(weights, ends), strict=True)
        away = np.max([np.abs(part - own).max(axis=1) for part, own in parts], axis=0)
        place = int(away.argmin())
        if away[place] <= _ROUNDING * np.abs(weights).max():
            return place
    raise ArgumentError(
        "history must be the model's own: none of its epochs has the model's parameters. Give the "
        "run instead of its model, or leave the history out."
    )


def evenly(values: Sequence[int] | NDArray[Any], most: int) -> NDArray[np.int64]:
    """At most so many of some values, evenly chosen, the first and the last among them."""
    if not len(values):
        return np.zeros(0, np.int64)
    places = np.unique(np.linspace(0, len(values) - 1, min(most, len(values))).round())
    return np.asarray(values, np.int64)[places.astype(np.intp)]
