"""What a picture is of: a network, the samples in the order of its classes, and all their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.analysis.planes import Window
from classlens.analysis.slices import Slice
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError, listed, short
from classlens.layer import Layer
from classlens.model import HasModel, Model, as_model, names_of_features, samples_for
from classlens.names import class_names
from classlens.network import Network

Data = Dataset | tuple[ArrayLike, ArrayLike]
WindowLike = Window | Sequence[Sequence[float]]

# A slice's caption names so many of the features that it holds, by so many letters.
_HELD, _LONG = 3, 20


@dataclass(frozen=True, eq=False)
class Subject:
    """What a picture is of.

    Attributes:
        network: the network.
        samples: the data, its classes as indices of the network's outputs; None without data.
        class_names: one for each output.
        feature_names: one for each input.
        shape: (height, width) or (height, width, 3) if the inputs are known to be pixels; else
            None.
    """

    network: Network
    samples: Dataset | None
    class_names: tuple[str, ...]
    feature_names: tuple[str, ...]
    shape: tuple[int, ...] | None = None

    @classmethod
    def of(cls, model: Network | Model | HasModel, data: Data | None = None) -> Subject:
        """A model and data that fit each other.

        A name that somebody chose goes before one that was made up (c0, c1, ..., x0, x1, ...).

        Raises:
            ArgumentError: if there is no network, or the data has a class that it does not know.
            DataError: if the data cannot be used, or has another number of features than the
                network has inputs.
        """
        given = as_model(model)
        network = given.network
        samples = samples_for(given, data)
        if samples is not None:
            samples = _in_its_classes(network, samples)
        classes = network.classes
        if samples is not None and _made_up(classes):
            classes = samples.class_names + classes[samples.classes :]
        features = names_of_features(given, None if samples is None else samples.feature_names)
        of_model = None if given.encoding is None else given.encoding.image_shape
        of_data = data.image_shape if isinstance(data, Dataset) else None
        return cls(network, samples, classes, features, of_model or of_data)

    @property
    def image_shape(self) -> tuple[int, ...]:
        """The shape of a picture's pixels, for what cannot do without it.

        Raises:
            ArgumentError: if the inputs are not known to be pixels.
        """
        if self.shape is None:
            raise ArgumentError(
                "the inputs must be a picture's pixels. Got a model without a picture's shape "
                "instead; give a Dataset with an image_shape, or see units for other features."
            )
        return self.shape

    @property
    def given(self) -> Dataset:
        """The samples of a picture that cannot do without them.

        Raises:
            DataError: if there are none.
        """
        if self.samples is None:
            raise DataError("data must be a Dataset or a pair (X, y). Got None instead.")
        return self.samples

    def hidden_layer(self, name: str | None) -> Layer:
        """The hidden layer of that name, by default the last one.

        Raises:
            ArgumentError: if there is none.
        """
        *before, last = self.network.layers
        if not before:
            raise ArgumentError("the network must have a hidden layer. Got one without any.")
        chosen = before[-1] if name is None else self.network.get_layer(name)
        if chosen is last:
            raise ArgumentError(
                f"layer must name a hidden layer. Got {short(name)} instead, the last one."
            )
        return chosen

    def plane_layer(self, name: str | None) -> Layer:
        """The hidden layer of that name, by default the last one, that has two units.

        Raises:
            ArgumentError: if there is none.
        """
        before = self.network.layers[:-1]
        if name is not None:
            chosen = self.hidden_layer(name)
            if chosen.units != 2:
                raise ArgumentError(
                    "layer must name a hidden layer with 2 units. "
                    f"Got {short(name)} instead, which has {chosen.units}."
                )
            return chosen
        for candidate in reversed(before):
            if candidate.units == 2:
                return candidate
        sizes = listed([f"{each.name} with {each.units}" for each in before]) or "none"
        raise ArgumentError(
            "the network must have a hidden layer with 2 units, whose activations make a plane. "
            f"Its hidden layers are: {sizes}."
        )

    def window(self, given: WindowLike | None, slice: Slice | None) -> Window:  # noqa: A002
        """The window that was given, or the samples' range and a tenth of it on each side.

        Raises:
            ArgumentError: if there is neither a window nor data, or the network does not have two
                inputs and there is no slice through them.
        """
        inputs = self.network.inputs
        if slice is not None and not isinstance(slice, Slice):
            raise ArgumentError(
                f"slice must be a Slice, or None. Got {type(slice).__name__} instead."
            )
        if slice is None and inputs != 2:
            raise ArgumentError(
                f"the network must have 2 inputs to be drawn over the plane. Got {inputs} instead; "
                "give a slice through them, such as Slice.principal(data)."
            )
        if slice is not None and slice.inputs != inputs:
            raise ArgumentError(
                f"slice must go through the {inputs} inputs of the network. Got one through "
                f"{slice.inputs} instead."
            )
        if given is not None:
            return Window.of(given)
        if self.samples is None:
            raise ArgumentError(
                "window must be ((x0_min, x0_max), (x1_min, x1_max)) when there is no data to take "
                "it from. Got None instead."
            )
        return Window.around(self.places(slice))

    def places(self, slice: Slice | None) -> NDArray[np.floating]:  # noqa: A002
        """The samples in the window's coordinates, shape (samples, 2)."""
        if self.samples is None:
            return np.empty((0, 2))
        return self.samples.X if slice is None else slice.project(self.samples.X)

    def axis_names(self, slice: Slice | None) -> tuple[str, str]:  # noqa: A002
        """What the window's coordinates are called."""
        if slice is None:
            across, up = self.feature_names
            return across, up
        first, second = (_only_feature(slice, way) for way in (slice.u, slice.v))
        return (
            "first direction of the slice" if first is None else self.feature_names[first],
            "second direction of the slice" if second is None else self.feature_names[second],
        )

    def caption(self, slice: Slice | None) -> str:  # noqa: A002
        """On which slice the window lies, in words; empty for the plane of two inputs."""
        if slice is None:
            return ""
        varied = {_only_feature(slice, way) for way in (slice.u, slice.v)}
        shown = "; examples projected onto it" if self.samples is not None else ""
        if None in varied:
            return f"a slice through {slice.inputs} inputs{shown}"
        held = [index for index in range(slice.inputs) if index not in varied]
        said = [
            f"{_cut(self.feature_names[index])} = {slice.origin[index]:.3g}"
            for index in held[:_HELD]
        ]
        if len(held) > _HELD:
            said.append(f"{len(held) - _HELD} more held")
        return f"a slice at {', '.join(said)}{shown}" if said else ""


