"""The host's side of a run: it hands spans of epochs to the device and keeps what comes back."""

from __future__ import annotations

import itertools
import math
import time
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple, NoReturn

import jax
import numpy as np

from classlens.training import epochs, seeds
from classlens.training.compilation import keep_compiled_programs
from classlens.training.device import on_device
from classlens.training.epochs import Records
from classlens.training.history import Metric, Parameters
from classlens.training.log import Log, Watch
from classlens.training.orders import Block, Orders
from classlens.training.prepare import Job
from classlens.training.step import Knobs, Program, State, initial

# Seconds that a call should take: progress and Ctrl-C come at least ten times a second.
_CALL_SECONDS = 0.04
_MOST_ROWS = 256
_BLOCK_BYTES = 4 << 20
_BLOCK_POSITIONS = 1 << 20


class Diverged(Exception):  # noqa: N818 - a signal to ``fit``, which knows the run
    """The numbers left the finite ones; ``fit`` makes it a DivergedError."""


class Progress(NamedTuple):
    """Where a run stands.

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


@dataclass(frozen=True)
class _Kept:
    """All that a run holds, replaced as one so that an interruption leaves it whole.

    ``batch`` counts the batches of the epoch at hand, the validation batches after the training
    ones.
    """

    state: State
    sums: epochs.Sums
    log: Log
    watch: Watch
    batch: int = 0
    ended: Literal["finished", "early"] | None = None


class Trainer:
    """One run: ``advance`` until ``ended``."""

    def __init__(self, job: Job) -> None:
        keep_compiled_programs()
        settings = job.settings
        self._epochs = settings.epochs
        self._samples = len(job.training)
        self._checked = 0 if job.validation is None else len(job.validation)
        self._training = on_device(job.training, job.weight, lowest=256)
        self._validation = (
            None if job.validation is None else on_device(job.validation, None, lowest=64)
        )
        bucket = self._training.x.shape[0]
        size = min(settings.batch_size, bucket)
        self._program = Program(
            activations=job.activations,
            optimizer=settings.optimizer,
            schedule=settings.schedule,
            penalised=settings.weight_decay > 0 or settings.l1 > 0,
            batch_size=size,
        )
        self._batches = -(-self._samples // size)
        self._checks = 0
        if self._validation is not None:
            self._checks = epochs.check_batches(self._checked, self._validation.x.shape[0])
        self._knobs = Knobs(
            *(
                np.float32(value)
                for value in (
                    settings.learning_rate,
                    settings.momentum,
                    settings.weight_decay,
                    settings.l1,
                    settings.epochs * self._batches,
                )
            )
        )
        state = _first_state(job, self._program)
        first = tuple(array for layer in state.params for array in layer)
        numbers = sum(array.size for array in first)
        columns = -(-bucket // size) * size
        self._orders = Orders(
            job.order_seed if settings.shuffle else None,
            samples=self._samples,
            epochs=self._epochs,
            rows=_block_rows(4 * numbers, columns),
            columns=columns,
            before=0 if job.start is None else job.start.epochs,
        )
        # An assumed speed, low enough that the first call is short on a slow machine too.
        self._steps = _CALL_SECONDS / (1e-5 + 6 * numbers * size / 2e9)
        self._kept = _Kept(
            state=state,
            sums=epochs.nothing(),
            log=Log.start(first, settings.history_megabytes),
            watch=Watch(settings.patience, settings.min_delta),
        )

    @property
    def log(self) -> Log:
        """The run up to its last whole epoch."""
        return self._kept.log

    @property
    def memory(self) -> Any:
        """What the optimizer remembers, in NumPy's arrays."""
        return jax.device_get(self._kept.state.optimizer)

    @property
    def ended(self) -> Literal["finished", "early"] | None:
        """How the run has ended, or None while it goes on."""
        return self._kept.ended

    def advance(self) -> Progress:
        """One call of the device, about 0.04 seconds.

        Raises:
            Diverged: if the loss or a parameter is not finite; ``log`` then ends before that.
        """
        kept = self._kept
        block = self._orders.block(kept.log.epochs)
        span = self._span(kept, block)
        started = time.perf_counter()
        state, sums, records = epochs.advance(
            self._program,
            self._knobs,
            self._training,
            self._validation,
            block.indices,
            span,
            kept.state,
            kept.sums,
        )
        jax.block_until_ready(records)
        self._pace(span, time.perf_counter() - started)
        self._kept, news = self._after(kept, span, state, sums, records)
        return self._progress(news)

    def _span(self, kept: _Kept, block: Block) -> epochs.Span:
        """What the next call does: whole epochs if they fit into its time, else a part of one."""
        whole = self._batches + self._checks
        row = kept.log.epochs - block.start
        steps = max(1, int(self._steps))
        if kept.batch == 0 and steps >= whole:
            last = min(row + steps // whole, block.epochs)
            return epochs.Span(row, last, 0, self._batches, 0, self._checks)
        end = min(kept.batch + steps, whole)
        return epochs.Span(
            row,
            row + 1,
            min(kept.batch, self._batches),
            min(end, self._batches),
            max(kept.batch - self._batches, 0),
            max(end - self._batches, 0),
        )

    def _pace(self, span: epochs.Span, seconds: float) -> None:
        """Learn from a call how many steps the next one should take.

        A call that compiled was slow for another reason, hence the bounds.
        """
        parts = span.batch_end - span.batch + span.check_end - span.check
        steps = (span.last - span.first) * parts
        wanted = steps * _CALL_SECONDS / max(seconds, 1e-9)
        self._steps = min(max(wanted, self._steps / 4, 1), 4 * self._steps)

    def _after(
        self, kept: _Kept, span: epochs.Span, state: State, sums: epochs.Sums, records: Records
    ) -> tuple[_Kept, Metric]:
        """What is held after a call, and the metrics of the epochs that it finished."""
        if span.batch_end < self._batches or span.check_end < self._checks:
            if not math.isfinite(float(sums.training.loss)):
                self._diverged(kept.log.epochs + 1, "the loss is not a finite number")
            batch = span.batch_end + span.check_end
            return replace(kept, state=state, sums=sums, batch=batch), np.empty((0, 2))
        rows = slice(span.first, span.last)
        metrics = self._metrics(records.sums, rows)
        arrays = tuple(np.asarray(array)[rows] for array in jax.tree.leaves(records.params))
        good = _finite_epochs(metrics, arrays)
        watched = metrics[:good, 2 if self._checks else 0]
        watch, used, stop = kept.watch.read(kept.log.epochs, watched)
        log = kept.log.extended(metrics[:used], tuple(array[:used] for array in arrays), watch.best)
        ended: Literal["finished", "early"] | None = None
        if stop:
            ended = "early"
        elif good < len(metrics):
            self._kept = replace(kept, log=log)
            finite = np.isfinite(metrics[good])
            what = "the loss" if not finite[0] else "a weight" if finite.all() else "val_loss"
            self._diverged(log.epochs + 1, f"{what} is not a finite number")
        elif log.epochs == self._epochs:
            ended = "finished"
        return _Kept(state, sums, log, watch, ended=ended), metrics[:used]

    def _metrics(self, sums: epochs.Sums, rows: slice) -> Metric:
        """Shape (epochs, 2 or 4): mean loss and accuracy, of training and of validation samples."""
        columns = [
            np.asarray(values, np.float64)[rows] / count
            for score, count in ((sums.training, self._samples), (sums.validation, self._checked))
            if count
            for values in score
        ]
        return np.stack(columns, axis=1)

    def _diverged(self, epoch: int, reason: str) -> NoReturn:
        raise Diverged(
            f"the training diverged in epoch {epoch}: {reason}. Try a lower learning_rate "
            f"(it was {float(self._knobs.learning_rate):g}), or scale the features to a range of "
            "about -3 to 3."
        )

    def _progress(self, news: Metric) -> Progress:
        kept = self._kept
        within = kept.batch / (self._batches + self._checks)
        return Progress(
            epoch=kept.log.epochs,
            epochs=self._epochs,
            done=(kept.log.epochs + within) / self._epochs,
            news=news,
            parameters=kept.log.last,
        )


def _first_state(job: Job, program: Program) -> State:
    """The state before the first update: drawn by the seed, or where another run has ended."""
    if job.start is None:
        kernels = seeds.kernels(job.seed, list(itertools.pairwise(job.sizes)))
        return initial(program, tuple((k, np.zeros(k.shape[1], np.float32)) for k in kernels))
    layers = job.start.model.network.layers
    params = tuple((each.kernel.astype("f"), each.bias.astype("f")) for each in layers)
    state = initial(program, params)
    memory = job.start.memory
    structure: Any = jax.tree.structure(state.optimizer)
    return state._replace(optimizer=memory) if structure == jax.tree.structure(memory) else state


def _block_rows(parameter_bytes: int, columns: int) -> int:
    """Epochs in a block: a power of two, so few that their records and orders stay small.

    It depends on sizes only, never on the number of epochs, which so compiles nothing.
    """
    rows = min(_MOST_ROWS, _BLOCK_BYTES // parameter_bytes, _BLOCK_POSITIONS // columns)
    return 1 << (max(1, rows).bit_length() - 1)


def _finite_epochs(metrics: Metric, arrays: Parameters) -> int:
    """How many epochs from the first on have finite metrics and parameters."""
    finite = np.isfinite(metrics).all(axis=1)
    for array in arrays:
        finite &= np.isfinite(array).reshape(len(array), -1).all(axis=1)
    return len(metrics) if finite.all() else int(np.argmin(finite))
