"""A network with linear pieces as a chain of affine steps from a window's coordinates to logits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classlens.activations import Activation
from classlens.analysis.slices import Slice
from classlens.analysis.walk import Floats
from classlens.errors import ArgumentError
from classlens.network import Network

Slopes = tuple[float, float]

_UNBENT: Slopes = (1.0, 1.0)


@dataclass(frozen=True, eq=False)
class Step:
    """What leads from one layer's pre-activations to the next layer's.

    Attributes:
        slopes: those of the activation between them, left and right of 0.
        kernel: shape (inputs, units), float64.
        bias: shape (units,), float64.
        kernel_sums: for each weight the sum of the absolute values of what was added up to it.
        bias_sums: the same for the bias.
    """

    slopes: Slopes
    kernel: Floats
    bias: Floats
    kernel_sums: Floats
    bias_sums: Floats

    def take(self, values: Floats, sums: Floats | None) -> tuple[Floats, Floats | None]:
        """The next pre-activations, row by row, and the sums of absolute values behind them."""
        active, active_sums = activate(values, sums, self.slopes)
        following = active @ self.kernel
        following += self.bias
        if active_sums is None:
            return following, None
        following_sums = active_sums @ self.kernel_sums
        following_sums += self.bias_sums
        return following, following_sums


@dataclass(frozen=True, eq=False)
class Chain:
    """The steps, and the slopes of the last activation, which gives the logits.

    Attributes:
        steps: one for each layer.
        last: the slopes of the last layer's activation.
    """

    steps: tuple[Step, ...]
    last: Slopes

    @property
    def folds(self) -> tuple[Slopes, ...]:
        """The slopes of each layer's activation."""
        return (*(step.slopes for step in self.steps[1:]), self.last)


def unroll(network: Network, slice: Slice | None) -> Chain:  # noqa: A002
    """The chain of a network whose activations all have linear pieces.

    Args:
        network: with two inputs, or with any number and a slice through them.
        slice: the plane on which the window lies.
    """
    steps: list[Step] = []
    slopes = _UNBENT
    for layer in network.layers:
        kernel, bias = layer.kernel.astype(np.float64), layer.bias.astype(np.float64)
        kernel_sums, bias_sums = np.abs(kernel), np.abs(bias)
        if slice is not None and not steps:
            directions = np.stack((slice.u, slice.v))
            bias_sums = np.abs(slice.origin) @ kernel_sums + bias_sums
            kernel_sums = np.abs(directions) @ kernel_sums
            bias = slice.origin @ kernel + bias
            kernel = directions @ kernel
        steps.append(Step(slopes, kernel, bias, kernel_sums, bias_sums))
        slopes = slopes_of(layer.activation)
    return Chain(tuple(steps), slopes)


def slopes_of(activation: Activation) -> Slopes:
    """The slopes of an activation left and right of 0.

    Raises:
        ArgumentError: if it is curved.
    """
    slopes = activation.slopes
    if slopes is None:
        raise ArgumentError(f"activation must have linear pieces. Got {activation} instead.")
    return slopes


def activate(values: Floats, sums: Floats | None, slopes: Slopes) -> tuple[Floats, Floats | None]:
    """The activations of pre-activations, and the sums of absolute values behind them.

    At a kink the sum is 0: an activation is 0 there without any doubt.
    """
    off, on = slopes
    if off == on == 1:
        return values, sums
    if off == 0 and on == 1:
        active = np.maximum(values, 0)
    else:
        active = values * np.where(values > 0, on, off)
    if sums is None:
        return active, None
    at_kink = abs(on) if off == on else 0
    return active, sums * np.where(values > 0, abs(on), np.where(values < 0, abs(off), at_kink))
