"""Model: a network with what it needs to meet data again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.errors import ArgumentError
from classlens.network import Array, Layer, Network
from classlens.settings import Settings


@dataclass(frozen=True, eq=False)
class Model:
    """A trained network, the names of its features, and how it was trained.

    Attributes:
        network: the network; its ``classes`` are the classes' names.
        feature_names: one name an input.
        settings: what it was trained with, the seed included; None for a network that was not
            trained here.

    Raises:
        ArgumentError: if there is not one feature name for each input.
    """

    network: Network
    feature_names: tuple[str, ...]
    settings: Settings | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "feature_names", tuple(str(name) for name in self.feature_names))
        if len(self.feature_names) != self.network.inputs:
            raise ArgumentError(
                f"feature_names must have one name for each of the network's "
                f"{self.network.inputs} inputs. Got {len(self.feature_names)} instead."
            )

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes' names, in the order of the logits."""
        return self.network.classes

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
            OutputError: if it cannot be written; an older file is then untouched.
        """
        from classlens.io import native  # noqa: PLC0415 - points up, for the user's convenience

        native.save(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Model:
        """Read a model file. Nothing in the file can run code.

        Raises:
            ModelFileError: if it is not a whole model file that this version knows.
        """
        from classlens.io import native  # noqa: PLC0415 - points up, for the user's convenience

        return native.load(path)
