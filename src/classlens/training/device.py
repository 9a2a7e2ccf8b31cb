"""Samples on the device, padded to sizes that share a compiled program."""

from __future__ import annotations

import jax
import numpy as np
from numpy.typing import NDArray

from classlens.data.dataset import Dataset
from classlens.training.epochs import Samples


def bucket(count: int, lowest: int) -> int:
    """The padded size for ``count`` rows: sizes in one bucket share the compiled program.

    Powers of two, and from 4096 on eight steps between them, so that little memory is lost.

    Example:
        >>> bucket(100, 256), bucket(300, 256), bucket(60_000, 256)
        (256, 512, 61440)
    """
    size = max(lowest, 1 << (count - 1).bit_length())
    step = size // 16 if size > 4096 else size
    return -(-count // step) * step


def on_device(data: Dataset, weight: NDArray[np.float32] | None, lowest: int) -> Samples:
    """The samples as device arrays, padded with rows of zeros that have no weight."""
    samples: Samples = jax.device_put(padded(data, weight, lowest))
    return samples


def padded(data: Dataset, weight: NDArray[np.float32] | None, lowest: int) -> Samples:
    """The same on the host."""
    count = len(data)
    rows = bucket(count, lowest)
    x = np.zeros((rows, data.features), np.float32)
    y = np.zeros(rows, np.int32)
    w = np.zeros(rows, np.float32)
    x[:count], y[:count] = data.X, data.y
    w[:count] = 1 if weight is None else weight
    return Samples(x, y, w, np.int32(count))
