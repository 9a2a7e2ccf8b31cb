"""Random networks for tests, most of them of a kind that is difficult for geometry."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from classlens.network import Network

Floats = NDArray[np.float64]
Weights = tuple[Floats, Floats]
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


def wide(hidden: list[int], *, seed: int = 0, classes: int = 4, inputs: int = 2) -> Network:
    """A network with He's initial kernels and some biases."""
    random = np.random.default_rng(seed)
    layers = [generic(random, *pair) for pair in itertools.pairwise([inputs, *hidden, classes])]
    return Network.from_arrays([kernel for kernel, _ in layers], [bias for _, bias in layers])
