"""One update: the forward pass, the loss, its gradient, and what the optimizer makes of it.

Pure functions of arrays. What decides the shape of the computation is in ``Program``, which is
hashable; every number that may change from run to run is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from classlens.activations import Activation
from classlens.settings import Settings
from classlens.training.adam import Rule, keras_adam

# One (kernel (inputs, units), bias (units,)) a layer, of NumPy or JAX.
Params = tuple[tuple[Any, Any], ...]


@dataclass(frozen=True)
class Program:
    """What is compiled: two runs with equal programs and array shapes share the machine code.

    Attributes:
        activations: one for each layer.
        optimizer: a key of ``optimizers.DIRECTIONS``.
        schedule: a key of ``optimizers.SCHEDULES``.
        penalised: whether weight decay or L1 is used.
        batch_size: rows in a batch, the last one filled up with samples of no weight.
    """

    activations: tuple[Activation, ...]
    optimizer: str
    schedule: str
    penalised: bool
    batch_size: int


def program_of(settings: Settings, activations: tuple[Activation, ...], batch_size: int) -> Program:
    """What is compiled for a run with these settings."""
    return Program(
        activations=activations,
        optimizer=settings.optimizer,
        schedule=settings.schedule,
        penalised=settings.weight_decay > 0 or settings.l1 > 0,
        batch_size=batch_size,
    )


class Knobs(NamedTuple):
    """Numbers of the training rule that change without compiling: scalars, float32."""

    learning_rate: Any
    momentum: Any
    weight_decay: Any
    l1: Any
    updates: Any  # in the whole run, for the schedule


def knobs_of(settings: Settings, updates: int) -> Knobs:
    """The numbers of a run with these settings.

    Args:
        settings: of the run.
        updates: how many it has from its beginning to its end.
    """
    numbers = (settings.learning_rate, settings.momentum, settings.weight_decay, settings.l1)
    return Knobs(*map(np.float32, (*numbers, updates)))


class State(NamedTuple):
    """Everything that an update changes."""

    params: Params
    optimizer: Any
    step: Any  # updates made so far, int32


class Batch(NamedTuple):
    """Samples of one update or of one evaluation.

    Attributes:
        x: shape (rows, features).
        y: class indices, shape (rows,).
        weight: how much each row counts in the loss; 0 for rows that only fill up.
        real: how many rows, the first ones, are samples.
    """

    x: jax.Array
    y: jax.Array
    weight: jax.Array
    real: jax.Array


class Score(NamedTuple):
    """Sums over samples: of the weighted losses, and of the right answers."""

    loss: Any  # float32, an array or a NumPy scalar
    correct: Any  # int32


def logits(program: Program, params: Params, x: jax.Array) -> jax.Array:
    """The forward pass: (rows, features) -> (rows, classes)."""
    for activation, (kernel, bias) in zip(program.activations, params, strict=True):
        x = activation(x @ kernel + bias[None, :], jnp)
    return x


def score(program: Program, params: Params, batch: Batch) -> Score:
    """Softmax cross-entropy from logits, and accuracy, summed over the batch's samples."""
    z = logits(program, params, batch.x)  # (rows, classes)
    shifted = z - jax.lax.stop_gradient(jnp.max(z, axis=1, keepdims=True))
    # A comparison and a sum instead of an index: its gradient is a product, not a scatter.
    own = batch.y[:, None] == jnp.arange(z.shape[1])[None, :]
    losses = jnp.log(jnp.sum(jnp.exp(shifted), axis=1)) - jnp.sum(
        jnp.where(own, shifted, 0), axis=1
    )
    right = jnp.argmax(z, axis=1).astype(batch.y.dtype) == batch.y
    real = jnp.arange(z.shape[0]) < batch.real
    return Score(
        loss=jnp.sum(losses * batch.weight),
        correct=jnp.sum(right & real, dtype=jnp.int32),
    )


def initial(program: Program, params: Params) -> State:
    """The state before the first update."""
    return State(params, _rule(program, Knobs(0, 0, 0, 0, 1)).init(params), np.int32(0))


def update(
    program: Program, knobs: Knobs, state: State, batch: Batch, axis: str | None = None
) -> tuple[State, Score]:
    """One update; the score is that of the batch before it.

    The gradient is that of the batch's mean loss over its samples, as Keras takes it.

    Args:
        program: what is compiled.
        knobs: the training rule's numbers.
        state: what is updated.
        batch: the samples. Where an axis of devices is given each of them has some of the rows, one
            after the other, and ``real`` counts those of all.
        axis: over which the rows are split, inside ``jax.shard_map``.
    """
    rows, real = batch.x.shape[0], batch.real
    if axis is not None:
        before = jax.lax.axis_index(axis) * rows
        batch = batch._replace(real=jnp.clip(real - before, 0, rows))

    def mean_loss(params: Params) -> tuple[jax.Array, Score]:
        sums = score(program, params, batch)
        return sums.loss / real.astype(jnp.float32), sums

    gradient, sums = jax.grad(mean_loss, has_aux=True)(state.params)
    if axis is not None:
        # As one array: each sum over processes waits for the slowest of them.
        flat, restored = ravel_pytree((gradient, sums))
        gradient, sums = restored(jax.lax.psum(flat, axis))
    direction, memory = _rule(program, knobs).update(gradient, state.optimizer, state.params)
    rate = _rate(program, knobs, state.step)
    params = jax.tree.map(lambda p, d: p - rate * d, state.params, direction)
    return State(params, memory, state.step + 1), sums


def _rule(program: Program, knobs: Knobs) -> Rule:
    if program.optimizer == "adam" and not program.penalised:
        return keras_adam()
    from classlens.training import optimizers  # noqa: PLC0415 - loads Optax, see Rule

    penalties = optimizers.Penalties(knobs.weight_decay, knobs.l1) if program.penalised else None
    return Rule(*optimizers.optimizer(program.optimizer, knobs.momentum, penalties))


def _rate(program: Program, knobs: Knobs, step: jax.Array) -> Any:
    if program.schedule == "constant":
        return knobs.learning_rate
    from classlens.training import optimizers  # noqa: PLC0415 - loads Optax, see Rule

    done = step.astype(jnp.float32) / knobs.updates
    return knobs.learning_rate * optimizers.SCHEDULES[program.schedule]()(done)
