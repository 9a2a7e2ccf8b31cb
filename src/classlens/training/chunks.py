"""Chunks: some batches of samples on the devices, and the compiled programs that go through them.

A batch is split over all devices, those of other processes included: each holds some of its rows
and computes their part of the gradient, which JAX then sums up.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh, PartitionSpec
from numpy.typing import NDArray

from classlens.data.spool import Rows
from classlens.training import machines
from classlens.training.device import bucket
from classlens.training.epochs import Samples, check_batches, check_size, slice_of
from classlens.training.step import Batch, Knobs, Params, Program, Score, State, score, update

_BYTES = 8 << 20


class Feed(Protocol):
    """Samples that can be gone through again and again, in an order of each epoch's own."""

    def __len__(self) -> int:
        """How many samples there are."""

    def epoch(self, number: int, first: int = 0) -> Iterator[Rows]:
        """An epoch's samples in their order, many at a time, without the first ones."""


class Chunk(NamedTuple):
    """Some batches on the devices, filled up with batches of no samples.

    Attributes:
        x: shape (batches, rows, features), float32.
        y: shape (batches, rows), int32.
        weight: shape (batches, rows), float32; 0 for rows that only fill up.
        real: how many rows of each batch, the first ones, are samples; shape (batches,), int32.
    """

    x: jax.Array
    y: jax.Array
    weight: jax.Array
    real: jax.Array


class Layout(NamedTuple):
    """How samples become chunks.

    Attributes:
        batch: samples in a batch.
        batches: batches in a chunk.
        rows: rows of a batch, as many on each device as on the others.
        features: numbers of a sample.
    """

    batch: int
    batches: int
    rows: int
    features: int

    @classmethod
    def of(cls, samples: int, features: int, batch: int, devices: int) -> Layout:
        """The layout for so many samples; for one sample more it is the same.

        Example:
            >>> Layout.of(100, 2, 32, 1)
            Layout(batch=32, batches=8, rows=32, features=2)
        """
        room = bucket(samples, 256)
        batch = min(batch, room)
        most = max(1, _BYTES // (4 * batch * features))
        return cls(batch, min(most, -(-room // batch)), -(-batch // devices) * devices, features)


def chunks(
    feed: Feed, epoch: int, first: int, layout: Layout, class_weight: NDArray[np.float32], on: Mesh
) -> Iterator[tuple[int, Chunk]]:
    """An epoch's chunks, each with how many batches it holds.

    Args:
        feed: the samples.
        epoch: counted from 0.
        first: the batch to begin with.
        layout: the chunks' sizes.
        class_weight: how much a sample of each class counts, shape (classes,).
        on: the devices.
    """
    size = layout.batch * layout.batches
    split = PartitionSpec(None, machines.AXIS)
    own = layout.rows // machines.process_count()
    low = own * machines.process_index()
    for x, y in _pieces(feed.epoch(epoch, first * layout.batch), size):
        count = -(-len(x) // layout.batch)
        real = np.zeros(layout.batches, np.int32)
        real[:count] = layout.batch
        real[count - 1] = len(x) - (count - 1) * layout.batch
        weight = class_weight[y]
        parts = [_laid(each, layout)[:, low : low + own] for each in (x, y, weight)]
        placed = [machines.from_local(each, on, split) for each in parts]
        placed.append(machines.from_local(real, on, PartitionSpec()))
        yield count, Chunk(*placed)


def _pieces(rows: Iterator[Rows], size: int) -> Iterator[Rows]:
    """The same rows, so many at a time; the last piece may be smaller."""
    held: list[Rows] = []
    count = 0
    for x, y in rows:
        start = 0
        while start < len(x):
            part = slice(start, start + size - count)
            held.append((x[part], y[part]))
            count += len(held[-1][0])
            start = part.stop
            if count == size:
                yield _joined(held)
                held, count = [], 0
    if held:
        yield _joined(held)


def _joined(parts: list[Rows]) -> Rows:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate([x for x, _ in parts]), np.concatenate([y for _, y in parts])


def _laid(rows: NDArray[Any], layout: Layout) -> NDArray[Any]:
    """Rows as (batches, rows of a batch, ...), filled up with zeros."""
    laid = np.zeros((layout.batches, layout.rows, *rows.shape[1:]), rows.dtype)
    whole, rest = divmod(len(rows), layout.batch)
    shape = (whole, layout.batch, *rows.shape[1:])
    laid[:whole, : layout.batch] = rows[: whole * layout.batch].reshape(shape)
    if rest:
        laid[whole, :rest] = rows[whole * layout.batch :]
    return laid


@functools.partial(jax.jit, static_argnames=("program", "on"))
def learn(
    program: Program,
    on: Mesh,
    knobs: Knobs,
    chunk: Chunk,
    first: int,
    last: int,
    state: State,
) -> tuple[State, Score]:
    """Learn from some batches of a chunk.

    Args:
        program: what is compiled.
        on: the devices.
        knobs: the training rule's numbers.
        chunk: the batches.
        first: the first of them.
        last: the one after the last of them.
        state: where the training stands.

    Returns:
        The state after them, and the scores of the chunk's batches, shape (batches,): 0 for those
        that were not learned from.
    """
    axis = machines.AXIS if on.size > 1 else None

    def span(chunk: Chunk, first: int, last: int, state: State) -> tuple[State, Score]:
        def one(number: jax.Array, carry: tuple[State, Score]) -> tuple[State, Score]:
            state, scores = carry
            batch = Batch(
                *(jax.lax.dynamic_index_in_dim(each, number, keepdims=False) for each in chunk)
            )
            state, sums = update(program, knobs, state, batch, axis)
            return state, _with(scores, number, sums)

        start = (state, _none(chunk.real.shape[0]))
        result: tuple[State, Score] = jax.lax.fori_loop(first, last, one, start)
        return result

    if axis is not None:
        whole, split = PartitionSpec(), PartitionSpec(None, axis)
        parts = Chunk._make((split, split, split, whole))
        span = jax.shard_map(
            span, mesh=on, in_specs=(parts, whole, whole, whole), out_specs=whole, check_vma=False
        )
    return span(chunk, first, last, state)


@functools.partial(jax.jit, static_argnames="program")
def check(program: Program, params: Params, samples: Samples, first: int, last: int) -> Score:
    """The scores of batches of consecutive samples, shape (batches,): 0 for those left out.

    Args:
        program: what is compiled.
        params: of the network.
        samples: those that are watched.
        first: the first batch, of ``check_size`` samples.
        last: the one after the last.
    """

    def one(number: jax.Array, scores: Score) -> Score:
        batch = slice_of(samples, number, check_size(samples))
        return _with(scores, number, score(program, params, batch))

    batches = check_batches(samples.x.shape[0], samples.x.shape[0])
    result: Score = jax.lax.fori_loop(first, last, one, _none(batches))
    return result


def _none(batches: int) -> Score:
    return Score(jnp.zeros(batches, jnp.float32), jnp.zeros(batches, jnp.int32))


def _with(scores: Score, number: jax.Array, own: Score) -> Score:
    return Score(scores.loss.at[number].set(own.loss), scores.correct.at[number].set(own.correct))
