"""``classlens.keras.fit`` against our own ``fit``, and against Keras's in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

import classlens as cl
import classlens.keras

layers = keras.layers
DATA = cl.blobs()
LOGITS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def lab(*, optimizer: Any = "adam", loss: Any = LOGITS, **options: Any) -> Any:
    """The lab's model, with the kernels that our seed 1234 draws."""
    model = keras.Sequential(
        [keras.Input((2,)), layers.Dense(2, "relu", name="L1"), layers.Dense(4, name="L2")]
    )
    first = cl.fit(DATA, epochs=1, seed=1234).network_at(0)
    model.set_weights([array for layer in first.layers for array in layer.get_weights()])
    if optimizer == "adam":
        optimizer = keras.optimizers.Adam(0.01)
    model.compile(optimizer, loss, **{"metrics": ["accuracy"], **options})
    return model


def fit(model: Any, **options: Any) -> Any:
    return classlens.keras.fit(model, DATA.X, DATA.y, **{"verbose": 0, "seed": 1234, **options})


def test_the_lab() -> None:
    model = lab()
    history = fit(model, epochs=200)
    run = cl.fit(DATA, seed=1234, learning_rate=np.float32(0.01))
    assert history.history["loss"] == run.history.loss.tolist()
    assert history.history["accuracy"] == run.history.accuracy.tolist()
    assert round(history.history["loss"][-1], 4) == 0.03  # what the lab prints
    np.testing.assert_array_equal(
        model.get_layer("L1").get_weights()[0], run.network.layers[0].kernel
    )
    assert history.epoch == list(range(200))
    assert history.params == {"verbose": 0, "epochs": 200, "steps": 4}
    assert (history.model, model.history) == (model, history)
    assert int(model.optimizer.iterations) == 800
    assert "L1" in str(cl.explain(history.run, DATA))


