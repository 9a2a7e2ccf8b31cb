"""The compiled kernel that trains many small networks at once, each in a lane of the processor.

A processor's vector instructions do the same to 8 or 16 numbers. Here those numbers belong to as
many networks: the weight from one unit to another is not a number but a row of lanes, one for each
network, and every network makes the same steps at the same time. The networks share the samples and
their order, so that a sample's feature is one number for all lanes.

XLA makes several loops of an update and passes whole arrays from one to the next, through memory.
For a network of eighteen parameters that is most of the time, so the update is written out here,
unit by unit, as one loop over the lanes; Numba compiles it with LLVM, which keeps what is in
between in registers. The text is made from the network's sizes and from nothing else.
"""

from __future__ import annotations

import functools
import itertools
import math
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from classlens.settings import Settings

# Networks in one pass: their parameters, and what Adam remembers of them, stay in the first cache.
LANES = 64
# Written out, a larger network takes long to compile and leaves the registers.
_MOST_PARAMETERS = 80
# The product of so many softmax denominators is a float32: their logarithm is taken once for all.
_LARGEST_LOG = 85.0

# A call of the kernel does so much, counted as epochs x samples x parameters, before it is asked
# whether to go on: a fifth of a second.
_AT_ONCE = 10_000_000

Kernel = Callable[..., None]

_COMPILING = threading.Lock()

# Sums may be contracted with products; infinities and what is no number stay what they are.
_OPTIONS: Mapping[str, Any] = MappingProxyType(
    {"error_model": "numpy", "fastmath": {"contract", "nsz"}, "nogil": True}
)


def suits(sizes: tuple[int, ...], settings: Settings) -> bool:
    """Whether the kernel trains such networks: small ones, of straight pieces, with plain Adam."""
    parameters = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
    return (
        parameters <= _MOST_PARAMETERS
        and all(each.kind.slopes is not None for each in settings.hidden_activations)
        and (settings.optimizer, settings.schedule) == ("adam", "constant")
        and not (settings.weight_decay or settings.l1 or settings.class_weight)
        and settings.patience is None
        and not settings.validation_fraction
    )


