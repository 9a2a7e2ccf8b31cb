"""Layer: a dense layer's frozen arrays with their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classlens.activations import Activation
from classlens.arrays import finite_weights
from classlens.errors import ArgumentError, listed, short

Array = NDArray[np.floating[Any]]


class LayerValues(NamedTuple):
    """What one layer computes for a batch of samples.

    Attributes:
        pre_activation: z = a_previous @ kernel + bias, shape (samples, units).
        activation: the activation function of z, shape (samples, units).
    """

    pre_activation: Array
    activation: Array


@dataclass(frozen=True, eq=False, repr=False)
class Layer:
    """A dense layer.

    Attributes:
        name: how it is called in pictures and words, such as ``"L1"``.
        kernel: weights, shape (inputs, units).
        bias: shape (units,).
        activation: the function applied to every unit.

    The arrays are copied and cannot be written to. A kernel of float32 or float64 is kept, other
    real numbers become float64; the bias takes the kernel's dtype.

    Raises:
        ArgumentError: if the shapes do not fit, or a number is not finite.
    """

    name: str
    kernel: Array
    bias: Array
    activation: Activation

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise ArgumentError(f"a layer's name must be a word. Got {short(self.name)} instead.")
        who = f"layer {listed([self.name])}"
        kernel = finite_weights(self.kernel, f"{who}'s kernel")
        bias = finite_weights(self.bias, f"{who}'s bias", kernel.dtype)
        if kernel.ndim != 2 or 0 in kernel.shape:
            raise ArgumentError(
                f"{who}'s kernel must have the shape (inputs, units), neither of them 0. "
                f"Got {kernel.shape} instead."
            )
        if bias.shape != kernel.shape[1:]:
            raise ArgumentError(
                f"{who}'s bias must have the shape {kernel.shape[1:]}, one number for each of its "
                f"kernel's columns. Got {bias.shape} instead."
            )
        for array in (kernel, bias):
            array.setflags(write=False)
        object.__setattr__(self, "kernel", kernel)
        object.__setattr__(self, "bias", bias)
        object.__setattr__(self, "activation", Activation.parse(self.activation))

    def __repr__(self) -> str:
        return f"Layer({self.name}: {self.inputs} inputs, {self.units} {self.activation} units)"

    @property
    def inputs(self) -> int:
        """How many numbers it takes."""
        return int(self.kernel.shape[0])

    @property
    def units(self) -> int:
        """How many numbers it gives."""
        return int(self.kernel.shape[1])

    def get_weights(self) -> list[Array]:
        """The kernel and the bias, as Keras hands them out: ``W, b = layer.get_weights()``."""
        return [self.kernel.copy(), self.bias.copy()]


def check_fit(layers: Sequence[Layer]) -> None:
    """See that each layer takes what the one before it gives, in numbers of one kind.

    Raises:
        ArgumentError: if not.
    """
    for before, after in pairwise(layers):
        if before.units != after.inputs:
            raise ArgumentError(
                f"layer {after.name}'s kernel must have {before.units} rows, one for each unit "
                f"of layer {before.name}. Got {after.inputs} instead."
            )
    if len({layer.kernel.dtype for layer in layers}) > 1:
        raise ArgumentError(
            "all layers must have one dtype. Got "
            + listed([f"{layer.name} {layer.kernel.dtype}" for layer in layers])
            + ". Convert the arrays to float32 or to float64 first."
        )
