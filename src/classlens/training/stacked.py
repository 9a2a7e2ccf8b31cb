"""The compiled program that trains networks of one shape together, whatever their settings.

The same update as a single run's, mapped over networks. What networks share, such as the samples
and their order, is there once; what they do not share has a leading axis for them.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from classlens.training.epochs import Samples, check_size, pick, slice_of
from classlens.training.step import Knobs, Params, Program, Score, State, score, update


class Watched(NamedTuple):
    """How one network does, as ``fit`` watches it.

    Attributes:
        best: the best epoch so far, counted from 1; 0 before there is one.
        loss: its validation loss.
        params: the parameters after it.
        ended: the last epoch that counts; 0 while there are more.
        finite: whether its losses and parameters have been finite in all that count.
    """

    best: Any
    loss: Any
    params: Params
    ended: Any
    finite: Any


class Parts(NamedTuple):
    """What networks are trained on.

    Attributes:
        training: the samples to learn from, as ``on_device`` has them.
        validation: the samples to watch, or None.
        orders: the orders of consecutive epochs, shape (rows, columns).
    """

    training: Samples
    validation: Samples | None
    orders: Any


class Own(NamedTuple):
    """For each of the parts, whether every network has its own, on a leading axis."""

    training: bool
    validation: bool
    orders: bool


class Span(NamedTuple):
    """What one call does: the rows ``first`` to ``last`` of the orders; ``before`` went before."""

    first: int
    last: int
    before: int


class Stop(NamedTuple):
    """When networks stop early, as in ``Settings``."""

    patience: Any
    min_delta: Any


@functools.partial(jax.jit, static_argnames=("program", "own"))
def advance(
    program: Program,
    own: Own,
    knobs: Knobs,
    parts: Parts,
    span: Span,
    stop: Stop | None,
    state: State,
    watched: Watched,
) -> tuple[State, Watched, jax.Array]:
    """Train for some epochs.

    Args:
        program: what is compiled.
        own: which parts are each network's own.
        knobs: each of shape (networks,).
        parts: what they are trained on.
        span: which epochs.
        stop: early stopping, or None.
        state: where the networks stand, networks first.
        watched: how they are watched.

    Returns:
        State and watch after the span, and the mean training losses of the rows in it, shape
        (networks, rows).
    """

    def one(
        knobs: Knobs, parts: Parts, state: State, watched: Watched
    ) -> tuple[State, Watched, jax.Array]:
        training, validation, orders = parts
        size = program.batch_size
        batches = -(-training.real // size)

        def epoch(row: Any, carry: tuple[State, Watched, jax.Array]) -> Any:
            def learn(number: Any, carry: tuple[State, Score]) -> tuple[State, Score]:
                state, total = carry
                index = jax.lax.dynamic_slice(orders, (row, number * size), (1, size))[0]
                batch = pick(training, index, training.real - number * size)
                state, sums = update(program, knobs, state, batch)
                return state, Score(total.loss + sums.loss, total.correct + sums.correct)

            state, watched, losses = carry
            nothing = Score(jnp.float32(0), jnp.int32(0))
            state, total = jax.lax.fori_loop(0, batches, learn, (state, nothing))
            loss = total.loss / training.real.astype(jnp.float32)
            losses = jax.lax.dynamic_update_index_in_dim(losses, loss, row, 0)
            checked = jnp.float32(0)
            if stop is not None:
                assert validation is not None  # noqa: S101 - tells the type checker
                checked = _validation_loss(program, state, validation)
            seen = [loss, checked, *jax.tree.leaves(state.params)]
            finite = jnp.stack([jnp.isfinite(each).all() for each in seen]).all()
            watched = watched._replace(finite=watched.finite & (finite | (watched.ended > 0)))
            if stop is not None:
                watched = _watch(watched, row + span.before + 1, checked, state, stop)
            return state, watched, losses

        losses = jnp.zeros(orders.shape[0], jnp.float32)
        result: tuple[State, Watched, jax.Array] = jax.lax.fori_loop(
            span.first, span.last, epoch, (state, watched, losses)
        )
        return result

    axes: Any = Parts(*(0 if each else None for each in own))  # type: ignore[arg-type]
    mapped = jax.vmap(one, in_axes=(0, axes, 0, 0))
    result: tuple[State, Watched, jax.Array] = mapped(knobs, parts, state, watched)
    return result


def _validation_loss(program: Program, state: State, validation: Samples) -> jax.Array:
    def check(number: Any, total: jax.Array) -> jax.Array:
        batch = slice_of(validation, number, check_size(validation))
        sums: jax.Array = total + score(program, state.params, batch).loss
        return sums

    count = -(-validation.real // check_size(validation))
    total: jax.Array = jax.lax.fori_loop(0, count, check, jnp.float32(0))
    real: jax.Array = validation.real
    return total / real


def _watch(watched: Watched, number: Any, loss: jax.Array, state: State, stop: Stop) -> Watched:
    """Look at an epoch's validation loss; of one that has ended nothing changes any more."""
    going = watched.ended == 0
    better = going & ((loss < watched.loss - stop.min_delta) | (watched.best == 0))
    best = jnp.where(better, number, watched.best)
    return Watched(
        best,
        jnp.where(better, loss, watched.loss),
        jax.tree.map(lambda old, new: jnp.where(better, new, old), watched.params, state.params),
        jnp.where(going & (number - best >= stop.patience), number, watched.ended),
        watched.finite,
    )


def unwatched(params: Params, networks: int) -> Watched:
    """Before the first epoch."""
    zeros = np.zeros(networks, np.int32)
    lowest = np.full(networks, np.inf, np.float32)
    return Watched(zeros, lowest, params, zeros, np.ones(networks, bool))
