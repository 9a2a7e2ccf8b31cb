"""Bounds on what a network can do within a rectangle, from a point and slopes around it.

Within a rectangle around a point, a pre-activation differs from what it is at the point by no more
than the largest slope along each axis times the rectangle's extent. Going through the layers with
an interval for each slope gives these Lipschitz constants for every rectangle by itself, so that
they tighten as rectangles shrink.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from classlens.activations import Activation
from classlens.analysis.chain import slopes_of
from classlens.analysis.slices import Slice
from classlens.analysis.tolerance import LARGEST
from classlens.analysis.walk import Flags, Floats, Ints
from classlens.errors import ArgumentError
from classlens.network import Network

# The lowest and the highest slope of an activation between two pre-activations.
SlopeRange = Callable[[Activation, Floats, Floats], tuple[Floats, Floats]]

# The extreme slopes of gelu and silu, at which their second derivatives are 0 (z = -+1.414214 and
# z = -+2.399357), rounded outwards; and the largest second derivatives, at z = 0.
_GELU = (-0.12891, 1.12891, 0.79789)
_SILU = (-0.09984, 1.09984, 0.5)


def _two_pieces(activation: Activation, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    off, on = slopes_of(activation)
    at_low, at_high = (np.where(z > 0, on, off) for z in (low, high))
    return np.minimum(at_low, at_high), np.maximum(at_low, at_high)


def _bell(activation: Activation, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """A slope that falls off on both sides of 0."""
    nearest = np.clip(0, low, high)
    farthest = np.where(-low > high, low, high)
    return activation.derivative(farthest, np), activation.derivative(nearest, np)


def _elu(activation: Activation, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Rising up to 0 and 1 beyond."""
    ends = activation.derivative(low, np), activation.derivative(high, np)
    up_to_0 = activation.derivative(np.minimum(high, 0), np)
    least, most = np.minimum(*ends), np.maximum(*ends)
    return least, np.where(low < 0, np.maximum(most, up_to_0), most)


def _curved(least: float, most: float, curvature: float) -> SlopeRange:
    """A slope between two bounds that changes no faster than the largest second derivative."""

    def between(activation: Activation, low: Floats, high: Floats) -> tuple[Floats, Floats]:
        middle = (activation.derivative(low, np) + activation.derivative(high, np)) / 2
        reach = curvature * (high - low) / 2  # the nearer end is never further away than half
        return np.maximum(middle - reach, least), np.minimum(middle + reach, most)

    return between


_SLOPES: Mapping[str, SlopeRange] = MappingProxyType(
    {
        "linear": _two_pieces,
        "relu": _two_pieces,
        "leaky_relu": _two_pieces,
        "tanh": _bell,
        "sigmoid": _bell,
        "elu": _elu,
        "gelu": _curved(*_GELU),
        "silu": _curved(*_SILU),
    }
)


@dataclass(frozen=True, eq=False)
class Plane:
    """A network over the window's coordinates, in float64.

    Attributes:
        kernels: one array (inputs, units) a layer, the first one with 2 inputs.
        biases: one array (units,) a layer.
        activations: one a layer.
    """

    kernels: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    activations: tuple[Activation, ...]

    @classmethod
    def of(cls, network: Network, slice: Slice | None) -> Plane:  # noqa: A002
        """The network itself, or what it is on a slice through its inputs."""
        kernels = [layer.kernel.astype(np.float64) for layer in network.layers]
        biases = [layer.bias.astype(np.float64) for layer in network.layers]
        if slice is not None:
            biases[0] = slice.origin @ kernels[0] + biases[0]
            kernels[0] = np.stack((slice.u, slice.v)) @ kernels[0]
        activations = tuple(layer.activation for layer in network.layers)
        return cls(tuple(kernels), tuple(biases), activations)

    def logits(self, places: Floats) -> Floats:
        """The logits at points of the window, shape (points, classes).

        Raises:
            ArgumentError: if they overflow.
        """
        values = places
        with np.errstate(over="ignore", invalid="ignore"):  # reported just below
            for kernel, bias, activation in self._layers():
                values = activation(values @ kernel + bias, np)
        _refuse_overflow(values)
        return values

    def winners(self, places: Floats, extent: Floats) -> tuple[Ints, Flags]:
        """The class at the middle of rectangles, and whether it wins all over them.

        Args:
            places: the middles, shape (rectangles, 2).
            extent: half the rectangles' width and height, shape (2,).

        Returns:
            The classes, and flags, shape (rectangles,) each. A flag is set only if no other class
            can be ahead anywhere in the rectangle, nor equal with a lower index.

        Raises:
            ArgumentError: if a logit at a middle overflows.
        """
        with np.errstate(all="ignore"):  # where a bound overflows, nothing is certain
            values, slopes, spread = self._enclosed(places, extent)
            _refuse_overflow(values)
            best = values.argmax(axis=1)
            one = np.arange(len(places))
            lead = values[one, best][:, None] - values
            change = np.abs(slopes[one, :, best][..., None] - slopes)
            change += spread[one, :, best][..., None] + spread
            sure = lead - np.einsum("a,kac->kc", extent, change)
        others = np.arange(values.shape[1])
        holds = np.where(others > best[:, None], sure >= 0, sure > 0)
        holds[one, best] = True
        return best, holds.all(axis=1)

    def _enclosed(self, places: Floats, extent: Floats) -> tuple[Floats, Floats, Floats]:
        """The logits at the middle of rectangles, and what their slopes are within them.

        Returns:
            The logits, shape (rectangles, classes); the middles of the slopes along both axes, and
            how far the slopes may be from these, shape (rectangles, 2, classes) each.
        """
        values, slopes = places, np.broadcast_to(np.eye(2), (len(places), 2, 2))
        spread = np.zeros_like(slopes)
        for kernel, bias, activation in self._layers():
            values = values @ kernel + bias
            # The slopes along each axis are within the spread around the middle.
            slopes, spread = slopes @ kernel, spread @ np.abs(kernel)
            reach = np.einsum("a,kau->ku", extent, np.abs(slopes) + spread)
            low, high = _SLOPES[activation.name](activation, values - reach, values + reach)
            middle, around = ((low + high) / 2)[:, None], ((high - low) / 2)[:, None]
            spread = np.abs(slopes) * around + spread * (np.abs(middle) + around)
            slopes = slopes * middle
            values = activation(values, np)
        return values, slopes, spread

    def _layers(self) -> zip[tuple[Floats, Floats, Activation]]:
        return zip(self.kernels, self.biases, self.activations, strict=True)


def _refuse_overflow(logits: Floats) -> None:
    if not (np.abs(logits) < LARGEST).all():
        raise ArgumentError(
            f"the logits must stay below {LARGEST:g} all over the window. Got an overflow of "
            "float64. Scale the weights down, or choose a window nearer to the data."
        )
