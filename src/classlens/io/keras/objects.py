"""Keras models in memory, of any backend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from classlens.errors import ArgumentError, counted, short
from classlens.io.chain import Imported, imported
from classlens.io.keras.layers import Array, Config, Shape, name_of
from classlens.io.keras.walking import SOURCE, Weights, check_shape, layers_of, walked

_FAMILIES = {"keras", "tf_keras", "tensorflow"}
_MODELS = {"Sequential", "Functional", "Model"}


def from_object(model: Any) -> Imported:
    """A Sequential or functional model of Keras 2 or 3.

    Raises:
        ArgumentError: if it has a part that no network here can have, or is not built yet.
    """
    check_kind(model)
    config = config_of(model)
    layers = layers_of(config)
    return imported(walked(layers, Objects(model, layers), config), SOURCE)


def check_kind(model: Any) -> None:
    """See that a model's class is Keras's own: one's own might compute anything.

    Raises:
        ArgumentError: if it is not.
    """
    kind = type(model)
    if kind.__module__.partition(".")[0] not in _FAMILIES or kind.__name__ not in _MODELS:
        raise ArgumentError(
            f"the Keras model must be a Sequential or functional one, to be read. Got "
            f"{kind.__name__} of {kind.__module__} instead."
        )


def config_of(model: Any) -> Any:
    """What the model says of itself.

    Raises:
        ArgumentError: if it does not say it.
    """
    try:
        return model.get_config()
    except Exception as error:  # whatever a class of the user's own may raise
        raise ArgumentError(
            f"the Keras model {short(getattr(model, 'name', model))} does not tell its layers "
            f"({short(str(error))}). Sequential and functional models do."
        ) from None


@dataclass
class Objects:
    """Weights as the layers of a model in memory have them.

    Attributes:
        model: the model.
        layers: the entries of its configuration.
    """

    model: Any
    layers: Sequence[Config]

    def of(self, place: int, shapes: Sequence[Shape]) -> list[Array]:
        """The layer's weights, which must have these shapes."""
        layer = self._layer(place)
        arrays = [np.asarray(each) for each in layer.get_weights()]
        if len(arrays) != len(shapes):
            built = "" if arrays else " Build the model first: call it, or fit it."
            raise ArgumentError(
                f"layer {name_of(self.layers[place])} must have {counted(len(shapes), 'array')} of "
                f"weights. Got {len(arrays)} instead.{built}"
            )
        for array, shape in zip(arrays, shapes, strict=True):
            check_shape(array.shape, shape, name_of(self.layers[place]))
        return arrays

    def inside(self, place: int, layers: Sequence[Config]) -> Weights:
        """Those of a model within the model."""
        return Objects(self._layer(place), layers)

    def _layer(self, place: int) -> Any:
        name = name_of(self.layers[place])
        found = next((each for each in self.model.layers if each.name == name), None)
        family = "" if found is None else type(found).__module__.partition(".")[0]
        if family not in _FAMILIES:
            raise ArgumentError(
                f"layer {name} is not one of Keras's own: what it computes is not known."
            )
        return found
