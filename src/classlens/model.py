"""Model: a network with what it needs to meet data again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.data.dataset import Dataset
from classlens.data.encode import Encoding
from classlens.errors import ArgumentError, listed, short
from classlens.layer import Array, Layer
from classlens.names import feature_names, names_from
from classlens.network import Network
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
        """Write the model to one file, in the format that its name ends in.

        ``.keras`` is Keras's format, ``.onnx`` is ONNX; both are without the settings and the
        encoding. Any other name is for our own format, a safetensors file with a description in its
        metadata.

        Raises:
            ArgumentError: if the path is none.
            MissingLibraryError: if the format's library is not installed.
            OutputError: if it cannot be written; an older file is then untouched.
        """
        from classlens.io import foreign  # noqa: PLC0415 - points up, for the user's convenience

        foreign.write(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Model:
        """Read a model file, ours or another library's. Nothing in the file can run code.

        Of other libraries: ``.keras`` and ``.h5``, ONNX, and a PyTorch ``state_dict`` in
        safetensors.

        Raises:
            ArgumentError: if the path is none, or the file does not tell the activations.
            MissingLibraryError: if the format's library is not installed.
            ModelFileError: if it is not a whole model file that this version knows.
        """
        from classlens.io import foreign  # noqa: PLC0415 - points up, for the user's convenience

        return foreign.read(path).model


class HasModel(Protocol):
    """What has trained a model, as a run or an estimator has."""

    @property
    def model(self) -> Model:
        """The trained model."""


# Ours, or another library's: its classes are not known here.
ModelLike = Network | Model | HasModel | Any


def as_model(given: ModelLike) -> Model:
    """The model of whatever is one or has one; a bare network's features are called x0, x1, ...

    Args:
        given: a Network, a Model, a Run, an estimator, or a model of Keras, PyTorch, ONNX or
            scikit-learn, as ``Network.from_keras`` and its like take them.

    Raises:
        ArgumentError: if there is none, or it has a part that no network here can have.

    Example:
        >>> as_model(Network.from_arrays([[[1.0, -1.0]]], [[0.0, 0.5]])).feature_names
        ('x0',)
    """
    if isinstance(given, Network):
        return Model(given, feature_names(given.inputs))
    model = given if isinstance(given, Model) else getattr(given, "model", None)
    if isinstance(model, Model):
        return model
    from classlens.io import foreign  # noqa: PLC0415 - points up, for the user's convenience

    found = foreign.model_of(given)
    if found is None:
        raise ArgumentError(
            "model must be a Network, a Model, something that has trained one, such as a Run, or a "
            f"model of Keras, PyTorch, ONNX or scikit-learn. Got {type(given).__name__} instead."
        )
    return found.model


def samples_for(
    model: Model,
    data: Dataset | tuple[ArrayLike, ArrayLike] | ArrayLike | None,
    y: ArrayLike | None = None,
) -> Dataset | None:
    """The samples as the model is given them.

    Args:
        model: the model. Where it has an encoding, X may be a frame with the encoding's columns.
        data: a Dataset, a pair (X, y), or X alone; None for no samples.
        y: the classes where data is X alone.

    Raises:
        ArgumentError: if y is given twice, or without samples.
        DataError: if the samples cannot be used.
    """
    if y is not None:
        if data is None or isinstance(data, Dataset):
            raise ArgumentError("y is the classes of X alone: give X before it, or a Dataset only.")
        data = (data, y)  # type: ignore[assignment]
    if data is None:
        return None
    encoding = model.encoding
    if encoding is not None and isinstance(data, tuple | list) and len(data) == 2:
        from classlens.data.tables.frames import is_frame  # noqa: PLC0415 - loads pyarrow
        from classlens.data.tables.reading import read_table  # noqa: PLC0415

        X, labels = data
        if is_frame(X):
            table = read_table(X, kinds=encoding.kinds, missing_words=encoding.missing_words)
            data = (encoding.encode(table), labels)
    named = Dataset.of(data, class_names=model.class_names)  # type: ignore[arg-type]
    if encoding is None or encoding.image_shape is None or named.image_shape is not None:
        return named
    return replace(named, image_shape=encoding.image_shape)


def names_of_features(model: Model, of_data: tuple[str, ...] | None) -> tuple[str, ...]:
    """The model's names of its features, or the data's where the model has none of its own."""
    unnamed = feature_names(model.network.inputs)
    if of_data is None or model.feature_names != unnamed or len(of_data) != len(unnamed):
        return model.feature_names
    return of_data
