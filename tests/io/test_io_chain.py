"""The chain of another model's steps, against the steps themselves, done one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import classlens as cl
from classlens.activations import ACTIVATIONS, Activation
from classlens.io import chain as chains
from classlens.io.chain import Chain, imported


def dense(rng: np.random.Generator, inputs: int, units: int) -> tuple[Any, Any]:
    return rng.normal(size=(inputs, units)), rng.normal(size=units)


@st.composite
def programs(draw: st.DrawFn) -> list[tuple[Any, ...]]:
    """Steps of all kinds in any order, at the end of which several numbers come out."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    width = draw(st.integers(1, 4))
    steps: list[tuple[Any, ...]] = []
    for kind in [*draw(st.lists(st.sampled_from(["dense", "scale", "act"]), max_size=7)), "dense"]:
        if kind == "dense":
            units = draw(st.integers(2, 4))
            steps.append(("dense", *dense(rng, width, units)))
            width = units
        elif kind == "scale":
            one = draw(st.booleans())
            size = () if one else (width,)
            steps.append(("scale", rng.normal(size=size), rng.normal(size=size)))
        else:
            steps.append(("act", Activation(draw(st.sampled_from(list(ACTIVATIONS))))))
    tail = draw(st.sampled_from([[], [("scale", rng.normal(size=width), 0.5)], [("act", "tanh")]]))
    return steps + tail


@settings(max_examples=60, deadline=None)
@given(programs())
def test_the_network_computes_what_the_steps_do(program: list[tuple[Any, ...]]) -> None:
    first = next(step[1] for step in program if step[0] == "dense")
    chain = Chain(first.shape[0])
    X = np.random.default_rng(0).normal(size=(50, first.shape[0]))
    values = X
    for kind, *given_ in program:
        if kind == "dense":
            kernel, bias = given_
            chain.dense(kernel, bias)
            values = values @ kernel + bias
        elif kind == "scale":
            chain.scale(*given_, "a scaling")
            values = values * given_[0] + given_[1]
        else:
            activation = Activation.parse(given_[0])
            chain.activate(activation)
            values = activation(values, np)
    found = chain.network().logits(X)
    np.testing.assert_allclose(found, values, rtol=1e-9, atol=1e-9 * np.abs(values).max())


def test_nothing_is_changed_that_need_not_be() -> None:
    kernel, bias = np.float32([[1, -1]]), np.float32([0.1, 0])
    chain = Chain()
    chain.dense(kernel, bias, "mine")
    chain.activate(Activation("linear"))
    network = chain.network(["a", "b"])
    assert (network.dtype, network.layers[0].name) == (np.float32, "mine")
    np.testing.assert_array_equal(network.layers[0].kernel, kernel)
    assert chain.notes == (chains.LOGITS,)


def test_what_is_folded_is_in_float64() -> None:
    """Standing far from the origin, the features would lose their digits in float32."""
    chain = Chain()
    chain.scale([1.0], [-1e6], "the mean")
    chain.dense(np.float32([[1, -1]]), None)
    network = chain.network()
    assert network.dtype == np.float64
    assert network.logits([[1e6 + 0.125]]).tolist() == [[0.125, -0.125]]
    assert chain.notes[1] == "Folded into the layers: the mean."


def test_small_numbers_become_float32_and_whole_ones_float64() -> None:
    for given_, wanted in ((np.float16, np.float32), (np.int64, np.float64)):
        chain = Chain()
        chain.dense(np.eye(2, dtype=given_), None)
        assert chain.network().dtype == wanted


def test_layers_have_a_name_each() -> None:
    chain = Chain()
    for name in ("L2", None, "same", "same"):
        chain.dense(np.eye(2), None, name)
    assert [layer.name for layer in chain.network().layers] == ["L2", "L2_", "same", "same_"]


