"""Adam with the arithmetic of Keras 2.8, as a pair of pure functions in Optax's form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np


class Rule(NamedTuple):
    """How gradients become directions, in the form of ``optax.GradientTransformation``.

    Optax itself takes a tenth of a second to load, which the lab, whose Adam is not Optax's, need
    not wait for.

    Attributes:
        init: parameters -> what the rule remembers.
        update: (gradients, memory, parameters) -> (directions, memory).
    """

    init: Callable[[Any], Any]
    update: Callable[[Any, Any, Any], tuple[Any, Any]]


class AdamState(NamedTuple):
    """What Adam remembers.

    Attributes:
        updates: made so far.
        mean: running mean of the gradients, like the parameters.
        square: running mean of their squares, like the parameters.
    """

    updates: Any
    mean: Any
    square: Any


def keras_adam(beta_1: float = 0.9, beta_2: float = 0.999, epsilon: float = 1e-7) -> Rule:
    """Adam as Keras 2.8 writes it.

    It corrects the bias in the step's size and adds epsilon to the uncorrected root (Kingma and Ba,
    2015, the remark that closes section 2), where Optax corrects both means first:
    direction = m sqrt(1 - b2^t) / (1 - b1^t) / (sqrt(v) + epsilon).
    """
    # Keras rounds the betas to float32 before it takes them from 1, and 1 - 0.999 then differs from
    # 0.001 in the fifth digit: enough to be seen in a loss.
    b1, b2 = np.float32(beta_1), np.float32(beta_2)

    def init(params: Any) -> AdamState:
        # NumPy's zeros, because JAX would compile a program to make its own.
        zeros = jax.tree.map(np.zeros_like, params)
        return AdamState(np.int32(0), zeros, zeros)

    def update(gradients: Any, state: AdamState, params: Any) -> tuple[Any, AdamState]:
        del params
        made = state.updates + 1
        t = made.astype(jnp.float32)
        size = jnp.sqrt(1 - b2**t) / (1 - b1**t)
        mean = jax.tree.map(lambda g, m: m + (g - m) * (1 - b1), gradients, state.mean)
        square = jax.tree.map(lambda g, v: v + (g * g - v) * (1 - b2), gradients, state.square)
        direction = jax.tree.map(lambda m, v: size * m / (jnp.sqrt(v) + epsilon), mean, square)
        return direction, AdamState(made, mean, square)

    return Rule(init, update)
