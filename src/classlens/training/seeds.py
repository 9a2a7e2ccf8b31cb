"""The random numbers of a run: bit for bit those that TensorFlow/Keras 2.8 draws from a seed.

A student who writes ``seed=1234`` starts from the lab's own kernels and sees the samples in the
lab's own order. TensorFlow turns the global seed and a counter into the key of a Philox4x32-10
generator (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011); Keras draws one
more seed for each Dense kernel from Python's own generator. The recipe was read from TensorFlow's
sources and is tested against recorded runs. NumPy only.
"""

from __future__ import annotations

import math
import random
import secrets
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_M = 2**31 - 1
_WORD = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_MULTIPLIERS = (np.uint64(0xD2511F53), np.uint64(0xCD9E8D57))
_KEY_STEPS = (np.uint64(0x9E3779B9), np.uint64(0xBB67AE85))
# Epochs are drawn together until this many positions: enough to keep NumPy busy, small enough for
# the processor's cache and for memory.
_POSITIONS_AT_ONCE = 1 << 21
# From so many epochs on, one array operation for each position pays.
_MANY_EPOCHS = 64


def fresh() -> int:
    """A seed that nobody has chosen: 31 bits from the operating system."""
    return secrets.randbelow(_M)


def kernels(seed: int, shapes: Sequence[tuple[int, int]]) -> list[NDArray[np.float32]]:
    """The initial kernels: Glorot uniform, as ``tf.random.set_seed(seed)`` makes Keras draw them.

    Args:
        seed: any integer.
        shapes: (inputs, units) of each kernel, in the order in which the layers are built.

    Returns:
        One float32 array of each shape. Biases start at 0 and use no random number.

    Example:
        >>> kernels(1234, [(2, 2)])[0].tolist()[0]
        [0.0931769609451294, -0.3316152095794678]
    """
    return [each[..., 0] for each in kernels_of([seed], shapes)]


def kernels_of(
    seeds: Sequence[int], shapes: Sequence[tuple[int, int]]
) -> list[NDArray[np.float32]]:
    """The initial kernels of many networks, each as ``kernels`` draws them from its seed.

    Args:
        seeds: any integers, one for each network.
        shapes: as for ``kernels``.

    Returns:
        One float32 array for each shape, (inputs, units, networks).
    """
    draw = random.Random()  # noqa: S311 - reproducibility is the purpose here, not secrecy
    # Random's own seed() looks at what it is given, for as long as it takes to use it.
    begin, word_of = super(random.Random, draw).seed, draw.getrandbits
    drawn = []
    for seed in seeds:
        begin(seed)
        for _ in shapes:
            # What randint(0, 2^31 - 1) does, without its way there: words until one is in range.
            while (word := word_of(32)) > _M:
                pass
            drawn.append(word % _M)
    second = np.array(drawn, np.uint64).reshape(len(seeds), len(shapes)).T
    first = np.array([seed % _M for seed in seeds], np.uint64)
    pairs = np.stack(np.broadcast_arrays(first, second), axis=1)  # (shapes, 2, networks)
    pairs[:, 1][~pairs.any(axis=1)] = _M  # as in _pair
    return [_glorot_uniform(own, shape) for own, shape in zip(pairs, shapes, strict=True)]


