"""What each unit does: its equation, where it is on, what it repeats, what breaks without it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.analysis.ablation import Ablation, ablate, quick_sums
from classlens.analysis.thresholds import threshold
from classlens.data.dataset import Dataset
from classlens.errors import DataError
from classlens.layer import Array, Layer
from classlens.model import ModelLike, as_model, names_of_features, samples_for
from classlens.network import Network

State = Literal["dead", "always on", "active"]


@dataclass(frozen=True, eq=False)
class Equation:
    """A unit's pre-activation: z = sum(weights * inputs) + bias.

    Attributes:
        inputs: the names of what it takes: features, or units of the layer before.
        weights: one for each input.
        bias: the constant.
    """

    inputs: tuple[str, ...]
    weights: Array
    bias: float

    @property
    def crease(self) -> Literal["line", "nowhere"]:
        """Whether there are inputs at which z is 0 with both signs around it."""
        return "line" if np.any(self.weights) else "nowhere"


@dataclass(frozen=True)
class Twin:
    """Another unit of the layer whose pre-activation is this one's, times a factor.

    Attributes:
        unit: the other unit's index, smaller than this one's.
        factor: this unit's z is ``factor`` times the other's: 1 for a duplicate, another positive
            number for a scaled one, a negative number for an opposite one.
    """

    unit: int
    factor: float

    @property
    def kind(self) -> Literal["duplicate", "scaled duplicate", "opposite"]:
        """What that makes it."""
        if self.factor < 0:
            return "opposite"
        same = abs(self.factor - 1) <= threshold("same direction")
        return "duplicate" if same else "scaled duplicate"


@dataclass(frozen=True, eq=False)
class OnData:
    """What a unit does on some samples.

    Attributes:
        on: for each class, how many of its examples have z > 0, shape (classes,).
        of: for each class, how many examples it has.
        state: ``dead`` if its activation is the same for all examples, ``always on`` if z > 0 for
            all of them, else ``active``.
        lowest, mean, highest: for each class, of its examples' activations; NaN for a class
            without examples.
        without: the unit held at 0.
        at_mean: the unit held at its mean over the samples.
    """

    on: NDArray[np.int64]
    of: NDArray[np.int64]
    state: State
    lowest: Array
    mean: Array
    highest: Array
    without: Ablation
    at_mean: Ablation


@dataclass(frozen=True, eq=False)
class UnitFacts:
    """What is known of one unit.

    Attributes:
        layer: its layer's name.
        unit: its index in the layer.
        equation: its pre-activation.
        activation: the function applied to it, as ``relu`` or ``leaky_relu(0.2)``.
        twin: the first unit of the layer that does the same up to a factor, or None.
        on_data: what it does on the samples, or None without samples.
    """

    layer: str
    unit: int
    equation: Equation
    activation: str
    twin: Twin | None
    on_data: OnData | None


def units(
    model: ModelLike,
    data: Dataset | tuple[ArrayLike, ArrayLike] | None = None,
) -> tuple[UnitFacts, ...]:
    """The facts of every hidden unit, layer by layer.

    Args:
        model: a network, or a model, a run or whatever else has one.
        data: samples with their classes, for what only samples can tell.

    Raises:
        DataError: if the data does not fit the network.

    Example:
        >>> kernels = [[[1.0, 2.0]], [[1.0, -1.0], [0.0, 1.0]]]
        >>> network = Network.from_arrays(kernels, [[0.0, 0.0], [0.0, 0.0]])
        >>> [(facts.layer, facts.unit, facts.twin) for facts in units(network)]
        [('L1', 0, None), ('L1', 1, Twin(unit=0, factor=2.0))]
    """
    given = as_model(model)
    network = given.network
    samples = samples_for(given, data)
    if samples is not None:
        check_fit(network, samples)
    values = None if samples is None else network.forward(samples.X)
    facts: list[UnitFacts] = []
    names = names_of_features(given, None if samples is None else samples.feature_names)
    for depth, layer in enumerate(network.layers[:-1]):
        twins = _twins(layer)
        on_data: list[OnData | None] = [None] * layer.units
        if samples is not None and values is not None:
            before = np.argmax(values[-1].activation, axis=1)
            following = network.layers[depth + 1 :]
            sums = quick_sums(layer, values[depth + 1].pre_activation)
            largest = _largest(values[depth].activation)
            on_data = [
                _on_data(unit, *values[depth], following, samples, before, sums, largest)
                for unit in range(layer.units)
            ]
        facts += [
            UnitFacts(
                layer=layer.name,
                unit=unit,
                equation=Equation(names, layer.kernel[:, unit], float(layer.bias[unit])),
                activation=str(layer.activation),
                twin=twins[unit],
                on_data=on_data[unit],
            )
            for unit in range(layer.units)
        ]
        names = unit_names(layer)
    return tuple(facts)


def unit_names(layer: Layer) -> tuple[str, ...]:
    """How a layer's units are called in equations of the next one: L1.0, L1.1, ..."""
    return tuple(f"{layer.name}.{unit}" for unit in range(layer.units))


