"""One example on its way through the network: what every unit adds to the answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from classlens.analysis.flips import Flip, smallest_flip
from classlens.analysis.slices import Slice
from classlens.errors import ArgumentError, short
from classlens.layer import Array, LayerValues
from classlens.model import ModelLike, as_model
from classlens.network import Network
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
        flip: the smallest change that changes the prediction, exact for two inputs or on a slice,
            else an upper bound; None if none was found.
        steps: by how much each feature changes in one unit of the flip's distance, where that is
            not 1: for a model of a table, the ranges that its numbers had in training.
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
    steps: Array | None


def path(model: ModelLike, x: ArrayLike, *, slice: Slice | None = None) -> Path:  # noqa: A002
    """Follow one example.

    Args:
        model: a network, or a model, a run or whatever else has one.
        x: the example, shape (features,).
        slice: look for the flip only in changes along the slice's two directions.

    Raises:
        DataError: if x does not fit the network.
        ArgumentError: if the slice does not fit it.

    Example:
        >>> network = Network.from_arrays([[[1.0, -1.0]]], [[0.0, 0.5]])
        >>> found = path(network, [2.0])
        >>> found.winner, found.lead, found.flip.into
        (0, 3.5, 1)
    """
    given = as_model(model)
    network = given.network
    if not isinstance(slice, Slice | None):
        raise ArgumentError(f"slice must be a Slice. Got {short(slice)} instead.")
    if slice is not None and slice.inputs != network.inputs:
        raise ArgumentError(
            f"the slice must go through the {network.inputs} inputs of the network. "
            f"Got a slice through {slice.inputs} inputs."
        )
    row = np.atleast_1d(np.asarray(x))[None, :]
    values = tuple(
        LayerValues(*(kind[0].astype(np.float64) for kind in layer))
        for layer in network.forward(row)
    )
    logits = values[-1].activation
    order = np.argsort(-logits, kind="stable")
    winner, runner_up = int(order[0]), int(order[1]) if len(order) > 1 else int(order[0])
    example = np.asarray(row[0], np.float64)
    steps = None if slice is not None else given.steps
    return Path(
        x=example,
        values=values,
        logits=logits,
        probabilities=softmax(logits[None, :])[0],
        winner=winner,
        runner_up=runner_up,
        lead=float(logits[winner] - logits[runner_up]),
        contributions=_contributions(network, example, values, winner, runner_up),
        flip=smallest_flip(network, example, slice, steps=steps),
        steps=steps,
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
