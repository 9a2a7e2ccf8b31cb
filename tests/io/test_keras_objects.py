"""Keras models as networks, against Keras's own predictions."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras_models import ACTIVATIONS, everything, keras, layers, randomized

import classlens as cl
from classlens.io import chain
from classlens.io.keras import from_object

RNG = np.random.default_rng(3)


def agree(model: Any, X: Any) -> None:
    """The logits are those of Keras, to 1e-5 of the largest; behind a softmax, the shares."""
    made = cl.Network.from_keras(model)
    X = X.astype(np.float32)
    wanted = np.asarray(model(X))
    flat = X.reshape(len(X), -1)
    shares = chain.SOFTMAX in from_object(model).notes
    found = made.predict_proba(flat) if shares else made.logits(flat)
    assert np.abs(found - wanted).max() <= 1e-5 * np.abs(wanted).max()


class Plan(NamedTuple):
    """A model to be made: hypothesis itself must not draw what Keras draws."""

    width: int
    hidden: list[tuple[int, str]]
    classes: int
    softmax: bool
    functional: bool

    def model(self) -> Any:
        steps = [layers.Dense(size, activation=ACTIVATIONS[word]()) for size, word in self.hidden]
        steps.append(layers.Dense(self.classes, name="logits"))
        if self.softmax:
            steps.append(layers.Softmax())
        start = keras.Input((self.width,))
        if not self.functional:
            return keras.Sequential([start, *steps])
        end = start
        for step in steps:
            end = step(end)
        return keras.Model(start, end)


HIDDEN = st.lists(st.tuples(st.integers(1, 8), st.sampled_from(list(ACTIVATIONS))), max_size=4)
PLANS = st.builds(Plan, st.integers(1, 8), HIDDEN, st.integers(2, 8), st.booleans(), st.booleans())


@settings(max_examples=25)
@given(PLANS, st.integers(0, 999))
def test_any_architecture(plan: Plan, seed: int) -> None:
    agree(randomized(plan.model(), seed), RNG.normal(size=(30, plan.width)))


def test_everything() -> None:
    model = everything()
    X = RNG.normal([5, -3, 100], [1, 2, 30], (60, 3))
    agree(model, X)
    found = from_object(model)
    assert found.source == "a Keras model"
    assert found.notes == (
        chain.SOFTMAX,
        "Folded into the layers: standard, half, batch, shift.",
        "Left out, as it does nothing after training: drop, noise.",
    )
    assert found.model.network.get_layer("L1").units == 4


@pytest.mark.parametrize("functional", [False, True])
def test_models_in_models(functional: bool) -> None:
    inner = keras.Sequential([layers.Dense(4, activation="relu"), layers.Dense(5)])
    if functional:
        start = keras.Input((3,))
        model = keras.Model(start, layers.Dense(2)(layers.ReLU()(inner(start))))
    else:
        model = keras.Sequential([keras.Input((3,)), inner, layers.ReLU(), layers.Dense(2)])
    agree(randomized(model), RNG.normal(size=(20, 3)))


def test_pictures_are_flattened() -> None:
    normalization = layers.Normalization(axis=-1)
    normalization.adapt(RNG.normal(3, 2, size=(9, 4, 2)))
    model = keras.Sequential(
        [
            keras.Input((4, 2)),
            normalization,
            layers.Rescaling([2.0, 3.0]),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )
    kept = model.layers[0].get_weights()
    randomized(model).layers[0].set_weights(kept)
    agree(model, RNG.normal(3, 2, size=(20, 4, 2)))


@pytest.mark.parametrize(
    "normalization",
    [
        lambda: layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 0.0]),
        lambda: layers.Normalization(axis=None, mean=3.0, variance=4.0),
        lambda: layers.Normalization(mean=[1.0, 2.0], variance=[4.0, 9.0], invert=True),
    ],
)
def test_normalizations(normalization: Any) -> None:
    model = keras.Sequential([keras.Input((2,)), normalization(), layers.Dense(3)])
    X = RNG.normal([1, 2], [1, 1e-8], (20, 2))
    agree(randomized(model), X)


def test_a_model_with_one_unit_and_a_sigmoid_has_two_classes() -> None:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="sigmoid")])
    X = RNG.normal(size=(20, 2)).astype(np.float32)
    wanted = np.asarray(randomized(model)(X))[:, 0]
    np.testing.assert_allclose(cl.as_model(model).predict_proba(X)[:, 1], wanted, rtol=1e-5)


def test_everything_takes_a_model_of_keras() -> None:
    data = cl.blobs()
    run = cl.fit(data, seed=1234)
    model = run.network.to_keras()
    assert model.name == "classlens"
    assert str(cl.explain(model, data.X, data.y)) == str(cl.explain(run.network, data))
    assert cl.regions(model, ((-8, 8), (-8, 8))).class_areas.sum() == pytest.approx(256)
    assert cl.plot.regions(model, data).png().startswith(b"\x89PNG")
    assert cl.units(model, data)[0].layer == "L1"
    cl.verify(cl.explain(model, data), model, data)


class Own(layers.Dense):
    """Might compute anything."""


class Subclassed(keras.Model):
    def call(self, inputs: Any) -> Any:
        return inputs


def branched() -> Any:
    start = keras.Input((2,))
    return keras.Model(start, layers.Add()([layers.Dense(3)(start), layers.Dense(3)(start)]))


def skipping() -> Any:
    start = keras.Input((2,))
    hidden = layers.Dense(2)(start)
    return keras.Model(start, [layers.Dense(3)(hidden), hidden])


def sequence(*steps: Any, shape: tuple[int, ...] = (2,)) -> Any:
    return lambda: keras.Sequential([keras.Input(shape), *steps, layers.Dense(3)])


def quantized() -> Any:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3)])
    model.layers[0].enable_lora(1)
    return model


REFUSED = {
    "a layer": (
        sequence(layers.LayerNormalization()),
        r"layer layer_normalization\w* \('LayerNormalization'\) cannot be read: .*Supported: Act",
    ),
    "an activation": (
        sequence(layers.Dense(2, activation="softplus", name="A")),
        "layer A's activation 'softplus' is none that a network here can have. Supported: linear,",
    ),
    "a function": (
        sequence(layers.Dense(2, activation=keras.ops.sin, name="A")),
        "layer A's activation",
    ),
    "a subclass": (sequence(Own(2)), "'Own' of .* is not one of Keras's own classes"),
    "a model of one's own": (Subclassed, "must be a Sequential or functional one"),
    "two ways": (branched, "only chains of layers can be read"),
    "two outputs": (skipping, "the model must have one output, at its end"),
    "rows of rows": (
        sequence(layers.Dense(2, name="A"), shape=(4, 2)),
        r"layer A must be given one row of numbers a sample. It is given the shape \(4, 2\)",
    ),
    "not built": (lambda: keras.Sequential([layers.Dense(2)]), "Build the model first"),
    "nothing": (keras.Sequential, "with layers, to be read"),
    "a clipped ReLU": (sequence(layers.ReLU(max_value=6, name="A")), "layer A is a ReLU with max"),
    "a softmax within": (sequence(layers.Softmax()), "a softmax must be the last step"),
    "a softmax along rows": (
        lambda: keras.Sequential([keras.Input((2, 2)), layers.Softmax(axis=2, name="A")]),
        "layer A must be a softmax along the last axis. Got 2.",
    ),
    "channels first": (
        sequence(layers.Flatten(data_format="channels_first", name="A"), shape=(2, 2)),
        "layer A must have channels_last",
    ),
    "another axis": (
        sequence(
            layers.Normalization(axis=1, mean=[1.0, 1.0], variance=[1.0, 1.0], name="A"),
            layers.Flatten(),
            shape=(2, 2),
        ),
        "layer A must work along the last axis. Got",
    ),
    "too few factors": (
        sequence(layers.Rescaling([1.0, 2.0], name="A"), layers.Flatten(), shape=(2, 1)),
        "layer A must have 1 numbers. Got 2 instead.",
    ),
    "LoRA": (quantized, "LoRA"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case: str) -> None:
    make, words = REFUSED[case]
    model = make()
    with pytest.raises(cl.ArgumentError, match=words):
        cl.Network.from_keras(model)


def test_a_thing_that_is_no_model() -> None:
    with pytest.raises(cl.ArgumentError, match="model must be a model, or the path of a file of K"):
        cl.Network.from_keras(layers)
