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

# The rounding of float64, to which sums in twice its precision have been computed.
_UNIT = 2.0**-53


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

    Its logits may be less than the network's by a number that is the same for all classes.

    Args:
        network: with two inputs, or with any number and a slice through them.
        slice: the plane on which the window lies.
    """
    steps: list[Step] = []
    slopes = _UNBENT
    for layer in network.layers:
        kernel, bias = layer.kernel.astype(np.float64), layer.bias.astype(np.float64)
        if layer is network.layers[-1] and slopes_of(layer.activation) == _UNBENT:
            kernel, bias = _without_common_part(kernel), _without_common_part(bias)
        kernel_sums, bias_sums = np.abs(kernel), np.abs(bias)
        if slice is not None and not steps:
            directions = np.stack((slice.u, slice.v))
            with np.errstate(over="ignore", invalid="ignore"):  # the sums tell of an overflow
                terms = np.abs(slice.origin) @ kernel_sums + bias_sums
                kernel_sums = np.abs(directions) @ kernel_sums
                bias = _accurate(slice.origin, kernel, bias)
                kernel = directions @ kernel
            bias_sums = np.abs(bias) + _UNIT * terms
        steps.append(Step(slopes, kernel, bias, kernel_sums, bias_sums))
        slopes = slopes_of(layer.activation)
    return Chain(tuple(steps), slopes)


def _accurate(origin: Floats, kernel: Floats, bias: Floats) -> Floats:
    """``origin @ kernel + bias`` as if computed in twice the precision.

    A slice may lie far from where all inputs are 0, beside the size of the window on it; then large
    products must make up a small bias. The algorithm is Dot2 of Ogita, Rump and Oishi, "Accurate
    sum and dot product" (2005).
    """
    total, lost = bias, np.zeros_like(bias)
    for factor, row in zip(origin, kernel, strict=True):
        product = factor * row
        (high, low), (row_high, row_low) = _halves(factor), _halves(row)
        lost += low * row_low - (((product - high * row_high) - low * row_high) - high * row_low)
        before, total = total, total + product
        gained = total - before
        lost += (before - (total - gained)) + (product - gained)
    return np.asarray(total + lost)


def _halves(numbers: Floats) -> tuple[Floats, Floats]:
    """Two numbers of half the digits each, whose sum this is."""
    scaled = numbers * (2.0**27 + 1)
    high = scaled - (scaled - numbers)
    return high, numbers - high


def _without_common_part(weights: Floats) -> Floats:
    """Weights into the classes, less a number for all classes, where that takes no rounding.

    Which class is ahead depends on differences between logits alone, and these are known the better
    the less the logits have in common.
    """
    least, most = weights.min(axis=-1, keepdims=True), weights.max(axis=-1, keepdims=True)
    common = np.where(least > 0, least, np.where(most < 0, most, 0))
    # A difference of two floats is exact if neither is more than twice the other.
    alike = np.maximum(np.abs(least), np.abs(most)) <= 2 * np.abs(common)
    return np.asarray(weights - np.where(alike, common, 0))


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