def check_fit(network: Network, data: Dataset) -> None:
    """Refuse samples that are not the network's.

    Raises:
        DataError: if the features or the classes are not as many as the network's.
    """
    if data.features != network.inputs:
        raise DataError(
            f"the data must have {network.inputs} features, as the network has inputs. "
            f"Got {data.features} instead."
        )
    if int(data.y.max()) >= len(network.classes):
        raise DataError(
            f"the data must have the network's {len(network.classes)} classes. "
            f"Got class index {int(data.y.max())} instead."
        )


def _on_data(
    unit: int,
    z: Array,
    a: Array,
    following: tuple[Layer, ...],
    data: Dataset,
    before: NDArray[np.intp],
    sums: Array | None,
    largest: float,
) -> OnData:
    classes = following[-1].units
    own = a[:, unit]
    on = z[:, unit] > 0
    state: State = "active"
    if _is_constant(own, largest):
        state = "dead"
    elif on.all():
        state = "always on"
    groups = [own[data.y == k] for k in range(classes)]
    lowest, mean, highest = (
        np.array([f(group) if len(group) else np.nan for group in groups])
        for f in (np.min, np.mean, np.max)
    )
    return OnData(
        on=np.bincount(data.y[on], minlength=classes),
        of=np.bincount(data.y, minlength=classes),
        state=state,
        lowest=lowest,
        mean=mean,
        highest=highest,
        without=ablate(a, unit, 0.0, following, data, before, sums),
        at_mean=ablate(a, unit, float(own.mean()), following, data, before, sums),
    )


def _is_constant(own: Array, largest: float) -> bool:
    """Whether a unit's activation is the same for all examples, to rounding beside its layer's."""
    return bool(np.ptp(own) <= threshold("constant") * largest)


def _largest(layer: Array) -> float:
    """The largest activation of a layer, whatever its sign."""
    return float(np.abs(layer).max())


def dead_units(network: Network, X: Array) -> tuple[int, ...]:
    """How many units of each hidden layer give the same for all samples of X.

    Args:
        network: the network.
        X: shape (samples, features).
    """
    hidden = [values.activation for values in network.forward(X)[:-1]]
    return tuple(
        sum(_is_constant(own, largest) for own in layer.T)
        for layer, largest in zip(hidden, map(_largest, hidden), strict=True)
    )


def dead_share(network: Network, dead: Sequence[int]) -> float:
    """The largest share of a hidden layer's units that are dead; 0 without hidden layers."""
    layers = network.layers[:-1]
    return max((n / layer.units for n, layer in zip(dead, layers, strict=True)), default=0.0)


def _twins(layer: Layer) -> list[Twin | None]:
    """For each unit the first one whose weights and bias point the same or the opposite way."""
    vectors = np.vstack([layer.kernel, layer.bias[None, :]]).T.astype(np.float64)  # (units, +1)
    # Scaled by the largest entry first: squares of very large or very small weights leave float64.
    scale = np.abs(vectors).max(axis=1)
    unit_vectors = vectors / np.where(scale > 0, scale, 1)[:, None]
    lengths = np.linalg.norm(unit_vectors, axis=1)
    unit_vectors /= np.where(lengths > 0, lengths, 1)[:, None]
    twins: list[Twin | None] = []
    for unit in range(layer.units):
        twin = None
        if scale[unit] > 0:
            near = unit_vectors[:unit]
            for sign in (1.0, -1.0):
                distance = np.linalg.norm(near - sign * unit_vectors[unit], axis=1)
                same = np.flatnonzero(distance <= threshold("same direction"))
                if len(same) and (twin is None or same[0] < twin.unit):
                    other = int(same[0])
                    factor = scale[unit] * lengths[unit] / (scale[other] * lengths[other])
                    twin = Twin(other, float(sign * factor))
        twins.append(twin)
    return twins
