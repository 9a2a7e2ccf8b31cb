"""What breaks when a unit is held at one value: the forward pass again, with that unit replaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classlens.data.dataset import Dataset
from classlens.network import Array, Layer


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
) -> Ablation:
    """Hold one or several units of a layer, or inputs, at a value and predict again.

    Args:
        activations: the layer's activations, or the inputs, shape (samples, units).
        units: which.
        held_at: the value, or one for each of them.
        following: the layers after it, in order.
        data: the samples' classes.
        before: the predictions of the whole network, shape (samples,).
    """
    a = activations.copy()
    a[:, units] = held_at
    for layer in following:
        a = layer.activation(a @ layer.kernel + layer.bias, np)
    after = np.argmax(a, axis=1)
    moved = np.zeros((a.shape[1], a.shape[1]), np.int64)
    lost = (before == data.y) & (after != data.y)
    np.add.at(moved, (data.y[lost], after[lost]), 1)
    return Ablation(
        held_at=held_at,
        correct=int((after == data.y).sum()),
        changed=int((after != before).sum()),
        moved=moved,
    )
