"""What optimizers remember, by the names that Keras gives its variables for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import jax
import numpy as np
from numpy.typing import NDArray

from classlens.settings import Settings
from classlens.training.adam import AdamState

# One array a parameter: the first layer's kernel, its bias, the next layer's kernel, ...
Slots = Mapping[str, Sequence[NDArray[Any]]]


class _Rule(NamedTuple):
    memory: Callable[[Settings, Slots, int], Any]
    slots: Callable[[Settings, Any], dict[str, list[NDArray[Any]]]]


def memory_of(settings: Settings, slots: Slots, updates: int) -> Any:
    """What the optimizer of a run remembers that goes on from there.

    Args:
        settings: the optimizer, its learning rate and momentum.
        slots: arrays by Keras's names; of 0 for the momentum where Keras has none.
        updates: made so far.
    """
    return _RULES[settings.optimizer].memory(settings, slots, updates)


def slots_of(settings: Settings, memory: Any) -> dict[str, list[NDArray[Any]]]:
    """The same the other way round: a run's memory as arrays by Keras's names."""
    return _RULES[settings.optimizer].slots(settings, memory)


def _pairs(arrays: Sequence[NDArray[Any]]) -> tuple[Any, ...]:
    """As parameters are nested: a kernel and a bias for each layer."""
    flat = [np.asarray(array, np.float32) for array in arrays]
    return tuple(zip(flat[::2], flat[1::2], strict=True))


def _flat(tree: Any) -> list[NDArray[Any]]:
    return [np.asarray(leaf) for leaf in jax.tree.leaves(tree)]


def _adam(_: Settings, slots: Slots, updates: int) -> Any:
    mean, square = _pairs(slots["momentum"]), _pairs(slots["velocity"])
    return AdamState(np.int32(updates), mean, square)


def _trace(settings: Settings, slots: Slots, sign: float) -> Any:
    """Keras's momentum is that of the steps, the learning rate included; Optax's is without."""
    import optax  # noqa: PLC0415 - Adam needs none of it

    rate = sign * settings.learning_rate
    return optax.TraceState(_pairs([array / rate for array in slots["momentum"]]))


def _momentum(settings: Settings, trace: Any, sign: float) -> list[NDArray[Any]]:
    return [array * np.float32(sign * settings.learning_rate) for array in _flat(trace)]


def _rmsprop(settings: Settings, slots: Slots, _: int) -> Any:
    import optax  # noqa: PLC0415

    return (optax.ScaleByRmsState(_pairs(slots["velocity"])), _trace(settings, slots, 1))


_RULES: Mapping[str, _Rule] = MappingProxyType(
    {
        "adam": _Rule(
            _adam,
            lambda _, memory: {"momentum": _flat(memory.mean), "velocity": _flat(memory.square)},
        ),
        "sgd": _Rule(
            lambda settings, slots, _: _trace(settings, slots, -1),
            lambda settings, memory: {"momentum": _momentum(settings, memory.trace, -1)},
        ),
        "rmsprop": _Rule(
            _rmsprop,
            lambda settings, memory: {
                "velocity": _flat(memory[0].nu),
                "momentum": _momentum(settings, memory[1].trace, 1),
            },
        ),
    }
)