def orders(seed: int, n: int, epochs: int, *, start: int = 0) -> NDArray[np.int32]:
    """The order of the samples in each epoch.

    Args:
        seed: any integer.
        n: number of training samples, at least 1.
        epochs: number of epochs to draw.
        start: the first epoch to draw, counted from 0; a run's later epochs can be drawn alone.

    Returns:
        Shape (epochs, n): each row a permutation of 0..n-1. Batches are consecutive slices.

    Example:
        >>> orders(1234, 10, 2).tolist()
        [[2, 4, 9, 5, 0, 6, 1, 7, 8, 3], [6, 3, 9, 0, 2, 1, 7, 8, 4, 5]]
    """
    pair = _pair(seed, 0)
    together = max(1, _POSITIONS_AT_ONCE // n)
    rows = np.empty((epochs, n), np.int32)
    for first in range(0, epochs, together):
        count = min(together, epochs - first)
        rows[first : first + count] = _shuffles(pair, n, start + first, count)
    return rows


def _shuffles(pair: tuple[int, int], n: int, start: int, epochs: int) -> NDArray[np.int64]:
    """Fisher-Yates shuffles of 0..n-1, one a row, from the words that belong to each epoch."""
    blocks = (n - 1 + 3) // 4  # an epoch's share of the stream; its left-over words are dropped
    drawn = _philox(np.array(pair, np.uint64)[:, None], start * blocks, epochs * blocks)
    words = drawn.reshape(epochs, 4 * blocks)
    partners = np.full((epochs, n), n - 1, np.int64)  # the last position has only itself
    steps = np.arange(n - 1, dtype=np.uint32)
    partners[:, :-1] = words[:, : n - 1] % (np.uint32(n) - steps) + steps
    return _swap_in_turn(partners) if epochs >= _MANY_EPOCHS else _apply_swaps(partners)


def _swap_in_turn(partners: NDArray[np.int64]) -> NDArray[np.int64]:
    """The same as ``_apply_swaps``: one position after the other, for all rows at once.

    Four times as fast where there are many rows of few positions, as in the lab.
    """
    rows, n = partners.shape
    order = np.repeat(np.arange(n), rows)  # all rows' position 0, then all rows' position 1, ...
    places = np.ascontiguousarray((partners * rows + np.arange(rows)[:, None]).T)
    for i, place in enumerate(places[:-1]):
        here = order[i * rows : (i + 1) * rows]
        there = order[place]
        order[place] = here
        here[:] = there
    return order.reshape(n, rows).T


def _apply_swaps(partners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Swap position i with ``partners[:, i] >= i`` for i = 0, 1, ..., all at once.

    A sequential loop over a million positions takes most of a second. But what stands at position x
    when step i reads it was put there by the last earlier step k whose partner was x, which put
    there what had stood at position k; so each value is found by following such links back to a
    position that no step had written to. The links of all positions are followed together, each
    round going twice as far.

    Args:
        partners: shape (rows, n).

    Returns:
        Shape (rows, n): each row 0..n-1 after its swaps.
    """
    rows, n = partners.shape
    offset = np.arange(rows)[:, None] * n
    here = np.arange(rows * n)
    # Sorting (partner, step) lists for every position the steps that wrote to it, in order.
    keys = partners * n + np.arange(n)
    if n * n < 2**31:
        keys = keys.astype(np.int32)  # sorts twice as fast
    keys.sort(axis=1)
    position, step = np.divmod(keys, n)
    again = position[:, 1:] == position[:, :-1]
    position, step = position + offset, step + offset
    writer_before = np.full(rows * n, -1)  # the step before this one that wrote to the same place
    writer_before[step[:, 1:][again]] = step[:, :-1][again]
    last_writer = np.full(rows * n, -1)
    last_writer[position.ravel()] = step.ravel()  # steps ascend, and the last assignment stays
    # Step i itself may be the last to "write" to position i: what it finds there is older.
    link = np.where(last_writer == here, writer_before, last_writer)
    origin = np.where(link < 0, here, link)
    while not np.array_equal(further := origin[origin], origin):
        origin = further
    partner = (partners + offset).ravel()
    taken = np.where(writer_before < 0, partner, origin[writer_before])
    result = np.where(partner == here, origin, taken)
    return np.asarray(result.reshape(rows, n) - offset)


def _glorot_uniform(pairs: NDArray[np.uint64], shape: tuple[int, int]) -> NDArray[np.float32]:
    """Glorot and Bengio (2010): uniform in ±sqrt(6 / (inputs + units)), rounded as TensorFlow.

    Args:
        pairs: a pair of seeds for each network, shape (2, networks).
        shape: (inputs, units).
    """
    size, networks = shape[0] * shape[1], pairs.shape[1]
    words = _philox(pairs, 0, -(-size // 4))  # (blocks, networks, 4)
    words = words.swapaxes(1, 2).reshape(-1, networks)[:size]
    # 23 random bits under the exponent of 1.0 make a number in [1, 2).
    unit = ((words & np.uint32(0x7FFFFF)) | np.uint32(0x3F800000)).view(np.float32) - np.float32(1)
    limit = math.sqrt(6 / (shape[0] + shape[1]))
    low, high = np.float32(-limit), np.float32(limit)
    return (unit * (high - low) + low).reshape(*shape, networks)


def _pair(seed: int, operation: int) -> tuple[int, int]:
    pair = (seed % _M, operation % _M)
    return pair if any(pair) else (0, _M)


def _philox(pairs: NDArray[np.uint64], first: int, count: int) -> NDArray[np.uint32]:
    """Blocks ``first`` to ``first + count`` of the streams of seed pairs.

    Args:
        pairs: shape (2, streams).
        first: the first block.
        count: how many blocks.

    Returns:
        Shape (count, streams, 4).
    """
    block = np.arange(first, first + count, dtype=np.uint64)[:, None]
    k0, k1 = pairs[0] & _WORD, pairs[0] >> _HALF
    c0, c1 = block & _WORD, block >> _HALF
    c2, c3 = pairs[1] & _WORD, pairs[1] >> _HALF
    for _ in range(10):
        p0, p1 = c0 * _MULTIPLIERS[0], c2 * _MULTIPLIERS[1]
        c0, c1, c2, c3 = (
            (p1 >> _HALF) ^ c1 ^ k0,
            p1 & _WORD,
            (p0 >> _HALF) ^ c3 ^ k1,
            p0 & _WORD,
        )
        k0, k1 = (k0 + _KEY_STEPS[0]) & _WORD, (k1 + _KEY_STEPS[1]) & _WORD
    return np.stack(np.broadcast_arrays(c0, c1, c2, c3), axis=-1).astype(np.uint32)