@pytest.mark.parametrize(
    "optimizer",
    [
        lambda: keras.optimizers.Adam(0.01),
        lambda: keras.optimizers.SGD(0.05),
        lambda: keras.optimizers.SGD(0.05, momentum=0.7),
        lambda: keras.optimizers.RMSprop(0.01),
        lambda: keras.optimizers.RMSprop(0.01, momentum=0.5),
    ],
)
def test_it_goes_on_where_it_stopped(optimizer: Any) -> None:
    """Two trainings are one: the optimizer's memory goes through Keras's variables."""
    whole, parts = lab(optimizer=optimizer()), lab(optimizer=optimizer())
    wanted = fit(whole, epochs=12, shuffle=False).history["loss"]
    found = fit(parts, epochs=5, shuffle=False).history["loss"]
    later = fit(parts, epochs=12, initial_epoch=5, shuffle=False)
    np.testing.assert_allclose(found + later.history["loss"], wanted, rtol=1e-5)
    assert later.epoch == list(range(5, 12))
    for one, other in zip(whole.get_weights(), parts.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
    assert int(whole.optimizer.iterations) == int(parts.optimizer.iterations) == 48


def test_samples_to_watch() -> None:
    history = fit(lab(), epochs=3, validation_split=0.25).history
    assert sorted(history) == ["accuracy", "loss", "val_accuracy", "val_loss"]
    rows = slice(75, None)
    model = lab()
    history = fit(model, epochs=3, validation_data=(DATA.X[rows], DATA.y[rows])).history
    network = cl.Network.from_keras(model)
    score = network.evaluate(DATA.X[rows], DATA.y[rows])
    np.testing.assert_allclose(history["val_loss"][-1], score.loss, rtol=1e-5)
    assert history["val_accuracy"][-1] == pytest.approx(score.accuracy)


def test_weights() -> None:
    """A class that counts twice is one whose samples count twice."""
    by_class, by_sample = lab(), lab()
    fit(by_class, epochs=3, class_weight={1: 2.0}, sample_weight=np.full(100, 0.5))
    fit(by_sample, epochs=3, sample_weight=np.where(DATA.y == 1, 1.0, 0.5))
    for one, other in zip(by_class.get_weights(), by_sample.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_stands_before_is_not_trained() -> None:
    """Trained behind a scaling as without one, on samples that are scaled."""
    scaled = keras.Sequential(
        [
            keras.Input((2, 1)),
            layers.Normalization(mean=[1.0], variance=[4.0]),
            layers.Flatten(),
            layers.Dense(3, "tanh"),
            layers.Dense(4),
            layers.Softmax(),
        ]
    )
    plain = keras.Sequential([keras.Input((2,)), layers.Dense(3, "tanh"), layers.Dense(4)])
    plain.set_weights(scaled.get_weights()[-4:])
    one_hot = np.eye(4)[DATA.y]
    scaled.compile(keras.optimizers.SGD(0.1), "categorical_crossentropy", metrics=["acc"])
    plain.compile(keras.optimizers.SGD(0.1), LOGITS)
    X = DATA.X[:, :, None]
    options: dict[str, Any] = {"epochs": 5, "verbose": 0, "shuffle": False}
    found = classlens.keras.fit(scaled, X, one_hot, **options).history
    wanted = classlens.keras.fit(plain, (DATA.X - 1) / 2, DATA.y, **options).history
    assert sorted(found) == ["acc", "loss"]
    np.testing.assert_allclose(found["loss"], wanted["loss"], rtol=1e-5)
    for one, other in zip(scaled.get_weights()[-4:], plain.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("verbose", "lines"), [("auto", 10), (1, 10), (2, 50), (0, 0)])
def test_what_is_printed(capsys: Any, verbose: Any, lines: int) -> None:
    history = fit(lab(), epochs=50, verbose=verbose)
    told = capsys.readouterr().out.splitlines()
    assert len(told) == lines
    if lines:
        last = history.history
        assert told[-1] == (
            f"Epoch 50/50 - loss: {last['loss'][-1]:.4f} - accuracy: {last['accuracy'][-1]:.4f}"
        )


def test_what_was_learned_stays() -> None:
    model = lab(optimizer=keras.optimizers.SGD(1e4))
    with pytest.raises(cl.DivergedError):
        fit(model, epochs=50)
    assert all(np.isfinite(each).all() for each in model.get_weights())


def sequence(*steps: Any) -> Any:
    model = keras.Sequential([keras.Input((2,)), *steps])
    model.compile("adam", LOGITS)
    return model


def compiled(**options: Any) -> Any:
    return lambda: lab(**options)


def other_memory() -> Any:
    """An optimizer that has trained another model."""
    optimizer = keras.optimizers.Adam(0.01)
    fit(lab(optimizer=optimizer), epochs=1)
    wide = keras.Sequential([keras.Input((2,)), layers.Dense(4)])
    wide.compile("adam", LOGITS)
    wide.optimizer = optimizer
    return wide


REFUSED: dict[str, tuple[Any, dict[str, Any], str]] = {
    "callbacks": (lab, {"callbacks": [keras.callbacks.History()]}, "callbacks are not called by"),
    "steps": (lab, {"steps_per_epoch": 3, "validation_freq": 2}, "steps_per_epoch must be None"),
    "frequency": (lab, {"validation_freq": 2}, "validation_freq must be 1. Got 2 instead"),
    "not compiled": (lambda: keras.Sequential([layers.Dense(4)]), {}, "the model must be compiled"),
    "dropout": (
        lambda: sequence(layers.Dense(2), layers.Dropout(0.5, name="D"), layers.Dense(4)),
        {},
        r"layer D \(Dropout\) after the first Dense layer does not train as it answers",
    ),
    "batch normalization": (
        lambda: sequence(layers.BatchNormalization(name="B"), layers.Dense(4)),
        {},
        r"layer B \(BatchNormalization\) before the first Dense layer does not train as it",
    ),
    "no bias": (
        lambda: sequence(layers.Dense(4, use_bias=False, name="A")),
        {},
        "layer A must have a bias",
    ),
    "a regularizer": (
        lambda: sequence(layers.Dense(4, kernel_regularizer="l2", name="A")),
        {},
        "layer A must have no kernel_regularizer",
    ),
    "a frozen layer": (
        lambda: sequence(layers.Dense(4, trainable=False, name="A")),
        {},
        "layer A must be trainable",
    ),
    "two activations": (
        lambda: sequence(layers.Dense(4, "relu"), layers.Activation("tanh"), layers.Dense(4)),
        {},
        "each activation must follow a Dense layer of its own",
    ),
    "selu": (
        lambda: sequence(layers.Dense(4, "selu"), layers.Dense(4)),
        {},
        "Folded would be selu's factor",
    ),
    "a last activation": (
        lambda: sequence(layers.Dense(4, "tanh", name="A")),
        {},
        "the last layer, A, must be linear, for logits, or a softmax. Got tanh",
    ),
    "one unit": (lambda: sequence(layers.Dense(1)), {}, "must have a unit for each class"),
    "the loss": (compiled(loss="mse"), {}, "the loss must be SparseCategoricalCrossentropy or"),
    "a loss of probabilities": (
        compiled(loss="sparse_categorical_crossentropy"),
        {},
        "takes probabilities, and the model ends in logits. Compile it with from_logits=True",
    ),
    "a loss's option": (
        compiled(loss=keras.losses.SparseCategoricalCrossentropy(True, ignore_class=1)),
        {},
        "SparseCategoricalCrossentropy's ignore_class must be None. Got 1",
    ),
    "the optimizer": (compiled(optimizer="adagrad"), {}, "the optimizer must be one of Adam, SGD"),
    "an optimizer's option": (
        compiled(optimizer=keras.optimizers.Adam(beta_1=0.8, clipnorm=1.0)),
        {},
        r"Adam's beta_1 must be 0.9. Got 0.8 instead.\nAdam's clipnorm must be None. Got 1.0",
    ),
    "a schedule": (
        compiled(optimizer=keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 9))),
        {},
        "SGD's learning_rate must be a number. Got 'CosineDecay' instead",
    ),
    "a metric": (compiled(metrics=["accuracy", "mse"]), {}, "metrics must be accuracies. Got mse"),
    "weighted metrics": (compiled(weighted_metrics=["acc"]), {}, "weighted_metrics is not used"),
    "epochs": (lab, {"epochs": 3, "initial_epoch": 3}, "epochs must be beyond initial_epoch, 3"),
    "a split": (lab, {"validation_split": 0.9999}, "must leave samples on both sides"),
    "verbose": (lab, {"verbose": "loud"}, "verbose must be a whole number"),
    "class_weight": (lab, {"class_weight": [1, 2]}, "class_weight must be a dict of class indices"),
    "validation_data": (lab, {"validation_data": DATA.X}, "validation_data must be a pair"),
    "memory of others": (
        other_memory,
        {},
        "the optimizer remembers steps of other weights. Compile the model anew",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case: str) -> None:
    make, options, words = REFUSED[case]
    with pytest.raises(cl.ArgumentError, match=words):
        fit(make(), **options)


@pytest.mark.parametrize(
    ("X", "y", "options", "words"),
    [
        (DATA.X[:, :1], DATA.y, {}, r"x must have the shape \(samples, 2\), as the model takes it"),
        (DATA.X, DATA.y[:9], {}, "x and y must be as long. Got 100 samples, 9 labels"),
        (DATA.X, DATA.y + 1, {}, r"y must hold class indices from 0 to 3, shape \(samples,\). Got"),
        (DATA.X, np.eye(4)[DATA.y], {}, "y must hold class indices from 0 to 3"),
        (
            *(DATA.X, DATA.y, {"sample_weight": [1.0], "class_weight": {0: 2}}),
            r"sample_weight must have the shape \(100,\). Got \(1,\)",
        ),
        (
            DATA.X,
            DATA.y,
            {"validation_data": (DATA.X, DATA.y[:1])},
            "validation_data's x and valid",
        ),
    ],
)
def test_samples_that_cannot_be_used(X: Any, y: Any, options: dict[str, Any], words: str) -> None:
    with pytest.raises(cl.DataError, match=words):
        classlens.keras.fit(lab(), X, y, **options)


def test_rows_that_are_no_classes() -> None:
    model = lab(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
    with pytest.raises(cl.DataError, match="y must have a row for each sample, with a single 1"):
        classlens.keras.fit(model, DATA.X, np.full((100, 4), 0.25))


@pytest.mark.slow
def test_keras_does_the_same(tmp_path: Path) -> None:
    """Half of the training by Keras and half by us, in either order, on its JAX backend."""
    script = tmp_path / "both.py"
    script.write_text(_BOTH)
    environment = {**os.environ, "KERAS_BACKEND": "jax", "JAX_NUMPY_RANK_PROMOTION": "allow"}
    subprocess.run([sys.executable, script], env=environment, check=True)


_BOTH = """
import keras, numpy as np
import classlens as cl, classlens.keras

X, y = cl.blobs().X, cl.blobs().y
options = dict(epochs=7, batch_size=24, shuffle=False, verbose=0, validation_split=0.2,
               class_weight={0: 2.0, 3: 0.5})

def made(optimizer):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Rescaling(0.5),
                              keras.layers.Dense(6, "relu"), keras.layers.Dense(4)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, metrics=["accuracy"])
    return model

for optimizer in (lambda: keras.optimizers.Adam(0.01), lambda: keras.optimizers.SGD(0.05),
                  lambda: keras.optimizers.SGD(0.05, momentum=0.7),
                  lambda: keras.optimizers.RMSprop(0.01, momentum=0.5)):
    one, other = made(optimizer()), made(optimizer())
    for turn in range(3):
        if turn == 1:
            a, b = classlens.keras.fit(one, X, y, **options), other.fit(X, y, **options)
        else:
            a, b = one.fit(X, y, **options), classlens.keras.fit(other, X, y, **options)
        assert sorted(a.history) == sorted(b.history)
        for name in a.history:
            np.testing.assert_allclose(a.history[name], b.history[name], rtol=1e-4, atol=1e-6)
    for p, q in zip(one.get_weights(), other.get_weights()):
        np.testing.assert_allclose(p, q, rtol=1e-3, atol=1e-5)
    assert int(one.optimizer.iterations) == int(other.optimizer.iterations)
"""
