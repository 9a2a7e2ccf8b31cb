"""The smallest change of an example that changes the prediction."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.geometry import regions
from classlens.analysis.slices import Slice
from classlens.layer import Array
from classlens.network import Network

# How far beyond the linearised boundary a flip is still looked for, and at how many points.
_REACH = 4.0
_PROBES = 64

# Of many classes so many are tried: those whose boundaries are nearest as x sees them.
_MOST_CLASSES = 5

# A window is drawn around the example, so much wider than the flip that it must contain; without
# one, of these sizes in turn, as shares of the example's largest number, or of 1.
_WIDER = 1.001
_WINDOWS = (1.0, 10.0, 100.0, 1000.0)

# Below this share of the example's largest number a window is too small for float64.
_SMALLEST = 1e-9


@dataclass(frozen=True, eq=False)
class Flip:
    """A change of an example that changes the prediction.

    Attributes:
        point: where the other class is reached: on the boundary, to rounding; shape (features,).
        distance: its Euclidean distance from the example; with steps, counted in them.
        into: the class that is reached.
        exact: True if no smaller change does it; False if the distance is an upper bound.
    """

    point: Array
    distance: float
    into: int
    exact: bool


def smallest_flip(
    network: Network,
    x: Array,
    slice: Slice | None = None,  # noqa: A002
    *,
    steps: Array | None = None,
) -> Flip | None:
    """The smallest change that flips the prediction: exact in a plane, else an upper bound.

    Args:
        network: the network.
        x: the example, shape (features,), float64.
        slice: changes along its two directions only; its origin does not matter.
        steps: by how much each feature changes in one unit of change, shape (features,); 0 keeps it
            as it is. By default 1 for all. Without effect on a slice.

    Returns:
        The flip, or None if none was found.
    """
    if slice is None and steps is not None:
        return _flip_in_steps(network, x, steps)
    if slice is None and network.inputs != 2:
        return near_flip(network, x)
    u, v = np.eye(2) if slice is None else (slice.u, slice.v)
    plane = Slice(np.asarray(x, np.float64), u, v)
    flip = _flip_in_plane(_folded(network, plane), max(1.0, float(np.abs(x).max())))
    if flip is None:
        return None
    return Flip(plane.lift(flip.point[None, :])[0], flip.distance, flip.into, flip.exact)


def _flip_in_steps(network: Network, x: Array, steps: Array) -> Flip | None:
    """The flip of a network whose inputs are the changes of the example, counted in steps."""
    first, *rest = network.astype(np.float64).layers
    changed = network.with_weights(
        [steps[:, None] * first.kernel, *(each.kernel for each in rest)],
        [x @ first.kernel + first.bias, *(each.bias for each in rest)],
    )
    flip = near_flip(changed, np.zeros(len(steps)))
    return None if flip is None else replace(flip, point=x + steps * flip.point)


def near_flip(network: Network, x: Array) -> Flip | None:
    """A near change that flips the prediction: an upper bound on the smallest one.

    At x the network is like a linear one, whose boundary to each class is a plane; the nearest
    point of that is a step along its normal. The first flip in that direction is taken, as the
    forward pass finds it. Within x's linear region, if it has one, there is no nearer flip.

    Args:
        network: the network.
        x: the example, shape (features,), float64.
    """
    network = network.astype(np.float64)
    winner = int(network.predict(x[None, :])[0])
    A, b = linearised(network, x)
    logits = x @ A + b
    normals = A - A[:, [winner]]  # (features, classes)
    lengths = np.linalg.norm(normals, axis=0)
    others = np.flatnonzero(lengths)
    steps = (logits[winner] - logits[others]) / lengths[others]
    best: Flip | None = None
    for place in np.argsort(steps, kind="stable")[:_MOST_CLASSES].tolist():
        other = int(others[place])
        direction = normals[:, other] / lengths[other]
        flip = _first_flip(network, x, direction, float(steps[place]), winner)
        if flip is not None and (best is None or flip.distance < best.distance):
            best = flip
    return best


def linearised(network: Network, x: Array) -> tuple[Array, Array]:
    """The affine map that the network is like at x: logits = x @ A + b; exact in a linear region.

    Returns:
        A of shape (features, classes) and b of shape (classes,), float64.
    """
    A, b = np.eye(network.inputs), np.zeros(network.inputs)
    for layer in network.layers:
        kernel = layer.kernel.astype(np.float64)
        A, b = A @ kernel, b @ kernel + layer.bias
        z = x @ A + b
        s = np.asarray(layer.activation.derivative(z, np))
        A, b = A * s, layer.activation(z, np) - (x @ A) * s
    return A, b


def _folded(network: Network, plane: Slice) -> Network:
    """The network on a plane through its inputs: two inputs, both 0 at the plane's origin."""
    first, *rest = network.layers
    kernel = first.kernel.astype(np.float64)
    return network.with_weights(
        [np.stack((plane.u, plane.v)) @ kernel, *(each.kernel.astype(np.float64) for each in rest)],
        [plane.origin @ kernel + first.bias, *(each.bias.astype(np.float64) for each in rest)],
    )


