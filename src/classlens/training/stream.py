"""The second trainer: samples come in chunks from wherever they are, over all devices at once."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Generic, NamedTuple, TypeVar

import jax
import numpy as np
from jax.sharding import PartitionSpec
from numpy.typing import NDArray

from classlens.activations import Activation
from classlens.data.dataset import Dataset
from classlens.settings import Settings
from classlens.training import chunks, machines
from classlens.training.chunks import Chunk, Feed, Layout
from classlens.training.compilation import keep_compiled_programs
from classlens.training.device import padded
from classlens.training.epochs import Samples, Sums, check_batches
from classlens.training.history import Metric
from classlens.training.log import Log
from classlens.training.pacing import Pace
from classlens.training.standing import Diverged, Ended, Progress, Standing, beginning, closed
from classlens.training.step import Score, knobs_of, program_of
from classlens.training.task import Start

Item = TypeVar("Item")


class _Here(NamedTuple):
    """A chunk: batches ``first`` to ``last`` of an epoch."""

    epoch: int
    first: int
    last: int
    chunk: Chunk

    def holds(self, epoch: int, batch: int) -> bool:
        """Whether a batch is in it."""
        return self.epoch == epoch and self.first <= batch < self.last


@dataclass(frozen=True, eq=False)
class StreamJob:
    """A ``Task`` whose samples to learn from need not fit into the memory.

    Attributes:
        settings: with the seed that is used.
        class_names: the classes' names.
        feature_names: the features' names.
        feed: the samples to learn from, with their order in every epoch.
        class_weight: how much a sample of each class counts, shape (classes,).
        mean_weight: how much a sample counts on average.
        validation: the samples to watch, or None.
        test: the samples for the one score at the end, or None.
        start: where the run begins; None for the seed's kernels and biases of 0.
    """

    settings: Settings
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...]
    feed: Feed
    class_weight: NDArray[np.float32]
    mean_weight: float
    validation: Dataset | None = None
    test: Dataset | None = None
    start: Start | None = None

    @property
    def seed(self) -> int:
        """Decides the initial kernels."""
        assert self.settings.seed is not None  # noqa: S101 - for the type checker
        return self.settings.seed

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, then units of each layer."""
        return (len(self.feature_names), *self.settings.hidden, len(self.class_names))

    @property
    def activations(self) -> tuple[Activation, ...]:
        """One for each layer."""
        return (*self.settings.hidden_activations, Activation("linear"))