@pytest.mark.parametrize(
    ("last", "note", "logits"),
    [
        ([], chains.ONE_LOGIT, [0, 3]),
        (["sigmoid"], chains.SIGMOID, [0, 3]),
    ],
)
def test_one_unit_tells_two_classes(last: list[str], note: str, logits: list[int]) -> None:
    chain = Chain()
    chain.dense([[1.5]], [0.0])
    for word in last:
        chain.activate(Activation(word))
    network = chain.network(["no", "yes"])
    assert chain.notes == (note,)
    assert network.logits([[2.0]]).tolist() == [logits]
    share = 1 / (1 + np.exp(-3.0))
    np.testing.assert_allclose(network.predict_proba([[2.0]])[0, 1], share, rtol=1e-6)


def test_what_the_output_was_is_said() -> None:
    for log, note in ((False, chains.SOFTMAX), (True, chains.LOG_SOFTMAX)):
        chain = Chain()
        chain.dense(np.eye(2), None)
        chain.identity("dropout")
        chain.softmax(log=log)
        made = imported(chain, "a model", classes=["a", "b"], features=["u", "v"])
        assert made.notes == (note, "Left out, as it does nothing after training: dropout.")
        assert (made.model.class_names, made.model.feature_names) == (("a", "b"), ("u", "v"))
    chain = Chain()
    chain.dense(np.eye(2), None)
    chain.activate(Activation("sigmoid"))
    chain.network()
    assert chain.notes == (chains.SIGMOIDS,)


def softmaxed(chain: Chain) -> None:
    chain.dense(np.eye(2), None)
    chain.softmax()


REFUSED = {
    "a kernel with one axis": (
        lambda chain: chain.dense([1.0], None, "A"),
        r"layer A's kernel must have the shape \(inputs, units\). Got \(1,\) instead.",
    ),
    "a kernel that does not fit": (
        lambda chain: (chain.dense(np.eye(2), None), chain.dense(np.eye(3), None, "B")),
        "layer B's kernel must have 2 rows, one for each number that it is given. Got 3 instead.",
    ),
    "a bias that does not fit": (
        lambda chain: chain.dense(np.eye(2), [1.0]),
        r"a dense layer's bias must have the shape \(2,\). Got \(1,\) instead.",
    ),
    "words": (
        lambda chain: chain.dense([["a"]], None, "A"),
        "layer A's kernel must hold real numbers.",
    ),
    "a scaling that does not fit": (
        lambda chain: (chain.dense(np.eye(2), None), chain.scale([1, 2, 3], 0, "norm")),
        r"norm must have 2 numbers, one a unit. Got \(3,\) instead.",
    ),
    "a scaling with two axes": (
        lambda chain: chain.scale(np.eye(2), 0, "norm"),
        r"norm must have one number a unit. Got \(2, 2\) instead.",
    ),
    "a scaling without end": (
        lambda chain: chain.scale([np.inf], 0, "norm"),
        "norm's numbers must be finite. Got array",
    ),
    "something after a softmax": (
        lambda chain: (softmaxed(chain), chain.dense(np.eye(2), None, "C")),
        "a softmax must be the last step. Got layer C after it.",
    ),
    "an activation after a softmax": (
        lambda chain: (softmaxed(chain), chain.activate(Activation("relu"))),
        "a softmax must be the last step. Got the activation relu after it.",
    ),
    "a softmax of one unit": (
        lambda chain: (chain.dense([[1.0]], None), chain.softmax()),
        "a softmax over one unit is always 1: that tells no classes apart.",
    ),
    "an activation first": (
        lambda chain: chain.activate(Activation("relu")),
        "the activation relu stands first, where the number of inputs is not known.",
    ),
    "nothing": (lambda chain: chain.network(), "there must be a dense layer, one at least."),
    "one unit of relu": (
        lambda chain: (
            chain.dense([[1.0]], None),
            chain.activate(Activation("relu")),
            chain.network(),
        ),
        "one unit at the end must be linear, or a sigmoid, to tell two classes apart. Got relu",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case: str) -> None:
    act, words = REFUSED[case]
    with pytest.raises(cl.ArgumentError, match=words):
        act(Chain())
