"""Models of Keras that tests share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np

layers = keras.layers

# Words that Keras and Classlens share, and layers for those with a parameter.
ACTIVATIONS: dict[str, Any] = {
    **{word: lambda word=word: word for word in ("linear", "relu", "tanh", "sigmoid", "gelu")},
    "silu": lambda: "silu",
    "swish": lambda: "swish",
    "selu": lambda: "selu",
    "leaky_relu": lambda: "leaky_relu",
    "elu": lambda: "elu",
    "LeakyReLU": lambda: layers.LeakyReLU(negative_slope=0.3),
    "ReLU": layers.ReLU,
    "ReLU with a slope": lambda: layers.ReLU(negative_slope=0.1),
    "ELU": lambda: layers.ELU(alpha=0.5),
}


def randomized(model: Any, seed: int = 0) -> Any:
    """The model with weights drawn at random; variances and counts stay positive."""
    rng = np.random.default_rng(seed)
    model.set_weights(
        [
            (
                rng.uniform(0.5, 2, size=each.shape)
                if each.ndim == 1
                else rng.normal(size=each.shape)
            )
            for each in model.get_weights()
        ]
    )
    return model


def everything() -> Any:
    """A Sequential with each kind of layer that can be read."""
    normalization = layers.Normalization(name="standard")
    normalization.adapt(np.random.default_rng(1).normal([5, -3, 100], [1, 2, 30], (50, 3)))
    model = keras.Sequential(
        [
            keras.Input((3,)),
            normalization,
            layers.Rescaling(0.5, offset=[1.0, 0.0, -1.0], name="half"),
            layers.Dense(4, activation="relu", name="L1"),
            layers.Dropout(0.2, name="drop"),
            layers.BatchNormalization(name="batch"),
            layers.Dense(5, use_bias=False),
            layers.BatchNormalization(scale=False, name="shift"),
            layers.LeakyReLU(negative_slope=0.3),
            layers.GaussianNoise(0.1, name="noise"),
            layers.Dense(4, activation=layers.ELU(0.5)),
            layers.Activation("tanh"),
            layers.Dense(3),
            layers.Softmax(),
        ]
    )
    kept = model.layers[0].get_weights()
    randomized(model)
    model.layers[0].set_weights(kept)
    return model


def older(saved: Path, path: Path, change: Callable[[h5py.File], Any]) -> Path:
    """The file of the older format, changed."""
    path.write_bytes((saved / "whole.h5").read_bytes())
    with h5py.File(path, "a") as file:
        change(file)
    return path
