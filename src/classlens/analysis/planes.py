"""Planes: a window on two inputs, and what a network computes over it, sampled on a grid.

Pictures take what they show from here. The grid is the one place where something is approximate:
between two of its points the values are taken as linear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.errors import ArgumentError, DataError
from classlens.kinds import Whole
from classlens.network import Array, LayerValues, Network, class_names

Interval = tuple[float, float]
Indices = NDArray[np.int64]
Coordinates = NDArray[np.float64]

# The share of the data's range that a window adds on each side.
MARGIN = 0.1

# How many numbers one evaluation may hold at once: 32 MB in float64.
_BUDGET = 4_000_000


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
                f"window must be ((x0_min, x0_max), (x1_min, x1_max)). Got {window!r} instead."
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
    except (TypeError, ValueError):
        raise ArgumentError(
            f"{name} must be two numbers, the lower one first. Got {given!r} instead."
        ) from None
    if not (low < high and np.isfinite(high - low)):
        raise ArgumentError(
            f"{name} must be two finite numbers, the lower one first. Got {(low, high)} instead."
        )
    return low, high


def _widened(values: Coordinates, margin: float) -> Interval:
    low, high = float(values.min()), float(values.max())
    # Around a single value: a width that float32 can still divide into a grid.
    extra = margin * (high - low) if high > low else max(0.5, 0.1 * abs(low))
    return low - extra, high + extra


@dataclass(frozen=True, eq=False)
class Regions:
    """Which class wins where in a window, and where two classes tie.

    Attributes:
        window: the rectangle.
        winner: the class of each grid point, shape (rows, columns); row 0 is the lowest x1. The
            grid's outer points lie on the window's rim.
        confidence: the winner's softmax, shape (rows, columns), from 1 / classes to 1.
        boundary: line segments on which two classes tie for the largest logit, shape
            (segments, 2 ends, 2 coordinates). They meet in a point where three classes meet.
        pairs: the two classes of each segment, the lower index first, shape (segments, 2).
    """

    window: Window
    winner: Indices
    confidence: Array
    boundary: Coordinates
    pairs: Indices


@dataclass(frozen=True, eq=False)
class LayerPlane:
    """What the units of one layer compute over a window.

    Attributes:
        window: the rectangle.
        activation: each unit's value, shape (rows, columns, units); row 0 is the lowest x1.
        creases: for each unit, the segments on which its pre-activation passes from at most 0 to
            above 0, shape (segments, 2 ends, 2 coordinates); none for an activation without a kink.
            A unit that is exactly 0 over a whole area is off there and has no crease inside it.
    """

    window: Window
    activation: Array
    creases: tuple[Coordinates, ...]


def sample_regions(network: Network, window: Window, *, resolution: int) -> Regions:
    """Evaluate a network with two inputs over a window.

    Args:
        network: the network.
        window: the rectangle.
        resolution: grid points along each side, at least 2.

    Raises:
        ArgumentError: if the network does not have two inputs, or the resolution is too low.
        DataError: if its values overflow in the window.
    """
    resolution = Whole(2).check("resolution", resolution)
    points = _grid(network, window, resolution)
    winner, confidence = _winners(network, window, points)
    triangles = _triangles(resolution)
    corners = winner[triangles]
    mixed = triangles[(corners != corners[:, :1]).any(axis=1)]
    # Only the corners of triangles in which the class changes are needed again, with all logits.
    needed, renamed = np.unique(mixed, return_inverse=True)
    logits = _values_in(network, window, points[needed]).activation
    boundary, pairs = _ties(points[needed], renamed.reshape(mixed.shape), logits)
    shape = (resolution, resolution)
    return Regions(window, winner.reshape(shape), confidence.reshape(shape), boundary, pairs)


def sample_layer(network: Network, window: Window, *, layer: str, resolution: int) -> LayerPlane:
    """Evaluate one layer of a network with two inputs over a window.

    Args:
        network: the network.
        window: the rectangle.
        layer: the layer's name.
        resolution: grid points along each side, at least 2.

    Raises:
        ArgumentError: if the network does not have two inputs, no layer has the name, or the
            resolution is too low.
        DataError: if a value overflows in the window.
    """
    resolution = Whole(2).check("resolution", resolution)
    points = _grid(network, window, resolution)
    z, a = _values_in(up_to(network, layer), window, points)
    triangles = _triangles(resolution)
    slopes = network.get_layer(layer).activation.slopes
    kinked = slopes is not None and slopes[0] != slopes[1]
    off_or_on = np.zeros((len(points), 2), z.dtype)  # 0 against z: at a tie, 0 comes first, "off"
    creases = []
    for unit in range(z.shape[1]):
        off_or_on[:, 1] = z[:, unit] if kinked else 0
        creases.append(_ties(points, triangles, off_or_on)[0])
    return LayerPlane(window, a.reshape(resolution, resolution, -1), tuple(creases))


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


def _grid(network: Network, window: Window, resolution: int) -> Coordinates:
    """The grid's points, row by row from the lowest x1: shape (resolution ** 2, 2)."""
    if network.inputs != 2:
        raise ArgumentError(
            "the network must have 2 inputs to be drawn over the plane (more are not drawn yet). "
            f"Got {network.inputs} instead."
        )
    most = float(np.finfo(network.dtype).max)
    if max(map(abs, window.x0 + window.x1)) > most:
        raise ArgumentError(
            f"window must lie within {-most:.3g} to {most:.3g}, the range of the network's "
            f"{network.dtype}. Got {(window.x0, window.x1)} instead."
        )
    x0, x1 = np.meshgrid(np.linspace(*window.x0, resolution), np.linspace(*window.x1, resolution))
    return np.stack([x0.ravel(), x1.ravel()], axis=1)


