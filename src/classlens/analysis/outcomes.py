"""How many networks of one shape have ended, judged together.

The networks stand last in every array, so that each step is one loop over them; what is found is
what ``Network.evaluate``, ``dead_units`` and ``judge`` find of each alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.activations import Activation
from classlens.analysis.thresholds import threshold
from classlens.analysis.verdicts import WORDS, judge_all

Array = NDArray[Any]

# Numbers of one layer's activations at once: more would leave the processor's cache.
_AT_ONCE = 1 << 18
# So many classes can be counted in one byte.
_SMALL = 255


@dataclass(frozen=True, eq=False)
class Outcomes:
    """How networks have ended on some samples.

    Attributes:
        loss: mean cross-entropy in nats, shape (networks,); not finite where a network has
            diverged.
        accuracy: share of samples whose largest logit is that of their class, shape (networks,).
        dead_units: how many hidden units give the same for all samples, shape (networks,).
        word: the verdict, as an index into ``verdicts.WORDS``, shape (networks,).
        merged_into: for each class, the class that many of its examples are taken for, or -1,
            shape (networks, classes).
    """

    loss: Array
    accuracy: Array
    dead_units: NDArray[np.int64]
    word: NDArray[np.int64]
    merged_into: NDArray[np.int64]

    @property
    def words(self) -> list[str]:
        """The verdicts."""
        return [WORDS[code] for code in self.word.tolist()]


def outcomes(
    parameters: Sequence[Array],
    activations: Sequence[Activation],
    X: Array,
    y: NDArray[np.int64],
    *,
    last_drop: Array | None = None,
) -> Outcomes:
    """Judge networks of one shape.

    Args:
        parameters: of each layer in turn the kernel, shape (inputs, units, networks), and the bias,
            shape (units, networks).
        activations: one for each layer.
        X: shape (samples, features).
        y: class indices, shape (samples,).
        last_drop: as ``judge`` takes it, shape (networks,); NaN, or None for all, where the
            training is not known.
    """
    widest = max(kernel.shape[1] for kernel in parameters[::2])
    step = max(1, _AT_ONCE // (len(X) * widest))
    networks = parameters[0].shape[-1]
    parts = [
        _outcomes([each[..., low : low + step] for each in parameters], activations, X, y)
        for low in range(0, networks, step)
    ]
    loss, tables, dead, share = (np.concatenate(each) for each in zip(*parts, strict=True))
    judged = judge_all(tables, loss, dead_share=share, last_drop=last_drop)
    right = np.trace(tables, axis1=1, axis2=2)
    return Outcomes(loss, right / len(y), dead, judged.word, judged.into)


def _outcomes(
    parameters: Sequence[Array],
    activations: Sequence[Activation],
    X: Array,
    y: NDArray[np.int64],
) -> tuple[Array, NDArray[np.int64], NDArray[np.int64], Array]:
    """Loss, confusion table, dead units and their largest share of a layer."""
    networks, classes = parameters[-1].shape[-1], len(parameters[-1])
    a = np.broadcast_to(X.T[:, :, None], (X.shape[1], len(X), networks)).astype(np.float32)
    dead = np.zeros(networks, np.int64)
    share = np.zeros(networks)
    layers = list(zip(parameters[::2], parameters[1::2], activations, strict=True))
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # of what has diverged
        for number, (kernel, bias, activation) in enumerate(layers):
            z = np.einsum("isn,ijn->jsn", a, kernel) + bias[:, None, :]
            a = activation(z, np)
            if number < len(layers) - 1:
                constant = np.ptp(a, axis=1) <= threshold("constant") * np.abs(a).max(axis=(0, 1))
                dead += constant.sum(axis=0)
                share = np.maximum(share, constant.mean(axis=0))
        top = a.max(axis=0)  # (samples, networks)
        # Each share next to the largest one in float32, which processors have in lanes; sums and
        # logarithms in float64, since 1 + 1e-9 is 1 in float32.
        total = sum(np.exp(logits - top).astype(np.float64) for logits in a)
        own = a[y, np.arange(len(y))].astype(np.float64)
        loss = (np.log(total) + (top - own)).mean(axis=0)
    tables = np.bincount(_cells(a, top, y).ravel(), minlength=networks * classes**2)
    return loss, tables.reshape(networks, classes, classes), dead, share


def _cells(logits: Array, top: Array, y: NDArray[np.int64]) -> NDArray[np.int64]:
    """Which cell of all confusion tables each sample belongs to, shape (samples, networks).

    Args:
        logits: shape (classes, samples, networks).
        top: the largest logit, or NaN where there is one, shape (samples, networks).
        y: class indices, shape (samples,).
    """
    classes, _, networks = logits.shape
    # The predicted class is how many come before the first that has the largest logit: ten times as
    # fast as argmax along the first axis.
    before = np.ones(top.shape, bool)
    predicted = np.zeros(top.shape, np.int64 if classes > _SMALL else np.uint8)
    for own in logits:
        before &= own != top
        predicted += before
    no_number = np.isnan(top).any(axis=0)
    predicted[:, no_number] = logits[..., no_number].argmax(axis=0)
    tables: NDArray[np.int64] = (np.arange(networks) * classes + y[:, None]) * classes
    tables += predicted
    return tables