def _flip_in_plane(network: Network, scale: float) -> Flip | None:
    """The smallest flip from the origin of a network of two inputs."""
    bound = near_flip(network, np.zeros(2))
    if bound is not None and bound.distance < _SMALLEST * scale:
        return bound
    sizes = [scale * size for size in _WINDOWS] if bound is None else [bound.distance * _WIDER]
    seen = next((flip for size in sizes if (flip := _flip_within(network, size))), None)
    if seen is not None and not seen.exact and bound is None:
        # In the window's corner, further away than its rim: a wider window has none further.
        seen = _flip_within(network, seen.distance * _WIDER)
    flips = [flip for flip in (seen, bound) if flip is not None]
    return min(flips, key=lambda flip: (not flip.exact, flip.distance), default=None)


def _flip_within(network: Network, size: float) -> Flip | None:
    """The smallest flip from the origin that a window of this half width shows, if any."""
    origin = np.zeros(2)
    found = regions(network, ((-size, size), (-size, size)))
    distances, points, classes, certified = found.margins(origin[None, :])
    distance = float(distances[0])
    if not np.isfinite(distance):
        return None
    here = int(network.predict(origin[None, :])[0])
    if found.exact or distance == 0:
        into = next(int(k) for k in classes[0] if k != here)
        return Flip(points[0], distance, into, exact=bool(certified[0]))
    # Sampled: near the point there is a flip, which the forward pass must confirm.
    return _first_flip(network, origin, points[0] / distance, distance, here)


def _first_flip(
    network: Network, x: Array, direction: Array, step: float, winner: int
) -> Flip | None:
    """The first change of prediction along a ray, to the accuracy of the network's dtype."""
    distances = np.unique(
        np.concatenate([np.linspace(0, _REACH * step, _PROBES), [step * (1 + 1e-6) + 1e-12]])
    )
    answers = _along(network, x, direction, distances)
    flipped = np.flatnonzero(answers != winner)
    if not len(flipped) or flipped[0] == 0:
        return None
    low, high = float(distances[flipped[0] - 1]), float(distances[flipped[0]])
    while high - low > 1e-9 * max(high, 1e-300):
        inner = np.linspace(low, high, _PROBES)[1:-1]
        if not low < inner[0] < inner[-1] < high:
            break
        first = np.append(_along(network, x, direction, inner) != winner, True).argmax()
        ends = np.concatenate([[low], inner, [high]])
        low, high = float(ends[first]), float(ends[first + 1])
    point = x + high * direction
    return Flip(point, high, int(network.predict(point[None, :])[0]), exact=False)


def _along(network: Network, x: Array, direction: Array, distances: Array) -> NDArray[np.intp]:
    return network.predict(x[None, :] + distances[:, None] * direction[None, :])
