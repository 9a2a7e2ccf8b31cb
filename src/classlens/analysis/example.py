"""One example on its way through the network: what every unit adds to the answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.network import Array, LayerValues, Network
from classlens.scores import softmax


@dataclass(frozen=True, eq=False)
class Contributions:
    """How the lead of the winning logit over the runner-up adds up, seen from one place.

    Attributes:
        place: ``inputs``, or a hidden layer's name.
        parts: what each input, or each unit's activation, adds.
        rest: what is left: the biases' share.
    """

    place: str
    parts: Array
    rest: float


@dataclass(frozen=True, eq=False)
class Flip:
    """A change of the example that changes the prediction.

    Attributes:
        point: the changed example, just on the other class's side, shape (features,).
        distance: its Euclidean distance from the example.
        into: the class that it is then predicted as.
        exact: True if no smaller change does it; False if the distance is an upper bound.
    """

    point: Array
    distance: float
    into: int
    exact: bool


@dataclass(frozen=True, eq=False)
class Path:
    """One example through the network.

    Attributes:
        x: the example, shape (features,).
        values: every layer's pre-activations and activations, each of shape (units,).
        logits: shape (classes,).
        probabilities: their softmax.
        winner: the predicted class.
        runner_up: the class with the second-largest logit.
        lead: the winner's logit less the runner-up's.
        contributions: how the lead adds up from the inputs and from each hidden layer's units;
            exact within the example's linear region. Only the last hidden layer (or the inputs,
            without one) is given when an activation is curved, because only it is exact then.
        flip: the smallest change found that changes the prediction, or None if none was found.
    """

    x: Array
    values: tuple[LayerValues, ...]
    logits: Array
    probabilities: Array
    winner: int
    runner_up: int
    lead: float
    contributions: tuple[Contributions, ...]
    flip: Flip | None


def path(network: Network, x: ArrayLike) -> Path:
    """Follow one example.

    Args:
        network: the network.
        x: the example, shape (features,).

    Raises:
        DataError: if x does not fit the network.

    Example:
        >>> network = Network.from_arrays([[[1.0, -1.0]]], [[0.0, 0.5]])
        >>> found = path(network, [2.0])
        >>> found.winner, found.lead, found.flip.into
        (0, 3.5, 1)
    """
    row = np.atleast_1d(np.asarray(x))[None, :]
    values = tuple(
        LayerValues(*(kind[0].astype(np.float64) for kind in layer))
        for layer in network.forward(row)
    )
    logits = values[-1].activation
    order = np.argsort(-logits, kind="stable")
    winner, runner_up = int(order[0]), int(order[1]) if len(order) > 1 else int(order[0])
    example = np.asarray(row[0], np.float64)
    return Path(
        x=example,
        values=values,
        logits=logits,
        probabilities=softmax(logits[None, :])[0],
        winner=winner,
        runner_up=runner_up,
        lead=float(logits[winner] - logits[runner_up]),
        contributions=_contributions(network, example, values, winner, runner_up),
        flip=nearest_flip(network, example),
    )


def _contributions(
    network: Network, x: Array, values: tuple[LayerValues, ...], winner: int, runner_up: int
) -> tuple[Contributions, ...]:
    """From the last place back to the inputs, as far as it is exact."""
    output = network.layers[-1]
    if output.activation.slopes is None:
        return ()
    direction = np.zeros(output.units)  # how the lead changes with the layer's activations
    direction[winner] += 1
    direction[runner_up] -= 1
    lead = float(direction @ values[-1].activation)
    found = []
    for depth in range(len(network.layers) - 1, -1, -1):
        layer = network.layers[depth]
        slopes = layer.activation.slopes
        if slopes is None:
            break
        left, right = slopes
        z = values[depth].pre_activation
        direction = layer.kernel.astype(np.float64) @ (direction * np.where(z > 0, right, left))
        place = "inputs" if depth == 0 else network.layers[depth - 1].name
        here = x if depth == 0 else values[depth - 1].activation
        parts = direction * here
        found.append(Contributions(place, parts, lead - float(parts.sum())))
    return tuple(reversed(found))


def local_map(network: Network, x: Array) -> tuple[Array, Array] | None:
    """The affine map of x's linear region: logits = x @ A + b; None if an activation is curved.

    Returns:
        A of shape (features, classes) and b of shape (classes,), float64.
    """
    A = np.eye(network.inputs)
    b = np.zeros(network.inputs)
    for layer in network.layers:
        slopes = layer.activation.slopes
        if slopes is None:
            return None
        kernel = layer.kernel.astype(np.float64)
        A, b = A @ kernel, b @ kernel + layer.bias
        s = np.where(x @ A + b > 0, slopes[1], slopes[0])
        A, b = A * s, b * s
    return A, b


def nearest_flip(network: Network, x: Array) -> Flip | None:
    """A near change that flips the prediction, an upper bound on the smallest one.

    Within x's linear region the boundary to each class is a plane, and the nearest point of it is a
    step along its normal. Where that step leaves the region, the first flip along the same
    direction is taken instead. Every flip is confirmed by the forward pass.

    Args:
        network: the network.
        x: the example, shape (features,), float64.
    """
    winner = int(network.predict(x[None, :])[0])
    found = local_map(network, x)
    if found is None:
        return None
    A, b = found
    logits = x @ A + b
    best: Flip | None = None
    for other in range(len(logits)):
        normal = A[:, other] - A[:, winner]
        length = float(np.linalg.norm(normal))
        if other == winner or length == 0:
            continue
        step = float(logits[winner] - logits[other]) / length
        flip = _first_flip(network, x, normal / length, step, winner)
        if flip is not None and (best is None or flip.distance < best.distance):
            best = flip
    return best


# How far beyond the plane's distance a flip is still looked for, and how finely.
_REACH = 4.0
_PROBES = 64


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
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _along(network, x, direction, np.array([middle]))[0] == winner:
            low = middle
        else:
            high = middle
    point = x + high * direction
    return Flip(point, high, int(network.predict(point[None, :])[0]), exact=False)


def _along(network: Network, x: Array, direction: Array, distances: Array) -> NDArray[np.intp]:
    return network.predict(x[None, :] + distances[:, None] * direction[None, :])
