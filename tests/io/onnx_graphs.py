"""ONNX models from a few words, and what onnxruntime makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from classlens.errors import ArgumentError
from classlens.io.chain import Imported
from classlens.io.onnx import from_object

RANDOM = np.random.default_rng(0)
# Weights that the graphs below may use, by name: the letter, then the shape.
SHAPES = {
    "w34": (3, 4), "w43": (4, 3), "w44": (4, 4), "w42": (4, 2), "v3": (3,), "v4": (4,), "b4": (4,),
    "r4": (1, 4), "b2": (2,), "p4": (4,),
}  # fmt: skip
WEIGHTS: dict[str, np.ndarray] = {
    name: RANDOM.normal(size=shape).astype(np.float32) for name, shape in SHAPES.items()
}
WEIGHTS["p4"] = RANDOM.uniform(0.3, 2, 4).astype(np.float32)
NUMBERS = {
    "one": 1.0, "half": 0.5, "two": 2.0, "root": 0.70710678, "root2": 1.41421356, "most": 1.702,
}  # fmt: skip
WEIGHTS |= {name: np.array(value, np.float32) for name, value in NUMBERS.items()}


def graph(
    body: str,
    *,
    given: str = "float[N,3] x",
    made: str = "float[N,4] y",
    opset: int = 17,
    more: dict[str, np.ndarray] | None = None,
) -> onnx.ModelProto:
    """A model of these nodes, with the weights that they name."""
    text = f'<ir_version: 8, opset_import: ["" : {opset}]> g ({given}) => ({made}) {{ {body} }}'
    model = onnx.parser.parse_model(text)
    known = {**WEIGHTS, **(more or {})}
    for name in dict.fromkeys(name for node in model.graph.node for name in node.input):
        if name in known:
            model.graph.initializer.append(onnx.numpy_helper.from_array(known[name], name))
    return model


def run(model: onnx.ModelProto, X: np.ndarray) -> np.ndarray:
    """What onnxruntime makes of X."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    (made,) = session.run(None, {session.get_inputs()[0].name: X})
    return np.asarray(made)


def samples(*shape: int, dtype: Any = np.float32) -> np.ndarray:
    return np.random.default_rng(1).normal(size=shape).astype(dtype)


def assert_close(found: np.ndarray, wanted: np.ndarray) -> None:
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5 * np.abs(wanted).max())


def read(body: str, **options: Any) -> Imported:
    """The graph, read, after its logits were compared with onnxruntime's."""
    model = graph(body, **options)
    onnx.checker.check_model(model)
    found = from_object(model)
    X = samples(6, 3)
    assert_close(found.model.logits(X), run(model, X))
    return found


def refusal(model: Any) -> str:
    with pytest.raises(ArgumentError) as caught:
        from_object(model)
    said = str(caught.value)
    assert said.endswith((".", "?"))
    assert len(said) < 500
    return said
