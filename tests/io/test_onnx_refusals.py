"""ONNX models that are no chain of layers, or not what they say: each is refused, and told why."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
from onnx_graphs import SHAPES, graph, refusal

from classlens.io.onnx.operators import OPERATORS


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (
            "y = Conv(x, w34)",
            (
                "node 'y' (Conv) cannot be read: no network here has such a part. "
                f"Supported: {', '.join(sorted(OPERATORS))}."
            ),
        ),
        ("z = Gemm(x, w34) y = ArgMax(z)", "node 'y' (ArgMax) cannot be read"),
        ("y = com.own.Gemm(x, w34)", "node 'y' (com.own.Gemm) cannot be read"),
        ("y = Gemm<transA = 1>(x, w34)", "node 'y' (Gemm): transA must be 0: a sample is a row."),
        (
            "y = Gemm(x, v3)",
            "node 'y' (Gemm): its input 'v3' must have two axes. Got the shape (3,) instead.",
        ),
        ("y = Gemm(x, w44)", "node 'y' (Gemm): a dense layer's kernel must have 3 rows"),
        ("a = MatMul(x, w44) y = Add(a, b4)", "node 'a' (MatMul): a dense layer's kernel must"),
        (
            "a = Gemm(x, w34) y = MatMul(a, a)",
            (
                "node 'y' (MatMul): its input 'a' must be numbers "
                "that stand in the model. Got a result of the graph instead."
            ),
        ),
        ("y = MatMul(w34, w44)", "node 'y' (MatMul): it must work on what flows through the graph"),
        (
            "y = Gemm(x, w34, w43)",
            (
                "node 'y' (Gemm): its input 'w43' must be a number, or one a "
                "unit. Got the shape (4, 3) instead."
            ),
        ),
        ("a = MatMul(x, w34) y = Add(a, v3)", "the output 'y': a dense layer's bias must have"),
        ("a = Gemm(x, w34) y = Mul(a, a)", "node 'y' (Mul): it multiplies what is no factor of"),
        (
            "a = Gemm(x, w34) b = Relu(a) y = Add(a, b)",
            (
                "the output 'y': what is computed up to "
                "here is no activation that a network here can have."
            ),
        ),
        (
            "a = Gemm(x, w34) b = Gemm(a, w44) y = Add(a, b)",
            (
                "node 'y' (Add): it uses a result "
                "that another part has used already: only chains of layers can be read."
            ),
        ),
        (
            "a = Gemm(x, w34) b = Gemm(x, w34) y = Add(a, b)",
            (
                "node 'b' (Gemm): it uses a result "
                "that another part has used already: only chains of layers can be read."
            ),
        ),
        (
            "a = Gemm(x, w34) b = Tanh(a) c = Sigmoid(a) y = Add(b, c)",
            (
                "node 'y' (Add): it combines two "
                "results that do not come from the same numbers in a known way: only chains of "
                "layers can be read."
            ),
        ),
        (
            "a = Gemm(x, w34) b = Mul(a, most) c = Sigmoid(b) y = Mul(a, c)",
            "node 'y' (Mul): it uses a result",
        ),
        ("a = Gemm(x, w34) y = Erf(a)", "the output 'y': what is computed up to here"),
        ("a = Gemm(x, w34) y = Div(one, a)", "node 'y' (Div): its input 'a' must be numbers"),
        (
            "a = Add(v3, v4) y = Add(x, a)",
            "node 'a' (Add): its numbers do not fit ('operands could",
        ),
        (
            "a = Gemm(x, w34) b = Softmax(a) y = Relu(b)",
            "the output 'y': a softmax must be the last step. Got the activation relu after it.",
        ),
        ("a = Gemm(x, w34) y = Softmax<axis = 0>(a)", "node 'y' (Softmax): axis must be 1 or -1"),
        (
            "a = Gemm(x, w34) y = Cast<to = 7>(a)",
            (
                "node 'y' (Cast): it must turn floats into "
                "floats, which changes nothing here. Got type 7 instead."
            ),
        ),
        ("y = Flatten<axis = 0>(x)", "node 'y' (Flatten): axis must be 1, all but the samples."),
        (
            "s = Constant<value_ints = [-1, 6]>() y = Reshape(x, s)",
            (
                "node 'y' (Reshape): it must "
                "make one row of each sample, such as with the shape [0, -1]. Got [-1, 6] instead."
            ),
        ),
        (
            "y = Transpose<perm = [0, 1]>(w34)",
            "node 'y' (Transpose): perm must be 1, 0. Got [0, 1]",
        ),
        ("c = Constant() y = Add(x, c)", "node 'c' (Constant): it must have one value."),
        (
            "a = Gemm(x, w34) y = BatchNormalization<training_mode = 1>(a, v4, v4, v4, p4)",
            "node 'y' (BatchNormalization): it is there for training. Export the model for",
        ),
        (
            "t = Constant<value = bool[1] {1}>() y = Dropout(x, half, t)",
            "node 'y' (Dropout): it is there for training. Export the model for inference.",
        ),
        (
            "y = Gemm<gamma = 1.0>(x, w34)",
            (
                "node 'y' (Gemm): it has the attribute 'gamma', which is "
                "not known here. Known: alpha, beta, transA, transB."
            ),
        ),
        (
            "y = Gemm<alpha = 1>(x, w34)",
            "node 'y' (Gemm): its attribute alpha must be of type float. Got 1 instead.",
        ),
        ("y = Gemm(x)", "node 'y' (Gemm) must have from 2 to 3 inputs, and an output. Got 1 and 1"),
        ("a = Gemm(x, w34) y = Elu<alpha = -1.0>(a)", "node 'y' (Elu): activation elu's alpha"),
        (
            "y = Gemm(b, w44) b = Gemm(x, w34)",
            (
                "node 'y' (Gemm) uses 'b', which nothing before it "
                "makes: the graph has a circle, or its nodes stand in no order."
            ),
        ),
        ("a = Gemm(b, w34) b = Gemm(a, w44) y = Relu(b)", "node 'a' (Gemm) uses 'b', which"),
        ("a = Gemm(x, w34) a = Relu(a) y = Tanh(a)", "node 'a' (Relu) makes 'a', which is there"),
        ("a = Relu(x)", "nothing in the graph makes its output 'y'."),
        ("y = Relu(w34)", "node 'y' (Relu): it must work on what flows through the graph, not on"),
        ("y = Identity(x)", "there must be a dense layer, one at least. Got none."),
    ],
)
def test_graphs_that_are_no_chain_of_layers(body: str, said: str) -> None:
    assert refusal(graph(body)).startswith(said)


def test_gelu_by_tanh_is_refused() -> None:
    model = graph('a = Gemm(x, w34) y = Gelu<approximate = "tanh">(a)', opset=20)
    assert refusal(model) == "node 'y' (Gelu): approximate must be 'none'. Got 'tanh' instead."


def test_subgraphs_are_refused() -> None:
    inner = graph("y = Gemm(x, w34)").graph
    model = graph("a = Gemm(x, w34) y = Relu(a)")
    model.graph.node[1].attribute.append(onnx.helper.make_attribute("body", inner))
    assert refusal(model).startswith("node 'y' (Relu): it has the attribute 'body'")
    model.graph.node[1].op_type = "Loop"
    assert refusal(model).startswith("node 'y' (Loop) cannot be read")
    model.graph.node[1].op_type = "LeakyRelu"
    model.graph.node[1].attribute[0].name = "alpha"
    assert refusal(model) == (
        "node 'y' (LeakyRelu): its attribute alpha must be numbers, text or a tensor."
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"given": "float[N,3] x, float[N] u"}, "the graph must have one input. Got 'x', 'u'."),
        ({"given": ""}, "the graph must have one input. Got none."),
        ({"made": "float[N,4] y, float[N,4] z"}, "the graph must have one output. Got 'y', 'z'."),
        ({"made": ""}, "the graph must have one output. Got none."),
        ({"given": "int64[N,3] x"}, "the input 'x' must be floats. Got type 7 instead."),
        ({"given": "float[3] x"}, "the input 'x' must have the shape (samples, features). Got [3]"),
        ({"given": "float[N,5] x"}, "node 'y' (Gemm): a dense layer's kernel must have 5 rows"),
        (
            {"given": "float[N,2,3] x"},
            (
                "node 'y' (Gemm): it must be given one row of numbers a "
                "sample. It is given the shape (2, 3): put a Flatten before it."
            ),
        ),
        (
            {"opset": 6},
            (
                "the model's opset must be 7 or later. Got 6. Convert it with "
                "onnx.version_converter.convert_version(model, 17)."
            ),
        ),
    ],
)
def test_ends_that_no_network_has(options: dict[str, Any], said: str) -> None:
    assert refusal(graph("y = Gemm(x, w34)", **options)).startswith(said)


def test_other_things_that_are_refused() -> None:
    assert refusal(onnx.GraphProto()) == "model must be a ModelProto. Got GraphProto instead."
    model = graph("y = Gemm(x, w34)")
    model.functions.append(onnx.FunctionProto(name="Gemm"))
    assert refusal(model) == (
        "the model has functions of its own, 'Gemm', which are not read. Inline them first: "
        "onnx.inliner.inline_local_functions(model)."
    )
    model = graph("y = Gemm(x, w34)")
    model.graph.sparse_initializer.add()
    assert refusal(model) == "sparse weights cannot be read. Make them dense first."
    model = graph("y = Gemm(x, w34)")
    model.graph.initializer.append(model.graph.initializer[0])
    assert refusal(model) == "the tensor 'w34' stands in the model twice."
    model = graph("a = Mul(x, v3) y = Flatten(a)", given="float[N,2,3] x")
    assert "must have" in refusal(model) or "flattened" in refusal(model)
    for text in ("{", "3", '["a", "a", "b", "c"]', "[" * 100_000):
        model = graph("y = Gemm(x, w34)")
        onnx.helper.set_model_props(model, {"classlens.classes": text})
        assert refusal(model).startswith("its metadata classlens.classes must be a list of names")
    onnx.helper.set_model_props(model, {"classlens.classes": '["a"]'})
    assert refusal(model).startswith("there must be a class name for each of the 4 units")


def tensor(**changes: Any) -> onnx.ModelProto:
    model = graph("y = Gemm(x, w)", more={"w": np.zeros(SHAPES["w34"], np.float32)})
    weights = model.graph.initializer[0]
    for name, value in changes.items():
        weights.ClearField(name)
        if isinstance(value, list):
            getattr(weights, name).extend(value)
        else:
            setattr(weights, name, value)
    return model


def test_tensors_that_are_not_what_they_say() -> None:
    assert refusal(tensor(raw_data=bytes(47))) == (
        "the tensor 'w' has the shape (3, 4), which needs 48 bytes. Got 47 instead."
    )
    assert refusal(tensor(dims=[1 << 62, 1 << 62])).startswith(
        f"the tensor 'w' has the shape (4611686018427387904, 4611686018427387904), which needs "
        f"{1 << 126} bytes."
    )
    assert refusal(tensor(dims=[3, -4])) == (
        "the tensor 'w' must have a shape, without 0. Got (3, -4) instead."
    )
    assert refusal(tensor(dims=[0, 1 << 60])).startswith("the tensor 'w' must have a shape")
    assert refusal(tensor(dims=[1] * 40)).startswith("the tensor 'w' must have a shape")
    assert refusal(tensor(data_type=8)) == (
        "the tensor 'w' must be of one of the types float, double, float16, bfloat16, int32, "
        "int64, bool. Got type 8 instead."
    )
    model = tensor(float_data=[1.0] * 3)
    model.graph.initializer[0].ClearField("raw_data")
    assert refusal(model).endswith("which needs 12 numbers. Got 3 instead.")
    model = tensor(data_type=10, int32_data=[70_000] * 12)
    model.graph.initializer[0].ClearField("raw_data")
    assert refusal(model) == "the tensor 'w' holds a number that its type cannot."
    model = tensor()
    entry = model.graph.initializer[0].external_data.add()
    entry.key, entry.value = "location", "../../secret"
    assert refusal(model) == (
        "the tensor 'w' lies in another file, '../../secret', which is not opened. Save the model "
        "with all weights in it: onnx.save_model(onnx.load(path), path), or torch.onnx.export(..., "
        "external_data=False)."
    )
    model = tensor(data_location=1)
    assert refusal(model).startswith("the tensor 'w' lies in another file, '', which is not opened")
    model = tensor(raw_data=np.full(12, np.nan, np.float32).tobytes())
    assert "kernel must be finite" in refusal(model)