class StreamTrainer:
    """One run on samples that are read while it goes on: ``advance`` until ``ended``.

    The next chunk is read and brought to the devices while they learn from the one before.

    Args:
        job: what is done.
        standing: where the run goes on; by default it begins.
    """

    def __init__(self, job: StreamJob, standing: Standing | None = None) -> None:
        keep_compiled_programs()
        settings, feed = job.settings, job.feed
        self._epochs = settings.epochs
        self._feed = feed
        self._weight = job.class_weight
        self._before = 0 if job.start is None else job.start.epochs
        self._mesh = machines.mesh()
        self._layout = Layout.of(
            len(feed), job.sizes[0], settings.batch_size, self._mesh.devices.size
        )
        self._program = program_of(settings, job.activations, self._layout.rows)
        self._batches = -(-len(feed) // self._layout.batch)
        self._knobs = knobs_of(settings, settings.epochs * self._batches)
        self._validation: Samples | None = None
        self._checked = self._checks = 0
        if job.validation is not None:
            whole = PartitionSpec()
            on_host = padded(job.validation, None, lowest=64)
            self._validation = Samples(
                *(machines.from_local(np.asarray(each), self._mesh, whole) for each in on_host)
            )
            self._checked = len(job.validation)
            self._checks = check_batches(self._checked, on_host.x.shape[0])
        self.standing = standing or beginning(job)
        numbers = sum(array.size for array in self.standing.log.first)
        self._pace = Pace.assumed(numbers, self._layout.batch)
        self._coming: Ahead[_Here] | None = None
        self._here: _Here | None = None

    @property
    def log(self) -> Log:
        """The run up to its last whole epoch."""
        return self.standing.log

    @property
    def memory(self) -> Any:
        """What the optimizer remembers, in NumPy's arrays."""
        return jax.device_get(self.standing.state.optimizer)

    @property
    def ended(self) -> Ended | None:
        """How the run has ended, or None while it goes on."""
        return self.standing.ended

    def advance(self) -> Progress:
        """One call of the devices, about 0.04 seconds; with other processes, one chunk.

        Raises:
            Diverged: if the loss or a parameter is not finite; ``log`` then ends before that.
            OutputError: if the samples cannot be read any more.
        """
        kept = self.standing
        started = time.perf_counter()
        if kept.batch < self._batches:
            kept, steps = self._learned(kept)
        else:
            kept, steps = self._watched(kept)
        self._pace = self._pace.after(steps, time.perf_counter() - started)
        news: Metric = np.empty((0, 2))
        if kept.batch == self._batches + self._checks:
            kept, news = self._closed(kept)
        self.standing = kept
        within = kept.batch / (self._batches + self._checks)
        done = (kept.log.epochs + within) / self._epochs
        return Progress(kept.log.epochs, self._epochs, done, news, kept.log.last)

    def _steps(self, there: int) -> int:
        """How many of these batches the next call takes: in all processes the same."""
        return there if machines.process_count() > 1 else min(there, self._pace.steps)

    def _learned(self, kept: Standing) -> tuple[Standing, int]:
        here = self._at(kept.log.epochs, kept.batch)
        steps = self._steps(here.last - kept.batch)
        first = kept.batch - here.first
        state, scores = chunks.learn(
            self._program, self._mesh, self._knobs, here.chunk, first, first + steps, kept.state
        )
        total = _added(kept.sums.training if kept.batch else _NOTHING, scores)
        if not math.isfinite(total.loss):
            raise self._diverged(kept.log.epochs + 1, "the loss")
        sums = Sums(total, _NOTHING)
        return replace(kept, state=state, sums=sums, batch=kept.batch + steps), steps

    def _watched(self, kept: Standing) -> tuple[Standing, int]:
        assert self._validation is not None  # noqa: S101 - for the type checker
        first = kept.batch - self._batches
        steps = self._steps(self._checks - first)
        scores = chunks.check(
            self._program, kept.state.params, self._validation, first, first + steps
        )
        total = _added(kept.sums.validation, scores)
        return replace(kept, sums=Sums(kept.sums.training, total), batch=kept.batch + steps), steps

    def _at(self, epoch: int, batch: int) -> _Here:
        """The chunk that holds a batch; batches are asked for in ascending order."""
        if self._coming is None:
            self._coming = Ahead(self._chunks(epoch, batch))
        while self._here is None or not self._here.holds(epoch, batch):
            self._here = None  # so that its memory is free for the next
            self._here = self._coming.next()
        return self._here

    def _chunks(self, epoch: int, batch: int) -> Iterator[_Here]:
        """The chunks of all epochs to come, from a batch on."""
        while epoch < self._epochs:
            for count, chunk in chunks.chunks(
                self._feed, self._before + epoch, batch, self._layout, self._weight, self._mesh
            ):
                yield _Here(epoch, batch, batch + count, chunk)
                batch += count
            epoch, batch = epoch + 1, 0

    def _closed(self, kept: Standing) -> tuple[Standing, Metric]:
        """The end of an epoch."""
        columns = [
            float(value) / count
            for score, count in (
                (kept.sums.training, len(self._feed)),
                (kept.sums.validation, self._checked),
            )
            if count
            for value in score
        ]
        arrays = tuple(np.asarray(each)[None] for each in jax.tree.leaves(kept.state.params))
        standing, news, trouble = closed(kept, np.array([columns]), arrays, self._epochs)
        if trouble:
            self.standing = replace(self.standing, log=standing.log)
            raise self._diverged(standing.log.epochs + 1, trouble)
        return standing, news

    def _diverged(self, epoch: int, what: str) -> Diverged:
        return Diverged(epoch, what, float(self._knobs.learning_rate))


class Ahead(Generic[Item]):
    """The items of an iterator, of which the next one is made while its user is busy.

    Args:
        items: what raises there is raised here.
    """

    def __init__(self, items: Iterator[Item]) -> None:
        self._items = items
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="classlens-ahead")
        self._next: Future[Item] = self._pool.submit(next, items)

    def next(self) -> Item:
        """The next item.

        Raises:
            StopIteration: if there is none.
        """
        item = self._next.result()
        self._next = self._pool.submit(next, self._items)
        return item


_NOTHING = Score(np.float64(0), np.int64(0))


def _added(total: Score, batches: Score) -> Score:
    """A sum of batches' scores, on the host.

    In 64 bits, because an epoch may have more samples than 32 bits count exactly; and batch after
    batch, so that it does not matter how many of them a call took.
    """
    loss = float(total.loss)
    for each in np.asarray(batches.loss).tolist():
        loss += each
    correct = int(total.correct) + int(np.asarray(batches.correct).sum(dtype=np.int64))
    return Score(np.float64(loss), np.int64(correct))
