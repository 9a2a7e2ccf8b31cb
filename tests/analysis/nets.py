"""Random networks for tests, most of them of a kind that is difficult for geometry."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.slices import Slice
from classlens.network import Network

Floats = NDArray[np.float64]
Weights = tuple[Floats, Floats]
Window = tuple[tuple[float, float], tuple[float, float]]
Random = np.random.Generator


def generic(random: Random, inputs: int, units: int) -> Weights:
    kernel = random.normal(size=(inputs, units)) * np.sqrt(2 / inputs)
    return kernel, 0.5 * random.normal(size=units)


def no_bias(random: Random, inputs: int, units: int) -> Weights:
    """All creases of the first layer, and some of the later ones, meet in one point."""
    return random.normal(size=(inputs, units)), np.zeros(units)


def lattice(steps: int, divisor: float) -> Callable[[Random, int, int], Weights]:
    """Many concurrent, parallel and coincident creases; exact if the divisor is a power of 2."""

    def weights(random: Random, inputs: int, units: int) -> Weights:
        kernel = random.integers(-steps, steps + 1, size=(inputs, units)) / divisor
        return kernel, random.integers(-steps, steps + 1, size=units) / divisor

    return weights


def repeated(random: Random, inputs: int, units: int) -> Weights:
    """Duplicate, opposite, scaled, zero, dead and always-on units, and creases on the rim."""
    kernel, bias = generic(random, inputs, units)
    for unit in range(units):
        kind, other = random.integers(10), random.integers(units)
        if kind < 4:
            factor = [1.0, -1.0, 3.0, 10.0 ** random.uniform(-3, 3)][kind]
            kernel[:, unit], bias[unit] = factor * kernel[:, other], factor * bias[other]
        elif kind == 4:
            kernel[:, unit], bias[unit] = 0, random.choice([0, 1, -1])
        elif kind < 7:
            bias[unit] = random.choice([9, -9])
        elif kind == 7:
            bias[unit] = random.choice([1, -1]) * kernel[0, unit]
            kernel[1:, unit] = 0
    return kernel, bias


def scaled_units(random: Random, inputs: int, units: int) -> Weights:
    kernel, bias = generic(random, inputs, units)
    scale = 10 ** random.uniform(-8, 8, size=units)
    return kernel * scale, bias * scale


def scaled_layers(random: Random, inputs: int, units: int) -> Weights:
    kernel, bias = generic(random, inputs, units)
    scale = 10 ** random.uniform(-8, 8)
    return kernel * scale, bias * scale


def all_sizes(random: Random, inputs: int, units: int) -> Weights:
    kernel, bias = generic(random, inputs, units)
    kernel = np.sign(kernel) * 10 ** random.uniform(-8, 8, size=kernel.shape)
    return kernel, np.sign(bias) * 10 ** random.uniform(-8, 8, size=units)


KINDS: dict[str, Callable[[Random, int, int], Weights]] = {
    "generic": generic,
    "no_bias": no_bias,
    "lattice_1": lattice(1, 1),
    "lattice_2": lattice(2, 1),
    "lattice_9": lattice(9, 1),
    "eighths": lattice(8, 8),
    "thirds": lattice(3, 3),
    "tenths": lattice(10, 10),
    "repeated": repeated,
    "scaled_units": scaled_units,
    "scaled_layers": scaled_layers,
    "all_sizes": all_sizes,
}

ACTIVATIONS = ["relu", "relu", "relu", "leaky_relu(0.25)", "leaky_relu(0.1)", "linear"]


def small(kind: str, seed: int) -> Network:
    """A network of one to three small hidden layers."""
    random = np.random.default_rng([seed, list(KINDS).index(kind)])
    depth = int(random.integers(1, 4))
    hidden = random.integers(1, [13, 8, 6][depth - 1], size=depth).tolist()
    sizes = [2, *hidden, int(random.integers(2, 5))]
    layers = [KINDS[kind](random, *pair) for pair in itertools.pairwise(sizes)]
    if random.random() < 0.2:  # classes that tie everywhere
        kernel, bias = layers[-1]
        kernel[:, -1], bias[-1] = kernel[:, 0], bias[0]
    activations = [str(random.choice(ACTIVATIONS)) for _ in hidden]
    return Network.from_arrays(
        [kernel for kernel, _ in layers],
        [bias for _, bias in layers],
        activations=[*activations, "relu" if random.random() < 0.1 else "linear"],
    )


# How far the window's corner is from the origin, and how long its sides are.
PLACES = [
    ((-1.0, -1.0), (2.0, 2.0)),
    ((-1e-6, 2e-7), (2e-6, 2e-6)),
    ((-1e6, -1e6), (2e6, 2.5e6)),
    ((-1.0, -1e-6), (2.0, 2e-6)),
    ((1000.0, -2000.0), (1.0, 1.0)),
]


def odd(kind: str, seed: int) -> tuple[Network, Window, Slice | None]:
    """A network of any number of inputs, layers and classes, with a window of any size and place.

    Its creases cross the window: biases are as large as the window is wide.
    """
    random = np.random.default_rng([seed, list(KINDS).index(kind), 1])
    inputs, depth = int(random.choice([2, 2, 3, 8])), int(random.integers(3))
    hidden = random.integers(1, [1, 12, 7][depth], size=depth).tolist()
    sizes = [inputs, *hidden, int(random.integers(1, 13))]
    layers = [KINDS[kind](random, *pair) for pair in itertools.pairwise(sizes)]
    corner, sides = PLACES[int(random.integers(len(PLACES)))]
    x0, x1 = ((low, low + side) for low, side in zip(corner, sides, strict=True))
    scale = min(sides) / 2
    layers = [(kernel, bias * scale) for kernel, bias in layers]
    plane = Slice(*random.normal(size=(3, inputs))) if inputs > 2 else None
    middle = np.mean([x0, x1], axis=1)
    at = middle if plane is None else plane.lift(middle[None])[0]
    layers[0] = (layers[0][0], layers[0][1] - at @ layers[0][0])
    dtype = np.float32 if random.random() < 0.3 else np.float64
    last = str(random.choice(["linear", "linear", "relu", "leaky_relu(0.1)"]))
    network = Network.from_arrays(
        [kernel.astype(dtype) for kernel, _ in layers],
        [bias.astype(dtype) for _, bias in layers],
        activations=[*(str(random.choice(ACTIVATIONS)) for _ in hidden), last],
    )
    return network, (x0, x1), plane


def wide(hidden: list[int], *, seed: int = 0, classes: int = 4, inputs: int = 2) -> Network:
    """A network with He's initial kernels and some biases."""
    random = np.random.default_rng(seed)
    layers = [generic(random, *pair) for pair in itertools.pairwise([inputs, *hidden, classes])]
    return Network.from_arrays([kernel for kernel, _ in layers], [bias for _, bias in layers])


def bent(activation: str, hidden: list[int], *, seed: int = 3, inputs: int = 2) -> Network:
    """A network with curved activations, with kernels large enough to see them bend."""
    layers = wide(hidden, seed=seed, inputs=inputs).layers
    return Network.from_arrays(
        [2 * layer.kernel for layer in layers],
        [layer.bias for layer in layers],
        activations=[activation] * len(hidden) + ["linear"],
    )
