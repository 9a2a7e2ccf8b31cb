"""The orders of the samples, drawn a block of epochs at a time while the device is busy."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import jax
import numpy as np
from numpy.typing import NDArray

from classlens.training import seeds


@dataclass(frozen=True, eq=False)
class Block:
    """The orders of consecutive epochs.

    Attributes:
        start: the first epoch, counted from 0.
        epochs: how many there are.
        indices: on the device, shape (rows, columns) int32; rows and columns past the epochs and
            the samples hold 0.
    """

    start: int
    epochs: int
    indices: jax.Array


class Orders:
    """Blocks of orders for one run.

    Args:
        seed: decides them; None keeps the samples in their own order.
        samples: how many there are.
        epochs: how many epochs the run has.
        rows: epochs in a block.
        columns: samples, filled up to whole batches of a whole bucket.
        before: epochs of earlier runs, whose orders are not drawn again.
    """

    def __init__(
        self,
        seed: int | None,
        *,
        samples: int,
        epochs: int,
        rows: int,
        columns: int,
        before: int = 0,
    ) -> None:
        self._seed = seed
        self._samples = samples
        self._epochs = epochs
        self._before = before
        self._shape = (rows, columns)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="classlens-orders")
        self._block: Block | None = None
        self._next: Future[NDArray[np.int32]] | None = None

    def block(self, epoch: int) -> Block:
        """The block that holds an epoch; epochs are asked for in ascending order."""
        block = self._block
        if block is None or epoch >= block.start + block.epochs:
            indices = self._draw(epoch) if self._next is None else self._next.result()
            block = Block(epoch, self._count(epoch), jax.device_put(indices))
            following = epoch + block.epochs
            self._next = (
                self._pool.submit(self._draw, following) if following < self._epochs else None
            )
            self._block = block
        return block

    def _count(self, start: int) -> int:
        return min(self._shape[0], self._epochs - start)

    def _draw(self, start: int) -> NDArray[np.int32]:
        block = np.zeros(self._shape, np.int32)
        count = self._count(start)
        block[:count, : self._samples] = (
            np.arange(self._samples)
            if self._seed is None
            else seeds.orders(self._seed, self._samples, count, start=self._before + start)
        )
        return block
