"""Model: a network with what it needs to meet data again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.data.encode import Encoding
from classlens.errors import ArgumentError, listed, short
from classlens.names import feature_names, names_from
from classlens.network import Array, Layer, Network
from classlens.settings import Settings


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """A trained network, the names of its features, and how it was trained.

    Attributes:
        network: the network; its ``classes`` are the classes' names.
        feature_names: one name an input.
        settings: what it was trained with, the seed included; None for a network that was not
            trained here.
        encoding: how a table's columns become the features; None for a network that takes arrays.

    Raises:
        ArgumentError: if there is not one feature name for each input, or a part is of another
            type.
    """

    network: Network
    feature_names: tuple[str, ...]
    settings: Settings | None = None
    encoding: Encoding | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.network, Network):
            raise ArgumentError(f"network must be a Network. Got {short(self.network)} instead.")
        if not isinstance(self.settings, Settings | None):
            raise ArgumentError(
                f"settings must be Settings, or None. Got {short(self.settings)} instead."
            )
        object.__setattr__(self, "feature_names", names_from("feature_names", self.feature_names))
        if len(self.feature_names) != self.network.inputs:
            raise ArgumentError(
                f"feature_names must have one name for each of the network's "
                f"{self.network.inputs} inputs. Got {len(self.feature_names)} instead."
            )
        if not isinstance(self.encoding, Encoding | None):
            raise ArgumentError(
                f"encoding must be an Encoding, or None. Got {short(self.encoding)} instead."
            )
        if self.encoding is not None and self.encoding.names != self.feature_names:
            raise ArgumentError(
                "the encoding must give the features of feature_names, "
                f"{listed(self.feature_names)}. Got {listed(self.encoding.names)} instead."
            )

    def __repr__(self) -> str:
        return f"Model({self.network!r}, features {listed(self.feature_names)})"

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes' names, in the order of the logits."""
        return self.network.classes

    @property
    def steps(self) -> NDArray[np.float64] | None:
        """By how much each feature changes in one unit of change, shape (features,).

        For more than two columns of a table, whose units have nothing to do with each other: see
        ``Encoding.steps``. None where distances are the plain ones.
        """
        if self.encoding is None or self.network.inputs == 2:
            return None
        return self.encoding.steps

    def get_layer(self, name: str) -> Layer:
        """The network's layer of that name."""
        return self.network.get_layer(name)

    def logits(self, X: ArrayLike) -> Array:
        """Shape (samples, classes)."""
        return self.network.logits(X)

    def predict_proba(self, X: ArrayLike) -> Array:
        """The softmax of the logits, shape (samples, classes)."""
        return self.network.predict_proba(X)

    def predict(self, X: ArrayLike) -> NDArray[np.intp]:
        """Each sample's class as an index into ``class_names``, shape (samples,)."""
        return self.network.predict(X)

    def save(self, path: str | Path) -> None:
        """Write the model to one file: a safetensors file with a description in its metadata.

        Raises:
            ArgumentError: if the path is none.
            OutputError: if it cannot be written; an older file is then untouched.
        """
        from classlens.io import native  # noqa: PLC0415 - points up, for the user's convenience

        native.save(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Model:
        """Read a model file. Nothing in the file can run code.

        Raises:
            ArgumentError: if the path is none.
            ModelFileError: if it is not a whole model file that this version knows.
        """
        from classlens.io import native  # noqa: PLC0415 - points up, for the user's convenience

        return native.load(path)


class HasModel(Protocol):
    """What has trained a model, as a run or an estimator has."""

    @property
    def model(self) -> Model:
        """The trained model."""


ModelLike = Network | Model | HasModel


def as_model(given: ModelLike) -> Model:
    """The model of whatever is one or has one; a bare network's features are called x0, x1, ...

    Raises:
        ArgumentError: if there is none.
    """
    if isinstance(given, Network):
        return Model(given, feature_names(given.inputs))
    model = given if isinstance(given, Model) else getattr(given, "model", None)
    if not isinstance(model, Model):
        raise ArgumentError(
            "model must be a Network, a Model, or something that has trained one, such as a Run. "
            f"Got {type(given).__name__} instead."
        )
    return model


def names_of_features(model: Model, of_data: tuple[str, ...] | None) -> tuple[str, ...]:
    """The model's names of its features, or the data's where the model has none of its own."""
    unnamed = feature_names(model.network.inputs)
    if of_data is None or model.feature_names != unnamed or len(of_data) != len(unnamed):
        return model.feature_names
    return of_data
