"""The one compiled program of a run: epochs of batches, with the data on the device.

It is called for a span: some whole epochs, or a part of one. How many is given at run time, so one
compilation serves the five milliseconds of a lab run, which are one call, and an hour-long run,
which is many, with progress and Ctrl-C between them.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from classlens.training.step import Batch, Knobs, Params, Program, Score, State, score, update


class Samples(NamedTuple):
    """A set of samples on the device, filled up to a bucket's size with rows of zeros.

    Attributes:
        x: shape (bucket, features), float32.
        y: shape (bucket,), int32.
        weight: shape (bucket,), float32; 0 for the rows that only fill up.
        real: how many rows, the first ones, are samples; int32 scalar.
    """

    x: Any
    y: Any
    weight: Any
    real: Any


class Span(NamedTuple):
    """What one call does, int32 scalars.

    Epochs ``first`` to ``last`` of the block of orders, and in each of them the training batches
    ``batch`` to ``batch_end`` and then the validation batches ``check`` to ``check_end``.
    """

    first: int
    last: int
    batch: int
    batch_end: int
    check: int
    check_end: int


class Sums(NamedTuple):
    """The scores of the epoch at hand; they live on when an epoch takes several calls."""

    training: Score
    validation: Score


class Records(NamedTuple):
    """What is remembered of each epoch of a block: the leading axis is the epoch's row.

    Attributes:
        sums: the scores, each of shape (rows,).
        params: the parameters after the epoch, each of shape (rows, ...).
    """

    sums: Sums
    params: Params


@functools.partial(jax.jit, static_argnames="program")
def advance(
    program: Program,
    knobs: Knobs,
    training: Samples,
    validation: Samples | None,
    orders: jax.Array,
    span: Span,
    state: State,
    sums: Sums,
) -> tuple[State, Sums, Records]:
    """Train for a span.

    Args:
        program: what is compiled.
        knobs: the training rule's numbers.
        training: the samples to learn from.
        validation: the samples to watch, or None.
        orders: the order of the samples for each epoch of the block, shape (rows, columns) int32;
            the columns are whole batches, those past the samples hold the index of any row.
        span: which part of the block.
        state: where the training stands.
        sums: the scores so far of the epoch at hand; ignored when the span begins an epoch.

    Returns:
        The state and the sums at the span's end, and the records of the epochs in the span. Rows
        outside it hold nothing of meaning, nor does an epoch's row before its last call.
    """
    size = program.batch_size

    def epoch(row: jax.Array, carry: tuple[State, Sums, Records]) -> tuple[State, Sums, Records]:
        def learn(number: jax.Array, carry: tuple[State, Score]) -> tuple[State, Score]:
            state, total = carry
            index = jax.lax.dynamic_slice(orders, (row, number * size), (1, size))[0]
            batch = pick(training, index, training.real - number * size)
            state, sums = update(program, knobs, state, batch)
            return state, _add(total, sums)

        def check(number: jax.Array, total: Score) -> Score:
            assert validation is not None  # noqa: S101 - tells the type checker
            batch = slice_of(validation, number, check_size(validation))
            return _add(total, score(program, state.params, batch))

        state, sums, records = carry
        sums = jax.tree.map(lambda total: jnp.where(span.batch > 0, total, 0), sums)
        state, trained = jax.lax.fori_loop(
            span.batch, span.batch_end, learn, (state, sums.training)
        )
        checked = sums.validation
        if validation is not None:
            checked = jax.lax.fori_loop(span.check, span.check_end, check, checked)
        sums = Sums(trained, checked)
        records = jax.tree.map(
            lambda rows, new: jax.lax.dynamic_update_index_in_dim(rows, new, row, 0),
            records,
            Records(sums, state.params),
        )
        return state, sums, records

    rows = orders.shape[0]
    empty = jax.tree.map(
        lambda value: jnp.zeros((rows, *value.shape), value.dtype), Records(sums, state.params)
    )
    result: tuple[State, Sums, Records] = jax.lax.fori_loop(
        span.first, span.last, epoch, (state, sums, empty)
    )
    return result


def nothing() -> Sums:
    """The sums before the first sample."""
    zero = Score(np.float32(0), np.int32(0))
    return Sums(zero, zero)


def check_batches(samples: int, bucket: int) -> int:
    """How many validation batches an epoch has, for so many samples in a bucket of that size."""
    return -(-samples // min(bucket, _CHECK_ROWS))


# Rows scored at once: enough to keep the processor's matrix product busy.
_CHECK_ROWS = 512


def check_size(samples: Samples) -> int:
    """How many validation rows are scored at once."""
    return min(int(samples.x.shape[0]), _CHECK_ROWS)


def pick(samples: Samples, index: jax.Array, left: jax.Array) -> Batch:
    """The batch of the rows of ``index``, of which the first ``left`` (or all) are samples."""
    size = index.shape[0]
    real = jnp.minimum(size, left)
    x, y, weight = (
        # The host has checked the indices; checking them again here costs a tenth of the run.
        array.at[index].get(mode="promise_in_bounds")
        for array in (samples.x, samples.y, samples.weight)
    )
    return Batch(x, y, jnp.where(jnp.arange(size) < real, weight, 0), real)


def slice_of(samples: Samples, number: jax.Array, size: int) -> Batch:
    """Batch ``number`` of consecutive rows; rows past the samples have no weight already."""
    x, y, weight = (
        jax.lax.dynamic_slice_in_dim(array, number * size, size)
        for array in (samples.x, samples.y, samples.weight)
    )
    return Batch(x, y, weight, jnp.minimum(size, samples.real - number * size))


def _add(total: Score, more: Score) -> Score:
    return Score(total.loss + more.loss, total.correct + more.correct)
