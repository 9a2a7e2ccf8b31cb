"""Optimizers and learning-rate schedules: one table each, made of Optax's parts.

An optimizer here turns a gradient into a *direction*; the update is minus the direction times the
learning rate. Keeping the rate apart lets every schedule go with every optimizer, and lets the rate
be a number given at run time, so that another rate compiles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax

from classlens.training.adam import keras_adam


class Penalties(NamedTuple):
    """How strongly the kernels are pulled towards 0; biases are left alone."""

    weight_decay: jax.typing.ArrayLike
    l1: jax.typing.ArrayLike


def optimizer(
    name: str, momentum: jax.typing.ArrayLike, penalties: Penalties | None
) -> optax.GradientTransformation:
    """The direction of an update: penalties, then the optimizer.

    Args:
        name: a key of ``DIRECTIONS``.
        momentum: the share of the last direction that is kept (sgd and rmsprop).
        penalties: None when both are 0, which saves their arithmetic. adamw decays the weights
            beside the adapted step (Loshchilov and Hutter, 2019); the others add the penalty's
            gradient, ``weight_decay * w``, to the loss's.
    """
    direction = DIRECTIONS[name](momentum)
    if penalties is None:
        return direction
    decay = optax.add_decayed_weights(penalties.weight_decay, mask=_kernels)
    signs = optax.masked(_add_signs(penalties.l1), _kernels)
    if name == "adamw":
        return optax.chain(signs, direction, decay)
    return optax.chain(signs, decay, direction)


def _kernels(params: Any) -> Any:
    return jax.tree.map(lambda p: p.ndim > 1, params)


def _add_signs(l1: jax.typing.ArrayLike) -> optax.GradientTransformation:
    """Adds the gradient of ``l1 * sum(|w|)``."""

    def add(updates: optax.Updates, params: optax.Params | None) -> optax.Updates:
        return jax.tree.map(lambda g, p: g + l1 * jnp.sign(p), updates, params)

    return optax.stateless(add)


# momentum -> direction. The constants are Keras's defaults.
DIRECTIONS: Mapping[str, Callable[[Any], optax.GradientTransformation]] = MappingProxyType(
    {
        "adam": lambda _: optax.GradientTransformation(*keras_adam()),
        "adamw": lambda _: optax.scale_by_adam(b1=0.9, b2=0.999, eps=1e-7),
        "sgd": lambda momentum: optax.trace(decay=momentum),
        "rmsprop": lambda momentum: optax.chain(
            optax.scale_by_rms(decay=0.9, eps=1e-7), optax.trace(decay=momentum)
        ),
    }
)

# Optax's schedules, run over the share of the run that is done, from 0 to 1, and starting or
# peaking at 1: the number of epochs can then be given at run time too.
SCHEDULES: Mapping[str, Callable[[], optax.Schedule]] = MappingProxyType(
    {
        "constant": lambda: optax.constant_schedule(1.0),
        "linear": lambda: optax.linear_schedule(1.0, 0.0, transition_steps=1),
        "cosine": lambda: optax.cosine_decay_schedule(1.0, decay_steps=1),
        "exponential": lambda: optax.exponential_decay(1.0, transition_steps=1, decay_rate=0.01),
        "warmup_cosine": lambda: optax.warmup_cosine_decay_schedule(
            0.0,
            1.0,
            warmup_steps=0.1,
            decay_steps=1.0,
        ),
    }
)
