"""Where a run stands: all that it holds between two calls of the device, and how it begins."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import jax
import numpy as np

from classlens.training import epochs, seeds
from classlens.training.history import Metric, Parameters
from classlens.training.log import Log, Watch
from classlens.training.step import State, initial, program_of
from classlens.training.task import Task

Ended = Literal["finished", "early"]


class Diverged(Exception):  # noqa: N818 - a signal to ``fit``, which knows the run
    """The numbers left the finite ones; ``fit`` makes it a DivergedError.

    Args:
        epoch: the one in which they did, counted from 1.
        what: is not a finite number, such as ``the loss``.
        learning_rate: that of the run.
    """

    def __init__(self, epoch: int, what: str, learning_rate: float) -> None:
        super().__init__(
            f"the training diverged in epoch {epoch}: {what} is not a finite number. Try a lower "
            f"learning_rate (it was {learning_rate:g}), or scale the features to a range of "
            "about -3 to 3."
        )


class Progress(NamedTuple):
    """How far a run is.

    Attributes:
        epoch: whole epochs done.
        epochs: epochs asked for.
        done: share of the whole run, from 0 to 1.
        news: the metrics of the epochs finished since the last call, shape (k, 2 or 4): loss and
            accuracy, then those of the validation samples.
        parameters: kernel and bias of each layer in turn, after the last whole epoch.
    """

    epoch: int
    epochs: int
    done: float
    news: Metric
    parameters: Parameters


@dataclass(frozen=True, eq=False)
class Standing:
    """All that a run holds, replaced as one so that an interruption leaves it whole.

    No random state is among it: the orders of the samples are drawn from the seed by the number of
    the epoch, so the seed, the epoch and the batch say all of it.

    Attributes:
        state: parameters, what the optimizer remembers, updates made.
        sums: the scores of the epoch at hand.
        log: the run up to its last whole epoch.
        watch: the early stopping.
        batch: batches done of the epoch at hand, the validation batches after the training ones.
        ended: how the run has ended; None while it goes on.
    """

    state: State
    sums: epochs.Sums
    log: Log
    watch: Watch
    batch: int = 0
    ended: Ended | None = None


def beginning(task: Task) -> Standing:
    """Before the first update: drawn by the seed, or where another run has ended."""
    state = _first_state(task)
    first = tuple(array for layer in state.params for array in layer)
    settings = task.settings
    return Standing(
        state=state,
        sums=epochs.nothing(),
        log=Log.start(first, settings.history_megabytes),
        watch=Watch(settings.patience, settings.min_delta),
    )


def _first_state(task: Task) -> State:
    program = program_of(task.settings, task.activations, task.settings.batch_size)
    if task.start is None:
        kernels = seeds.kernels(task.seed, list(itertools.pairwise(task.sizes)))
        return initial(program, tuple((k, np.zeros(k.shape[1], np.float32)) for k in kernels))
    layers = task.start.model.network.layers
    params = tuple((each.kernel.astype("f"), each.bias.astype("f")) for each in layers)
    state = initial(program, params)
    memory = task.start.memory
    structure: Any = jax.tree.structure(state.optimizer)
    return state._replace(optimizer=memory) if structure == jax.tree.structure(memory) else state


class Closed(NamedTuple):
    """What finished epochs make of a run.

    Attributes:
        standing: after those that belong to it.
        news: their metrics.
        trouble: what is not a finite number in the epoch after them, or None.
    """

    standing: Standing
    news: Metric
    trouble: str | None


def closed(kept: Standing, metrics: Metric, arrays: Parameters, epochs: int) -> Closed:
    """The run after some more epochs, at whose end the standing is.

    Args:
        kept: the state after them, with the log and the watch before them.
        metrics: of these epochs, shape (epochs, 2 or 4).
        arrays: the parameters, each with a leading axis for these epochs.
        epochs: how many the run is to have.
    """
    good = finite_epochs(metrics, arrays)
    watched = metrics[:good, metrics.shape[1] - 2]  # the last pair's loss
    watch, used, stop = kept.watch.read(kept.log.epochs, watched)
    log = kept.log.extended(metrics[:used], tuple(array[:used] for array in arrays), watch.best)
    trouble: str | None = None
    ended: Ended | None = None
    if stop:
        ended = "early"
    elif good < len(metrics):
        finite = np.isfinite(metrics[good])
        trouble = "the loss" if not finite[0] else "a weight" if finite.all() else "val_loss"
    elif log.epochs == epochs:
        ended = "finished"
    standing = Standing(kept.state, kept.sums, log, watch, ended=ended)
    return Closed(standing, metrics[:used], trouble)


def finite_epochs(metrics: Metric, arrays: Parameters) -> int:
    """How many epochs from the first on have finite metrics and parameters.

    Args:
        metrics: shape (epochs, 2 or 4).
        arrays: the parameters, each with a leading axis for the epochs.
    """
    finite = np.isfinite(metrics).all(axis=1)
    for array in arrays:
        finite &= np.isfinite(array).reshape(len(array), -1).all(axis=1)
    return len(metrics) if finite.all() else int(np.argmin(finite))
