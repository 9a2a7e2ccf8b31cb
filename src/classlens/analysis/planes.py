"""Planes: a window on two inputs or on a slice, and a network's values over it, on a grid.

Pictures take their shades from here. The grid is the one place where a picture is approximate:
between two of its points the values are taken as linear.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.activations import Activation
from classlens.errors import ArgumentError, DataError, short
from classlens.kinds import Whole
from classlens.layer import Array, Layer, LayerValues
from classlens.names import class_names
from classlens.network import Network

Interval = tuple[float, float]
Coordinates = NDArray[np.float64]
Lift = Callable[[Coordinates], Coordinates]

# The share of the data's range that a window adds on each side.
MARGIN = 0.1

# How many numbers one evaluation may hold at once: 32 MB in float64.
_BUDGET = 4_000_000


# For so many panels in a picture at most, so many grid points along each side of one.
_RESOLUTIONS = ((2, 160), (12, 110), (32, 80))
_LOWEST = 64


@dataclass(frozen=True)
class Window:
    """A rectangle of the plane.

    Attributes:
        x0: the lowest and the highest value of the first coordinate, in the data's units.
        x1: the same of the second coordinate.

    Raises:
        ArgumentError: if a side is not two finite numbers, the lower one first.

    Example:
        >>> Window((0, 2), (-1, 1)).x1
        (-1.0, 1.0)
    """

    x0: Interval
    x1: Interval

    def __post_init__(self) -> None:
        object.__setattr__(self, "x0", _interval("window x0", self.x0))
        object.__setattr__(self, "x1", _interval("window x1", self.x1))

    @classmethod
    def of(cls, window: Window | Sequence[Sequence[float]]) -> Window:
        """A Window as it is, or one made of ``((x0_min, x0_max), (x1_min, x1_max))``.

        Raises:
            ArgumentError: if it is neither, or a side is wrong.
        """
        if isinstance(window, Window):
            return window
        try:
            x0, x1 = window
        except (TypeError, ValueError):
            raise ArgumentError(
                f"window must be ((x0_min, x0_max), (x1_min, x1_max)). Got {short(window)} instead."
            ) from None
        return cls(x0, x1)  # type: ignore[arg-type]

    @classmethod
    def around(cls, points: ArrayLike, *, margin: float = MARGIN) -> Window:
        """The range of points, shape (points, 2), and a margin on each side.

        A coordinate that is the same for all points gets a width all the same.

        Args:
            points: at least one, shape (points, 2).
            margin: share of the range that is added on each side.
        """
        given = np.asarray(points, dtype=np.float64)
        return cls(*(_widened(column, margin) for column in given.T))


def _interval(name: str, given: Any) -> Interval:
    try:
        low, high = (float(end) for end in given)
    except (TypeError, ValueError, OverflowError):
        raise ArgumentError(
            f"{name} must be two numbers, the lower one first. Got {short(given)} instead."
        ) from None
    if not (low < high and np.isfinite(high - low)):
        raise ArgumentError(
            f"{name} must be two finite numbers, the lower one first. Got {(low, high)} instead."
        )
    return low, high


def _widened(values: Coordinates, margin: float) -> Interval:
    low, high = float(values.min()), float(values.max())
    # Around what is a single value to float32: a width that it can still divide into a grid.
    wide = high - low > np.finfo(np.float32).tiny
    extra = margin * (high - low) if wide else max(0.5, 0.1 * abs(low))
    return low - extra, high + extra


def layer_values(
    network: Network, window: Window, *, resolution: int, lift: Lift | None = None
) -> Array:
    """What the last layer of a network computes over a window, in float64 as the geometry.

    Args:
        network: with two inputs, or as many as ``lift`` gives.
        window: the rectangle.
        resolution: grid points along each side, at least 2. The outer ones lie on the rim.
        lift: from the window's coordinates, shape (points, 2), to the inputs, such as a slice's.

    Returns:
        Shape (rows, columns, units); row 0 is the lowest x1.

    Raises:
        ArgumentError: if the resolution is too low.
        DataError: if a value overflows in the window.

    Example:
        >>> network = Network.from_arrays([[[1.0], [2.0]]], [[0.0]])
        >>> layer_values(network, Window((0, 1), (0, 1)), resolution=2)[:, :, 0].tolist()
        [[0.0, 1.0], [2.0, 3.0]]
    """
    resolution = Whole(2).check("resolution", resolution)
    x0, x1 = np.meshgrid(np.linspace(*window.x0, resolution), np.linspace(*window.x1, resolution))
    points = np.stack([x0.ravel(), x1.ravel()], axis=1)  # (resolution ** 2, 2)
    try:
        values = values_at(_in_float64(network), points if lift is None else lift(points))
    except DataError:
        raise DataError(
            "the network's values must be finite. Got an overflow of float64 in the window "
            f"{(window.x0, window.x1)}; choose one nearer to the data."
        ) from None
    return values.activation.reshape(resolution, resolution, -1)


def fitting_resolution(panels: int) -> int:
    """How many points along each side are enough for one of so many panels in a picture."""
    return next((points for most, points in _RESOLUTIONS if panels <= most), _LOWEST)


def odds(logits: Array) -> Array:
    """The logarithm of each class's odds, log(p / (1 - p)) with p its softmax.

    It is linear where the logits are and two classes matter, so that little is lost between the
    points of a grid; a softmax itself jumps there. With a single class it is infinite.

    Args:
        logits: shape (..., classes).

    Example:
        >>> odds(np.array([1.0, -1.0])).tolist()
        [2.0, -2.0]
    """
    if logits.shape[-1] == 1:
        return np.full(logits.shape, np.inf)
    best = logits.argmax(axis=-1)[..., None]
    highest = np.take_along_axis(logits, best, axis=-1)
    powers = np.exp(logits - highest)
    # The sum of the others holds a 1 for every class but the winner, whose own is taken below.
    found = logits - highest - np.log(np.maximum(powers.sum(-1, keepdims=True) - powers, 0.5))
    behind = logits.copy()
    np.put_along_axis(behind, best, -np.inf, axis=-1)
    second = behind.max(axis=-1, keepdims=True)
    rest = second + np.log(np.exp(behind - second).sum(axis=-1, keepdims=True))
    np.put_along_axis(found, best, highest - rest, axis=-1)
    return np.asarray(found)


def values_at(network: Network, X: ArrayLike) -> LayerValues:
    """The last layer's values for samples X, computed in chunks that keep the memory small.

    Returns:
        Pre-activations and activations, each of shape (samples, units).

    Raises:
        DataError: if the samples do not fit the network, or a layer overflows.
    """
    samples = np.asarray(X)
    step = max(1, _BUDGET // (2 * sum(network.sizes)))
    parts = []
    for start in range(0, max(len(samples), 1), step):
        try:
            parts.append(network.forward(samples[start : start + step])[-1])
        except DataError:
            network.forward(samples[: start + step])  # says the same with the right row
            raise
    return LayerValues(*(np.concatenate(kind) for kind in zip(*parts, strict=True)))


def up_to(network: Network, layer: str) -> Network:
    """The network that ends with the layer of that name, its units as classes."""
    end = network.layers.index(network.get_layer(layer)) + 1
    if end == len(network.layers):
        return network
    return Network(network.layers[:end], tuple(class_names(network.layers[end - 1].units)))


def after(network: Network, layer: str) -> Network:
    """The network that takes the activations of the layer of that name: all layers after it."""
    start = network.layers.index(network.get_layer(layer)) + 1
    return Network(network.layers[start:], network.classes)


def probe(network: Network, layer: str) -> Network:
    """The network up to a layer, with a single class: its geometry has creases and no boundaries.

    Example:
        >>> network = Network.from_arrays([[[1.0], [2.0]]], [[0.0]])
        >>> probe(network, "L1").sizes
        (2, 1, 1)
    """
    upper = up_to(network, layer)
    units = upper.layers[-1].units
    last = Layer(
        "".join(each.name for each in upper.layers) + " probe",  # no layer's name
        np.zeros((units, 1), upper.dtype),
        np.zeros(1, upper.dtype),
        Activation.parse("linear"),
    )
    return Network((*upper.layers, last), ("any",))


def _in_float64(network: Network) -> Network:
    if network.dtype == np.float64:
        return network
    layers = [
        Layer(
            layer.name,
            layer.kernel.astype(np.float64),
            layer.bias.astype(np.float64),
            layer.activation,
        )
        for layer in network.layers
    ]
    return Network(tuple(layers), network.classes)