def _values_in(network: Network, window: Window, points: Coordinates) -> LayerValues:
    """The last layer's values at points of a window."""
    try:
        return values_at(network, points)
    except DataError:
        raise DataError(
            f"the network's values must be finite. Got an overflow of {network.dtype} in the "
            f"window {(window.x0, window.x1)}; choose one nearer to the data."
        ) from None


def _triangles(resolution: int) -> Indices:
    """Each cell of the grid cut into two triangles: indices of points, shape (triangles, 3)."""
    index = np.arange(resolution**2, dtype=np.int64).reshape(resolution, resolution)
    a, b = index[:-1, :-1].ravel(), index[:-1, 1:].ravel()  # the cell's lower corners
    d, c = index[1:, :-1].ravel(), index[1:, 1:].ravel()  # and its upper ones
    return np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])


def _winners(network: Network, window: Window, points: Coordinates) -> tuple[Indices, Array]:
    """The class and its softmax at each point, without ever holding all logits of all points."""
    step, winners, shares = max(1, _BUDGET // network.layers[-1].units), [], []
    for start in range(0, len(points), step):
        logits = _values_in(network, window, points[start : start + step]).activation
        winner = logits.argmax(axis=1)
        lead = logits - np.take_along_axis(logits, winner[:, None], axis=1)  # at most 0
        winners.append(winner)
        shares.append(1 / np.exp(lead).sum(axis=1))
    return np.concatenate(winners), np.concatenate(shares)


def _ties(points: Coordinates, triangles: Indices, values: Array) -> tuple[Coordinates, Indices]:
    """Where the largest of several values changes hands, each linear in every triangle.

    An edge whose ends have different winners is cut where the two tie. A triangle with two winners
    holds the segment between its two cuts; one with three winners holds three segments that meet
    in the point where all three tie. Neighbours share their cuts, so the lines are closed and have
    no spurs.

    Args:
        points: shape (points, 2).
        triangles: indices of points, shape (triangles, 3).
        values: shape (points, candidates).

    Returns:
        The segments, shape (segments, 2, 2), and their pairs of candidates, shape (segments, 2).
    """
    labels = values.argmax(axis=1)[triangles]
    mixed = (labels != labels[:, :1]).any(axis=1)
    triangles, labels = triangles[mixed], labels[mixed]  # (m, 3)
    following = np.roll(labels, -1, axis=1)  # edge e runs from corner e to corner e + 1
    p, q = points[triangles], points[np.roll(triangles, -1, axis=1)]  # (m, 3, 2)
    lead_p = _lead(values, triangles, labels, following)  # at least 0
    lead_q = _lead(values, np.roll(triangles, -1, axis=1), labels, following)  # at most 0
    cut = labels != following
    share = np.where(cut, lead_p / np.where(cut, lead_p - lead_q, 1.0), 0.0)
    cuts = p + share[:, :, None] * (q - p)  # (m, 3, 2)

    two = cut.sum(axis=1) == 2
    whole = np.argmin(cut[two], axis=1)  # the edge that is not cut
    rows = np.flatnonzero(two)
    ends = [np.stack([cuts[rows, (whole + 1) % 3], cuts[rows, (whole + 2) % 3]], axis=1)]
    pairs = [np.stack([labels[rows, whole], labels[rows, (whole + 2) % 3]], axis=1)]

    three = ~two
    centre = _meeting_points(points[triangles[three]], cuts[three], values, triangles[three])
    for edge in range(3):
        ends.append(np.stack([cuts[three, edge], centre], axis=1))
        pairs.append(np.stack([labels[three, edge], following[three, edge]], axis=1))
    segments, owners = np.concatenate(ends), np.sort(np.concatenate(pairs), axis=1)
    long = (segments[:, 0] != segments[:, 1]).any(axis=1)
    return segments[long], owners[long].astype(np.int64)


def _lead(values: Array, corners: Indices, first: Indices, second: Indices) -> Coordinates:
    """By how much one candidate's value is above another's, for each corner of each triangle."""
    ahead = values[corners, first].astype(np.float64)
    return np.asarray(ahead - values[corners, second])


def _meeting_points(
    corners: Coordinates, cuts: Coordinates, values: Array, triangles: Indices
) -> Coordinates:
    """The point of each triangle where the winners of its three corners tie, shape (m, 2).

    In barycentric weights w, "candidates a and b tie" is a linear equation n . w = 0, so w is the
    cross product of two such n. If that point lies outside the triangle, because the winner of one
    corner passes between the other two, the middle of the three cuts takes its place.
    """
    labels = values.argmax(axis=1)[triangles]  # (m, 3 candidates)
    each = values[triangles[:, :, None], labels[:, None, :]].astype(np.float64)
    ties = each[:, :, :2] - each[:, :, 1:]  # (m, 3 corners, 2 ties)
    weights = np.cross(ties[:, :, 0], ties[:, :, 1])  # (m, 3)
    total = weights.sum(axis=1, keepdims=True)
    weights = weights / np.where(total == 0, 1.0, total)
    inside = (total[:, 0] != 0) & (weights >= 0).all(axis=1)
    exact = np.einsum("mc,mcd->md", weights, corners)
    return np.asarray(np.where(inside[:, None], exact, cuts.mean(axis=1)))
