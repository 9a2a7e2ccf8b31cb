"""What breaks when a unit is held at one value: the forward pass again, with that unit replaced."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classlens.data.dataset import Dataset
from classlens.layer import Array, Layer

# Of so few units each is tried by the whole forward pass.
_FEW = 32
# Of so many numbers a layer's are gone through at once: more would leave the processor's cache.
_AT_ONCE = 1 << 17


@dataclass(frozen=True, eq=False)
class Ablation:
    """What the network predicts with some units held at a value.

    Attributes:
        held_at: the value, or one for each of them.
        correct: how many examples are still classified correctly.
        changed: how many examples are predicted as another class than before.
        moved: shape (classes, classes): of the examples of a class (row) that were right before,
            how many are now predicted as each other class (column).
    """

    held_at: float | Array
    correct: int
    changed: int
    moved: NDArray[np.int64]


def ablate(
    activations: Array,
    units: int | Sequence[int],
    held_at: float | Array,
    following: tuple[Layer, ...],
    data: Dataset,
    before: NDArray[np.intp],
    sums: Array | None = None,
) -> Ablation:
    """Hold one or several units of a layer, or inputs, at a value and predict again.

    Args:
        activations: the layer's activations, or the inputs, shape (samples, units).
        units: which.
        held_at: the value, or one for each of them.
        following: the layers after it, in order.
        data: the samples' classes.
        before: the predictions of the whole network, shape (samples,).
        sums: as for ``predictions_without``.
    """
    after = predictions_without(activations, units, held_at, following, sums)
    classes = following[-1].units
    moved = np.zeros((classes, classes), np.int64)
    lost = (before == data.y) & (after != data.y)
    np.add.at(moved, (data.y[lost], after[lost]), 1)
    return Ablation(
        held_at=held_at,
        correct=int((after == data.y).sum()),
        changed=int((after != before).sum()),
        moved=moved,
    )


def predictions_without(
    activations: Array,
    units: int | Sequence[int],
    held_at: float | Array,
    following: tuple[Layer, ...],
    sums: Array | None = None,
) -> NDArray[np.intp]:
    """The predictions with one or several units of a layer, or inputs, held at a value.

    Args:
        activations: the layer's activations, or the inputs, shape (samples, units).
        units: which.
        held_at: the value, or one for each of them.
        following: the layers after it, in order.
        sums: the next layer's pre-activations with all units, in float64. One unit's change is then
            added to them, which takes a small part of the time; its rounding is float64's.
    """
    if sums is None or not isinstance(units, int):
        a = activations.copy()
        a[:, units] = held_at
        return _classes(a @ following[0].kernel + following[0].bias, following)
    step = max(1, _AT_ONCE // max(layer.units for layer in following))
    found = np.empty(len(activations), np.intp)
    for first in range(0, len(activations), step):
        own = slice(first, first + step)
        change = held_at - activations[own, units]
        found[own] = _classes(sums[own] + change[:, None] * following[0].kernel[units], following)
    return found


def _classes(z: Array, following: tuple[Layer, ...]) -> NDArray[np.intp]:
    """The predictions from the pre-activations of the first of these layers."""
    for layer, after in itertools.pairwise(following):
        z = layer.activation(z, np) @ after.kernel + after.bias
    return np.asarray(np.argmax(following[-1].activation(z, np), axis=1))


def quick_sums(layer: Layer, sums: Array) -> Array | None:
    """The sums for ``predictions_without``, where they pay and lose nothing; else None."""
    return sums if layer.units > _FEW and sums.dtype == np.float64 else None
