"""The host's side of a run: it hands spans of epochs to the device and keeps what comes back."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any

import jax
import numpy as np

from classlens.training import epochs
from classlens.training.compilation import keep_compiled_programs
from classlens.training.device import on_device
from classlens.training.epochs import Records
from classlens.training.history import Metric
from classlens.training.log import Log
from classlens.training.orders import Block, Orders
from classlens.training.pacing import Pace
from classlens.training.prepare import Job
from classlens.training.standing import (
    Diverged,
    Ended,
    Progress,
    Standing,
    beginning,
    closed,
)
from classlens.training.step import State, knobs_of, program_of

_MOST_ROWS = 256
_BLOCK_BYTES = 4 << 20
_BLOCK_POSITIONS = 1 << 20


class Trainer:
    """One run: ``advance`` until ``ended``.

    Args:
        job: what is done.
        standing: where the run goes on; by default it begins.
    """

    def __init__(self, job: Job, standing: Standing | None = None) -> None:
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
        self._program = program_of(settings, job.activations, size)
        self._batches = -(-self._samples // size)
        self._checks = 0
        if self._validation is not None:
            self._checks = epochs.check_batches(self._checked, self._validation.x.shape[0])
        self._knobs = knobs_of(settings, settings.epochs * self._batches)
        self.standing = standing or beginning(job)
        numbers = sum(array.size for array in self.standing.log.first)
        columns = -(-bucket // size) * size
        self._orders = Orders(
            job.order_seed if settings.shuffle else None,
            samples=self._samples,
            epochs=self._epochs,
            rows=_block_rows(4 * numbers, columns),
            columns=columns,
            before=0 if job.start is None else job.start.epochs,
        )
        self._pace = Pace.assumed(numbers, size)

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
        """One call of the device, about 0.04 seconds.

        Raises:
            Diverged: if the loss or a parameter is not finite; ``log`` then ends before that.
        """
        kept = self.standing
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
        self._pace = self._pace.after(_steps(span), time.perf_counter() - started)
        self.standing, news = self._after(kept, span, state, sums, records)
        return self._progress(news)

    def _span(self, kept: Standing, block: Block) -> epochs.Span:
        """What the next call does: whole epochs if they fit into its time, else a part of one."""
        whole = self._batches + self._checks
        row = kept.log.epochs - block.start
        steps = self._pace.steps
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

    def _after(
        self, kept: Standing, span: epochs.Span, state: State, sums: epochs.Sums, records: Records
    ) -> tuple[Standing, Metric]:
        """What is held after a call, and the metrics of the epochs that it finished."""
        if span.batch_end < self._batches or span.check_end < self._checks:
            if not math.isfinite(float(sums.training.loss)):
                raise self._diverged(kept.log.epochs + 1, "the loss")
            batch = span.batch_end + span.check_end
            return replace(kept, state=state, sums=sums, batch=batch), np.empty((0, 2))
        rows = slice(span.first, span.last)
        metrics = self._metrics(records.sums, rows)
        arrays = tuple(np.asarray(array)[rows] for array in jax.tree.leaves(records.params))
        standing, news, trouble = closed(
            replace(kept, state=state, sums=sums), metrics, arrays, self._epochs
        )
        if trouble:
            self.standing = replace(kept, log=standing.log)
            raise self._diverged(standing.log.epochs + 1, trouble)
        return standing, news

    def _metrics(self, sums: epochs.Sums, rows: slice) -> Metric:
        """Shape (epochs, 2 or 4): mean loss and accuracy, of training and of validation samples."""
        columns = [
            np.asarray(values, np.float64)[rows] / count
            for score, count in ((sums.training, self._samples), (sums.validation, self._checked))
            if count
            for values in score
        ]
        return np.stack(columns, axis=1)

    def _diverged(self, epoch: int, what: str) -> Diverged:
        return Diverged(epoch, what, float(self._knobs.learning_rate))

    def _progress(self, news: Metric) -> Progress:
        kept = self.standing
        within = kept.batch / (self._batches + self._checks)
        return Progress(
            epoch=kept.log.epochs,
            epochs=self._epochs,
            done=(kept.log.epochs + within) / self._epochs,
            news=news,
            parameters=kept.log.last,
        )


def _steps(span: epochs.Span) -> int:
    """How many batches are learned from or checked in a span."""
    parts = span.batch_end - span.batch + span.check_end - span.check
    return (span.last - span.first) * parts


def _block_rows(parameter_bytes: int, columns: int) -> int:
    """Epochs in a block: a power of two, so few that their records and orders stay small.

    It depends on sizes only, never on the number of epochs, which so compiles nothing.
    """
    rows = min(_MOST_ROWS, _BLOCK_BYTES // parameter_bytes, _BLOCK_POSITIONS // columns)
    return 1 << (max(1, rows).bit_length() - 1)
