"""Keras models that can be trained here: what acts in training must be what we have there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.arrays import real_array
from classlens.errors import ArgumentError, DataError, Problems, listed
from classlens.io.chain import LOGITS, SOFTMAX, Chain
from classlens.io.keras.layers import Config, name_of
from classlens.io.keras.objects import Objects, check_kind, config_of
from classlens.io.keras.walking import layers_of, walked
from classlens.network import Network

_BEFORE = {"InputLayer", "Normalization", "Rescaling", "Flatten", "Identity"}
_AFTER = {"Dense", "Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Identity"}
_OPTIONS = (
    *("kernel_regularizer", "bias_regularizer", "activity_regularizer"),
    *("kernel_constraint", "bias_constraint"),
)


@dataclass(frozen=True)
class Trainable:
    """A model whose Dense layers are those of a network.

    Attributes:
        layers: the Dense layers, objects of Keras.
        network: the same without what stands before them.
        before: what the samples go through first, a network of one layer; None for nothing.
        shape: of one sample.
        logits: whether the output is logits, and not probabilities.
    """

    layers: tuple[Any, ...]
    network: Network
    before: Network | None
    shape: tuple[int, ...]
    logits: bool

    def features(self, X: ArrayLike, name: str) -> NDArray[Any]:
        """Samples as the first Dense layer is given them, shape (samples, features).

        Args:
            X: samples as the model takes them.
            name: what they are, for the message.

        Raises:
            DataError: if they have another shape.
        """
        given = real_array(X, name)
        if given.shape[1:] != self.shape or not len(given):
            sizes = ", ".join(map(str, self.shape))
            raise DataError(
                f"{name} must have the shape (samples, {sizes}), as the model takes it. Got "
                f"{given.shape} instead."
            )
        flat = given.reshape(len(given), -1)
        return flat if self.before is None else self.before.logits(flat)


def trainable(model: Any) -> Trainable:
    """The model as one that can be trained here.

    Raises:
        ArgumentError: naming what stands against it.
    """
    check_kind(model)
    config = config_of(model)
    entries = layers_of(config)
    chain = walked(entries, Objects(model, entries), config)
    network = chain.network()
    first = next(k for k, entry in enumerate(entries) if entry.get("class_name") == "Dense")
    _check_entries(entries, first)
    dense = [entry for entry in entries if entry.get("class_name") == "Dense"]
    objects = {each.name: each for each in model.layers}
    layers = tuple(objects[name_of(entry)] for entry in dense)
    if len(dense) != len(network.layers) or set(chain.folded) - {
        name_of(entry) for entry in entries[:first]
    }:
        raise ArgumentError(
            "each activation must follow a Dense layer of its own, and be one that is trained "
            f"here. Folded would be {listed(chain.folded) or 'an activation after another one'}."
        )
    if network.layers[-1].activation.name != "linear":
        raise ArgumentError(
            f"the last layer, {name_of(dense[-1])}, must be linear, for logits, or a softmax. Got "
            f"{network.layers[-1].activation} instead."
        )
    if layers[-1].units < 2:
        raise ArgumentError(
            "the last layer must have a unit for each class, two at least. Got 1: give it two, and "
            "compile with SparseCategoricalCrossentropy."
        )
    weights = [each.get_weights() for each in layers]
    own = network.astype(np.float32).with_weights(*zip(*weights, strict=True))
    shape = tuple(model.input_shape[1:])
    before = _before(entries[:first], Objects(model, entries), own.inputs)
    return Trainable(layers, own, before, shape, {LOGITS: True, SOFTMAX: False}[chain.notes[0]])


def _check_entries(entries: Sequence[Config], first: int) -> None:
    problems = Problems()
    for place, entry in enumerate(entries):
        kind, who, settings = entry.get("class_name"), name_of(entry), entry["config"]
        if kind not in (_BEFORE if place < first else _AFTER):
            where = "before" if place < first else "after"
            problems.add(
                f"layer {who} ({kind}) {where} the first Dense layer does not train as it answers, "
                "or is none that is trained here. Leave it out, or train with model.fit."
            )
        if kind != "Dense":
            continue
        if not settings.get("use_bias", True):
            problems.add(f"layer {who} must have a bias. Got use_bias=False.")
        if not settings.get("trainable", True):
            problems.add(f"layer {who} must be trainable: all layers are trained here.")
        problems_of = [name for name in _OPTIONS if settings.get(name)]
        if problems_of:
            problems.add(f"layer {who} must have no {listed(problems_of)}.")
    problems.raise_if_any(ArgumentError)


def _before(entries: Sequence[Config], weights: Objects, inputs: int) -> Network | None:
    """What the samples go through before the first Dense layer."""
    chain: Chain = walked(entries, weights, {})
    if not chain.folded:
        return None
    chain.dense(np.eye(inputs), np.zeros(inputs))
    return chain.network()