def _only_feature(slice: Slice, way: NDArray[np.float64]) -> int | None:  # noqa: A002
    """The feature whose own values are the coordinate along a direction, if there is one."""
    index = int(np.argmax(np.abs(way)))
    alone = way[index] == 1 and np.count_nonzero(way) == 1 and slice.origin[index] == 0
    return index if alone else None


def _in_its_classes(network: Network, samples: Dataset) -> Dataset:
    """The data with its classes in the order of the network's outputs.

    Names that the data made up itself (c0, c1, ...) are taken as the outputs' indices.
    """
    if samples.features != network.inputs:
        raise DataError(
            f"data must have {network.inputs} features, one for each input of the network. "
            f"Got {samples.features} instead."
        )
    if set(samples.class_names) <= set(network.classes):
        order = np.array([network.classes.index(name) for name in samples.class_names])
        return Dataset(samples.X, order[samples.y], network.classes, samples.feature_names)
    made_up = _made_up(samples.class_names) or _made_up(network.classes)
    if made_up and samples.classes <= len(network.classes):
        return samples
    strange = [name for name in samples.class_names if name not in network.classes]
    raise ArgumentError(
        f"data must have the network's classes, {listed(network.classes)}. "
        f"Got {listed(strange or samples.class_names)} instead."
    )


def _made_up(names: Sequence[str]) -> bool:
    return list(names) == class_names(len(names))


def _cut(name: str) -> str:
    return name if len(name) <= _LONG else name[: _LONG - 1] + "…"
