"""ONNX graphs as others write them, against onnxruntime; and those that are no chain of layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from onnx_graphs import assert_close, graph, read, run, samples

from classlens.io.chain import LOG_SOFTMAX, LOGITS, ONE_LOGIT, SIGMOID, SOFTMAX
from classlens.io.onnx import from_object
from classlens.io.onnx.forms import Form


def activations(found: Any) -> list[str]:
    return [str(layer.activation) for layer in found.model.network.layers]


@pytest.mark.parametrize(
    "body",
    [
        "y = Gemm(x, w34, b4)",
        "y = Gemm(x, w34)",
        "y = Gemm<alpha = 0.5, beta = 2.0>(x, w34, r4)",
        "y = Gemm<transB = 1>(x, w43, one)",
        "y = MatMul(x, w34)",
        "a = MatMul(x, w34) y = Add(a, b4)",
        "a = MatMul(x, w34) y = Add(r4, a)",
        "t = Transpose<perm = [1, 0]>(w43) a = MatMul(x, t) y = Add(a, one)",
        "i = Identity(w34) a = MatMul(x, i) y = Sub(b4, a)",
        "a = MatMul(x, w34) b = Sub(a, b4) c = Mul(v4, b) d = Div(c, p4) y = Neg(d)",
        "a = Sub(x, v3) b = Mul(a, half) y = Gemm(b, w34, b4)",
        "a = Gemm(x, w34, b4) b = Relu(a) y = Add(b, v4)",
        (
            "a = Gemm(x, w34) b = BatchNormalization<epsilon = 0.01>(a, v4, b4, v4, p4)"
            " c = Tanh(b) y = BatchNormalization(c, v4, b4, v4, p4)"
        ),
        "a = Gemm(x, w34, b4) b = Dropout(a) y = Identity(b)",
        "a = Cast<to = 1>(x) y = Gemm(a, w34, b4)",
        "c = CastLike(half, x) a = Gemm(x, w34, b4) y = Mul(a, c)",
        "c = Constant<value_float = 3.0>() a = Gemm(x, w34) y = Add(a, c)",
        "c = Constant<value_floats = [1.0, 2.0, 3.0, 4.0]>() a = Gemm(x, w34) y = Add(a, c)",
        (
            "c = Constant<value = float[2] {1.0, 2.0}>() a = Gemm(x, w34) b = MatMul(a, w42)"
            " d = Add(b, c) e = Tanh(d) w = Constant<value = float[2,4] {1,2,3,4,5,6,7,8}>()"
            " y = MatMul(e, w)"
        ),
        "a = Flatten(x) y = Gemm(a, w34)",
        "s = Constant<value_ints = [0, -1]>() a = Reshape(x, s) y = Gemm(a, w34)",
        "s = Constant<value_ints = [-1, 3]>() a = Reshape(x, s) y = Gemm(a, w34)",
    ],
)
def test_dense_layers_and_scalings(body: str) -> None:
    assert read(body).notes[0] == LOGITS


def test_a_bias_that_follows_stays_float32() -> None:
    found = read("a = MatMul(x, w34) y = Add(a, b4)")
    assert found.model.network.dtype == np.float32
    assert found.notes == (LOGITS,)
    found = read("a = MatMul(x, w34) y = Mul(a, b4)")
    assert found.model.network.dtype == np.float64
    assert found.notes[1] == "Folded into the layers: the scaling in 'y'."


@pytest.mark.parametrize(
    ("node", "word"),
    [
        ("y = Relu(z)", "relu"),
        ("y = LeakyRelu(z)", "leaky_relu(0.01)"),
        ("y = LeakyRelu<alpha = 0.3>(z)", "leaky_relu(0.3)"),
        ("y = Tanh(z)", "tanh"),
        ("y = Sigmoid(z)", "sigmoid"),
        ("y = Elu(z)", "elu(1.0)"),
        ("y = Elu<alpha = 0.7>(z)", "elu(0.7)"),
        ("s = Sigmoid(z) y = Mul(z, s)", "silu"),
        ("s = Sigmoid(z) y = Mul(s, z)", "silu"),
        ("s = Sigmoid(z) t = Mul(s, two) y = Mul(t, z)", "silu"),
        # As PyTorch writes gelu before opset 20, then as TensorFlow does, then in other orders.
        ("a = Div(z, root2) e = Erf(a) p = Add(e, one) q = Mul(z, p) y = Mul(q, half)", "gelu"),
        ("h = Mul(half, z) a = Mul(z, root) e = Erf(a) p = Add(one, e) y = Mul(h, p)", "gelu"),
        ("a = Mul(root, z) e = Erf(a) f = Mul(e, half) p = Add(half, f) y = Mul(p, z)", "gelu"),
        ("a = Mul(z, root) e = Erf(a) f = Mul(e, z) g = Add(z, f) y = Mul(g, v4)", "gelu"),
    ],
)
def test_activations(node: str, word: str) -> None:
    for start in ("z = Gemm(x, w34, b4)", "m = MatMul(x, w34) z = Add(m, b4)"):
        assert activations(read(f"{start} {node}"))[0] == word


def test_selu_and_the_operator_gelu() -> None:
    assert activations(read("z = Gemm(x, w34) y = Selu(z)"))[0] == "elu(1.6732632)"
    assert activations(read("z = Gemm(x, w34) y = Gelu(z)", opset=20)) == ["gelu"]


@pytest.mark.parametrize(
    ("end", "said", "opset"),
    [
        ("Softmax(z)", SOFTMAX, 17),
        ("Softmax(z)", SOFTMAX, 11),
        ("Softmax<axis = 1>(z)", SOFTMAX, 17),
        ("LogSoftmax<axis = -1>(z)", LOG_SOFTMAX, 17),
    ],
)
def test_what_comes_out_is_said(end: str, said: str, opset: int) -> None:
    model = graph(f"z = Gemm(x, w34, b4) s = {end} y = Identity(s)", opset=opset)
    found = from_object(model)
    assert found.notes == (said,)
    X = samples(6, 3)
    shares = run(model, X)
    assert_close(found.model.predict_proba(X), shares if said is SOFTMAX else np.exp(shares))


@pytest.mark.parametrize(("end", "said"), [("Identity", ONE_LOGIT), ("Sigmoid", SIGMOID)])
def test_one_unit_is_two_classes(end: str, said: str) -> None:
    weights = {"w31": np.array([[1.0], [-2.0], [0.5]], np.float32)}
    model = graph(f"z = MatMul(x, w31) y = {end}(z)", made="float[N,1] y", more=weights)
    found = from_object(model)
    assert found.notes == (said,)
    X = samples(6, 3)
    own = found.model.predict_proba(X) if said is SIGMOID else found.model.logits(X)
    assert_close(own[:, 1:], run(model, X))


def test_pictures_are_flattened() -> None:
    more = {"w64": np.arange(24, dtype=np.float32).reshape(6, 4) / 24 - 0.4}
    X = samples(5, 2, 3)
    for flat in ("Flatten", "Flatten<axis = -2>", "half"):
        start = f"f = {flat}(x)" if flat != "half" else "h = Mul(x, half) f = Flatten(h)"
        model = graph(f"{start} y = Gemm(f, w64)", given="float[N,2,3] x", more=more)
        assert_close(from_object(model).model.logits(X.reshape(5, 6)), run(model, X))
    for shape in ([5, -1], [5, 6], [-1, 6]):
        more["s"] = np.array(shape, np.int64)
        model = graph("f = Reshape(x, s) y = Gemm(f, w64)", given="float[5,2,3] x", more=more)
        assert_close(from_object(model).model.logits(X.reshape(5, 6)), run(model, X))


def test_names_of_layers_come_from_their_weights() -> None:
    more = {
        name: np.eye(3, dtype=np.float32)
        for name in ("net.fc.weight", "0.weight", "out.kernel", "q")
    }
    model = graph("a = MatMul(x, k0) b = MatMul(a, k1) c = MatMul(b, k2) y = MatMul(c, q)")
    for place, name in enumerate(more):
        model.graph.node[place].input[1] = name
        model.graph.initializer.append(onnx.numpy_helper.from_array(more[name], name))
    names = [layer.name for layer in from_object(model).model.network.layers]
    assert names == ["fc", "L2", "out", "L4"]


@pytest.mark.parametrize("kind", ["FLOAT16", "BFLOAT16", "DOUBLE", "FLOAT"])
@pytest.mark.parametrize("raw", [True, False])
def test_the_types_of_weights(kind: str, raw: bool) -> None:
    number = getattr(onnx.TensorProto, kind)
    values = [0.5, -2.0, 3.0, 1.25, 0.0, -1.5]
    tensor = onnx.helper.make_tensor("w", number, (3, 2), values)
    if raw:
        tensor = onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor), "w")
    assert tensor.HasField("raw_data") == raw
    model = graph("y = MatMul(x, w)")
    model.graph.initializer.append(tensor)
    (layer,) = from_object(model).model.network.layers
    assert layer.kernel.dtype == (np.float64 if kind == "DOUBLE" else np.float32)
    np.testing.assert_array_equal(layer.kernel, np.reshape(values, (3, 2)))


def test_what_is_not_used_is_not_read() -> None:
    model = graph("y = Gemm(x, w34, b4) z = Conv(x, w34)", given="float[N,3] x, float[4,4] w44")
    model.graph.initializer.append(onnx.TensorProto(name="w44", data_type=99, dims=[-1]))
    assert from_object(model).model.network.inputs == 3


def test_a_form_is_what_it_says() -> None:
    form = Form.of(0).times(Form.constant(0, 3.0)).plus(Form.constant(0, [1.0, 2.0]))
    meaning = form.meaning()
    assert (meaning.activation, float(meaning.factor)) == (None, 3.0)
    assert meaning.shift.tolist() == [1.0, 2.0]
    assert form.multiple() is None
