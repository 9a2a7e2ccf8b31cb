"""What a run is to do, wherever the samples are that it learns from."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from classlens.activations import Activation
from classlens.data.dataset import Dataset
from classlens.model import Model
from classlens.settings import Settings


class Start(NamedTuple):
    """Where a run begins that goes on from an earlier one.

    Attributes:
        model: its parameters are the initial ones.
        memory: what the optimizer remembers. Another optimizer begins without.
        epochs: how many went before, so that the orders to come are new ones.
    """

    model: Model
    memory: Any
    epochs: int


class Task(Protocol):
    """A run's settings, network and held-out samples; a ``Job`` and a ``StreamJob`` are such."""

    @property
    def settings(self) -> Settings:
        """With the seed that is used."""

    @property
    def seed(self) -> int:
        """Decides the initial kernels."""

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes' names."""

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The features' names."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """Inputs, then units of each layer."""

    @property
    def activations(self) -> tuple[Activation, ...]:
        """One for each layer."""

    @property
    def mean_weight(self) -> float:
        """How much a sample counts in the loss on average."""

    @property
    def validation(self) -> Dataset | None:
        """The samples to watch."""

    @property
    def test(self) -> Dataset | None:
        """The samples for the one score at the end."""

    @property
    def start(self) -> Start | None:
        """Where the run begins; None for the seed's kernels and biases of 0."""
