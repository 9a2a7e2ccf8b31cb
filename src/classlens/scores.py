"""Shares and scores from logits: the softmax, the cross-entropy, the accuracy."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.arrays import any_array
from classlens.errors import DataError, counted

Array = NDArray[np.floating[Any]]


class Evaluation(NamedTuple):
    """How well a network does on some samples.

    Attributes:
        loss: mean cross-entropy in nats of the softmax of the logits.
        accuracy: share of samples whose largest logit is that of their class.
        correct: how many those are.
        samples: out of how many.
    """

    loss: float
    accuracy: float
    correct: int
    samples: int


def softmax(logits: Array) -> Array:
    """Shares of the classes from their logits, row by row: exp(z) / sum(exp(z)).

    The row's largest logit is subtracted first, which changes nothing but keeps exp from
    overflowing.
    """
    shifted = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def evaluate(logits: Array, y: ArrayLike) -> Evaluation:
    """Mean cross-entropy and accuracy.

    Args:
        logits: shape (samples, classes).
        y: class indices, shape (samples,).

    Raises:
        DataError: if y is not one class index for each row of the logits.
    """
    z = logits.astype(np.float64)
    indices = any_array(y, "y")
    if indices.shape != (len(z),) or indices.dtype.kind not in "iu" or not len(z):
        raise DataError(
            f"y must hold one class index for each of the {counted(len(z), 'sample')} (at least "
            f"one). Got shape {indices.shape}, dtype {indices.dtype} instead."
        )
    if indices.min() < 0 or indices.max() >= z.shape[1]:
        wrong = indices[(indices < 0) | (indices >= z.shape[1])][0]
        raise DataError(
            f"y must hold class indices from 0 to {z.shape[1] - 1}. Got {wrong} instead."
        )
    shifted = z - z.max(axis=1, keepdims=True)
    own = shifted[np.arange(len(z)), indices]
    losses = np.log(np.exp(shifted).sum(axis=1)) - own
    correct = int((z.argmax(axis=1) == indices).sum())
    return Evaluation(float(losses.mean()), correct / len(z), correct, len(z))
