"""Probes: a model's answers to a few made-up inputs, kept in its file and asked for again.

A file whose numbers have been changed, or which another program has read or written wrongly, gives
other answers. The inputs are made up, within the ranges that the encoding knows, never samples.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.errors import DataError
from classlens.model import Model
from classlens.network import Network
from classlens.reader import Reader

_PROBES = 4
# Answers may differ by this share of what was added up: machines add in different orders.
_TOLERANCE = 1e-4
# Multiples of the golden ratio fall evenly into the unit interval.
_GOLDEN = 0.6180339887498949


def inputs(model: Model) -> NDArray[np.float64]:
    """The made-up inputs, shape (probes, inputs); from -1 to 1 where no range is known."""
    count = model.network.inputs
    steps = np.outer(np.arange(1, _PROBES + 1), np.arange(1, count + 1)) * _GOLDEN % 1
    ranges = np.tile((-1.0, 1.0), (count, 1)) if model.encoding is None else model.encoding.ranges
    low, high = ranges.T
    return np.asarray(low * (1 - steps) + high * steps)


def answers(model: Model) -> list[list[float]] | None:
    """The logits of the made-up inputs; None if one overflows."""
    try:
        logits = model.logits(inputs(model)).astype(np.float64)
    except DataError:
        return None
    return [[float(value) for value in row] for row in logits]


def check(reader: Reader, model: Model, kept: Any) -> None:
    """Refuse a model that gives other answers than were kept.

    Raises:
        ModelFileError: if it does.
    """
    found = answers(model)
    if kept is None and found is None:
        return
    where = "its probes"
    if not isinstance(kept, list) or len(kept) != _PROBES or found is None:
        reader.refuse(f"{where} must be {_PROBES} lists of the model's logits")
    rows = [reader.numbers(row, where) for row in kept]
    if any(len(row) != len(model.class_names) for row in rows):
        reader.refuse(f"{where} must hold a logit for each of the {len(model.class_names)} classes")
    if (np.abs(np.array(rows) - found) > _TOLERANCE * _size(model.network, inputs(model))).any():
        reader.refuse(
            "its network does not give the answers that it gave when it was saved; the file was "
            "changed or damaged"
        )


def _size(network: Network, X: NDArray[np.float64]) -> float:
    """The largest sum of absolute values that went into a logit, at least 1."""
    a = np.abs(X)
    with np.errstate(over="ignore", invalid="ignore"):  # infinite: then nothing can be said
        for layer in network.layers:
            a = a @ np.abs(layer.kernel.astype(np.float64)) + np.abs(layer.bias)
    largest = float(a.max())
    return max(1.0, largest) if np.isfinite(largest) else np.finfo(float).max