def train(
    kernels: Sequence[NDArray[np.float32]],
    rates: NDArray[np.float32],
    X: NDArray[np.float32],
    y: NDArray[np.int64],
    orders: NDArray[np.int32],
    settings: Settings,
    *,
    first_told: int,
    progress: Callable[[float], None] = lambda _: None,
) -> tuple[list[NDArray[np.float32]], NDArray[np.float32]]:
    """Train networks of one shape from their initial kernels, and biases of 0.

    Args:
        kernels: of each layer, shape (inputs, units, networks).
        rates: the learning rate of each network, shape (networks,).
        X: shape (samples, features).
        y: class indices, shape (samples,).
        orders: the order of the samples in each epoch, shape (epochs, samples).
        settings: of the networks; ``suits`` them.
        first_told: the first epoch, counted from 0, whose loss is wanted.
        progress: called several times a second with the share that is done; what it raises ends
            the training.

    Returns:
        Kernel and bias of each layer in turn, the networks last; and the mean loss of each epoch
        from ``first_told`` on, as ``History.loss`` has it, shape (epochs, networks).
    """
    networks = len(rates)
    sizes = (kernels[0].shape[0], *(kernel.shape[1] for kernel in kernels))
    slopes = tuple(
        each.kind.slopes(each.parameter or 0.0)
        for each in settings.hidden_activations
        if each.kind.slopes is not None
    )
    with _COMPILING:  # parts are trained by several threads
        run = _compiled(sizes, slopes)
    shapes = [part for a, b in itertools.pairwise(sizes) for part in ((a, b), (b,))]
    ends = np.cumsum([0, *(math.prod(shape) for shape in shapes)])
    padded = -(-networks // LANES) * LANES
    start = np.zeros((ends[-1], padded), np.float32)
    for kernel, low, high in zip(kernels, ends[::2], ends[1::2], strict=False):
        start[low:high, :networks] = kernel.reshape(-1, networks)
    lane_rates = np.zeros(padded, np.float32)
    lane_rates[:networks] = rates
    own = np.eye(sizes[-1], dtype=np.float32)[y]
    epochs, samples = orders.shape
    batches = -(-samples // settings.batch_size)
    steps = _steps(epochs * batches)
    losses = np.zeros((epochs - first_told, padded), np.float32)
    final = np.empty_like(start)
    size = min(settings.batch_size, samples)
    at_once = max(1, _AT_ONCE // (samples * len(start)))
    for low in range(0, padded, LANES):
        lanes = slice(low, low + LANES)
        rows = _zeros(4 * len(start) + 2)
        rows[: len(start)] = start[:, lanes]
        told = np.zeros((len(losses), LANES), np.float32)
        for first in range(0, epochs, at_once):
            last = min(first + at_once, epochs)
            own_steps = steps[first * batches : last * batches]
            run(
                *(rows.ravel(), X, own, orders[first:last], size, lane_rates[lanes], own_steps),
                *(first_told - first, told),
            )
            progress((low + LANES * last / epochs) / padded)
        final[:, lanes], losses[:, lanes] = rows[: len(start)], told / np.float32(samples)
    parts = [
        final[low:high, :networks].reshape(*shape, networks)
        for shape, low, high in zip(shapes, ends[:-1], ends[1:], strict=True)
    ]
    return parts, losses[:, :networks]


def _zeros(rows: int) -> NDArray[np.float32]:
    """Rows of lanes that begin on a line of the processor's cache, so that no vector is in two."""
    line = 64 // 4
    room = np.zeros(rows * LANES + line, np.float32)
    first = -(room.__array_interface__["data"][0] // 4) % line
    return room[first : first + rows * LANES].reshape(rows, LANES)


def _steps(updates: int) -> NDArray[np.float32]:
    """Adam's size of each update, as ``keras_adam`` has it: sqrt(1 - b2^t) / (1 - b1^t)."""
    t = np.arange(1, updates + 1, dtype=np.float32)
    b1, b2 = np.float32(0.9), np.float32(0.999)
    return np.asarray(np.sqrt(1 - b2**t) / (1 - b1**t), np.float32)


@functools.cache
def _compiled(sizes: tuple[int, ...], slopes: tuple[tuple[float, float], ...]) -> Kernel:
    """The kernel for networks of these sizes; Numba keeps it for the next time."""
    # Numba tells kept functions apart by their name, the place of their text, and that file's date.
    words = ["_".join(map(str, sizes)), *(f"{a!r}_{b!r}" for a, b in slopes)]
    name = "train_" + "_".join(words).translate(str.maketrans(".-+", "pmx"))
    space: dict[str, Any] = {"__name__": __name__, "np": np, "exp": _exp, "math": math}
    exec(compile(source(name, sizes, slopes), __file__, "exec"), space)  # noqa: S102 - our own text
    kernel: Kernel
    try:
        kernel = numba.njit(**_OPTIONS, cache=True)(space[name])
    except RuntimeError:  # there is no folder that it could be kept in
        kernel = numba.njit(**_OPTIONS)(space[name])
    return kernel


@numba.njit(**_OPTIONS, inline="always")
def _exp(x):  # type: ignore[no-untyped-def]
    """The exponential of a float32 of at most 0, without a branch: lanes stay together.

    x = k log 2 + r with k whole; 2^k is made of its bits, exp(r) by the polynomial of degree 5
    that is 1 at 0 and whose largest relative error for |r| <= log(2) / 2 is the least, 9e-8.
    """
    x = max(x, np.float32(-87.0))
    # Adding 1.5 x 2^23 leaves no room for a fraction: the whole number is in the lowest bits. With
    # 127 added to it they are those of the exponent.
    shifted = x * np.float32(1.44269504) + np.float32(12583039.0)
    r = x - (shifted - np.float32(12583039.0)) * np.float32(0.69314718)
    value = np.float32(0.00829031505)
    value = value * r + np.float32(0.0418979302)
    value = value * r + np.float32(0.166676357)
    value = value * r + np.float32(0.499991506)
    value = value * r + np.float32(0.999999702)
    value = value * r + np.float32(1.0)
    return value * np.int32(np.float32(shifted).view(np.int32) << np.int32(23)).view(np.float32)


def source(name: str, sizes: tuple[int, ...], slopes: tuple[tuple[float, float], ...]) -> str:
    """The kernel's text, for networks of these sizes, with these slopes left and right of 0."""
    classes = sizes[-1]
    together = max(1, int(_LARGEST_LOG / math.log(max(classes, 2))))
    parameters = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
    names = ("gradient", "mean", "square", "products")
    starts = {word: (k + 1) * parameters * LANES for k, word in enumerate(names)}
    return _TEXT.format(
        **starts,
        below=starts["products"] + LANES,
        name=name,
        lanes=LANES,
        together=together,
        sample="\n".join(f"{16 * ' '}{line}" for line in _sample(sizes)),
        lane="\n".join(f"{20 * ' '}{line}" for line in _lane(sizes, slopes, starts)),
    )


# All that changes stands in R, row after row of lanes: the parameters, their gradient, what Adam
# remembers (two rows for each parameter); the products of the softmax denominators; and how far the
# classes' own logits are below the largest. In one array, because LLVM cannot know that two arrays
# are apart, and gives up where it would have to ask too often.
_TEXT = """
def {name}(R, X, own, orders, size, rates, steps, first_told, told):
    epochs, samples = orders.shape
    step = 0
    for epoch in range(epochs):
        for begin in range(0, samples, size):
            count = min(size, samples - begin)
            share = np.float32(1) / np.float32(count)
            for i in range({gradient}, {mean}):
                R[i] = 0
            for part in range(0, count, {together}):
              for n in range({lanes}):
                R[{products} + n] = 1
                R[{below} + n] = 0
              for at in range(begin + part, begin + min(part + {together}, count)):
                row = orders[epoch, at]
{sample}
                for n in range({lanes}):
{lane}
              if epoch >= first_told:
                for n in range({lanes}):
                    loss = math.log(R[{products} + n]) + R[{below} + n]
                    told[epoch - first_told, n] += loss
            for i in range(0, {gradient}, {lanes}):
                for n in range({lanes}):
                    g = R[{gradient} + i + n]
                    m, v = R[{mean} + i + n], R[{square} + i + n]
                    m += (g - m) * (np.float32(1) - np.float32(0.9))
                    v += (g * g - v) * (np.float32(1) - np.float32(0.999))
                    R[{mean} + i + n] = m
                    R[{square} + i + n] = v
                    direction = steps[step] * m / (np.sqrt(v) + np.float32(1e-7))
                    R[i + n] -= rates[n] * direction
            step += 1
"""


def _sample(sizes: tuple[int, ...]) -> Iterator[str]:
    """What is the same for all lanes: the sample's features, and which class is its own."""
    yield from (f"x_{i} = X[row, {i}]" for i in range(sizes[0]))
    yield from (f"own_{c} = own[row, {c}]" for c in range(sizes[-1]))


def _lane(
    sizes: tuple[int, ...], slopes: tuple[tuple[float, float], ...], starts: dict[str, int]
) -> Iterator[str]:
    """One network's part: forward, the softmax, back, and what the sample adds to the gradient."""
    depth = len(sizes) - 1
    places = list(_places(sizes))
    for layer, (kernel, bias) in enumerate(places):
        before = "x" if layer == 0 else f"a{layer - 1}"
        for row in (*kernel, bias):
            yield from (f"p_{at} = R[{at * LANES} + n]" for at in row)
        for unit in range(sizes[layer + 1]):
            terms = [f"{before}_{i} * p_{row[unit]}" for i, row in enumerate(kernel)]
            # Beginning with the bias leaves nothing but products that are added on.
            yield f"z{layer}_{unit} = p_{bias[unit]} + {' + '.join(terms)}"
            if layer < depth - 1:
                yield from _activated(f"{layer}_{unit}", *slopes[layer])
    yield from _softmax(f"z{depth - 1}", sizes[-1], f"d{depth - 1}", starts["products"])
    gradient = starts["gradient"]
    for layer in reversed(range(depth)):
        kernel, bias = places[layer]
        units = range(sizes[layer + 1])
        before = "x" if layer == 0 else f"a{layer - 1}"
        yield from (f"R[{gradient + bias[j] * LANES} + n] += d{layer}_{j}" for j in units)
        for i, row in enumerate(kernel):
            yield from (
                f"R[{gradient + row[j] * LANES} + n] += {before}_{i} * d{layer}_{j}" for j in units
            )
            if layer:
                back = " + ".join(f"d{layer}_{j} * p_{row[j]}" for j in units)
                yield f"d{layer - 1}_{i} = ({back}) * s{layer - 1}_{i}"


def _activated(unit: str, left: float, right: float) -> Iterator[str]:
    """A unit's activation and slope; at 0 the slope is the left one, as TensorFlow takes it."""
    yield f"s{unit} = np.float32({right!r}) if z{unit} > 0 else np.float32({left!r})"
    yield f"a{unit} = z{unit} * s{unit}"


def _softmax(z: str, classes: int, d: str, products: int) -> Iterator[str]:
    """The gradient of the batch's mean loss by the logits, and the loss in parts."""
    yield f"top = {z}_0"
    yield from (f"top = {z}_{c} if {z}_{c} > top else top" for c in range(1, classes))
    yield from (f"e_{c} = exp({z}_{c} - top)" for c in range(classes))
    yield "total = " + " + ".join(f"e_{c}" for c in range(classes))
    yield f"R[{products} + n] *= total"
    yield (
        f"R[{products + LANES} + n] += top - ("
        + " + ".join(f"own_{c} * {z}_{c}" for c in range(classes))
        + ")"
    )
    yield "scale = share / total"
    yield from (f"{d}_{c} = e_{c} * scale - own_{c} * share" for c in range(classes))


def _places(sizes: tuple[int, ...]) -> Iterator[tuple[list[list[int]], list[int]]]:
    """Where each layer's kernel, row by row, and its bias stand among the parameters."""
    at = itertools.count()
    for inputs, units in itertools.pairwise(sizes):
        yield (
            [[next(at) for _ in range(units)] for _ in range(inputs)],
            [next(at) for _ in range(units)],
        )
