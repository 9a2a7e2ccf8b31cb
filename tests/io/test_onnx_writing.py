"""Models written as ONNX: the checker takes them, onnxruntime agrees, and they come back whole."""

from __future__ import annotations

import itertools
import json
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx_graphs import assert_close, run, samples

from classlens._version import __version__
from classlens.activations import ACTIVATIONS
from classlens.errors import ArgumentError, MissingLibraryError, OutputError
from classlens.io.onnx import from_file, from_object, to_file, to_object, writing
from classlens.model import Model
from classlens.network import Network


def network(sizes: list[int], words: list[str], dtype: type, seed: int = 0) -> Network:
    random = np.random.default_rng(seed)
    return Network.from_arrays(
        [random.normal(size=pair).astype(dtype) for pair in itertools.pairwise(sizes)],
        [random.normal(size=size).astype(dtype) for size in sizes[1:]],
        activations=words,
    )


def assert_same(one: Network, other: Network) -> None:
    for layer, twin in zip(one.layers, other.layers, strict=True):
        assert (layer.name, layer.activation) == (twin.name, twin.activation)
        assert layer.kernel.dtype == twin.kernel.dtype
        np.testing.assert_array_equal(layer.kernel, twin.kernel)
        np.testing.assert_array_equal(layer.bias, twin.bias)


@settings(max_examples=25)
@given(
    st.lists(st.integers(1, 8), min_size=1, max_size=4),
    st.data(),
    st.sampled_from([np.float32, np.float64]),
    st.integers(0, 2**31),
)
def test_networks_of_any_kind(
    sizes: list[int], data: st.DataObject, dtype: type, seed: int
) -> None:
    sizes.append(data.draw(st.integers(2, 8)))
    words = data.draw(
        st.lists(
            st.sampled_from([*ACTIVATIONS, "leaky_relu(0.07)", "elu(1.5)"]),
            min_size=len(sizes) - 1,
            max_size=len(sizes) - 1,
        )
    )
    given = network(sizes, words, dtype, seed)
    made = to_object(given)
    onnx.checker.check_model(made, full_check=True)
    X = samples(20, sizes[0], dtype=dtype)
    assert_close(run(made, X), given.logits(X))
    assert_same(given, from_object(made).model.network)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_activation_in_one_network(dtype: type) -> None:
    words = [*ACTIVATIONS]
    given = network([3] + [5] * len(words), words, dtype)
    made = to_object(given)
    onnx.checker.check_model(made, full_check=True)
    X = samples(9, 3, dtype=dtype)
    assert_close(run(made, X), given.logits(X))
    assert_same(given, from_object(made).model.network)


def test_what_stands_in_the_file(tmp_path: Path) -> None:
    given = Model(network([2, 3, 2], ["relu", "linear"], np.float32), ("breadth", "length"))
    given = Model(
        Network(given.network.layers, ("no", "yes \U0001f600 \ud800")), given.feature_names
    )
    to_file(given, tmp_path / "model.onnx")
    made = onnx.load(tmp_path / "model.onnx")
    assert (made.producer_name, made.producer_version) == ("classlens", __version__)
    assert [(each.domain, each.version) for each in made.opset_import] == [("", 17)]
    assert made.ir_version == 8
    said = {each.key: json.loads(each.value) for each in made.metadata_props}
    assert said == {
        "classlens.classes": list(given.class_names),
        "classlens.features": ["breadth", "length"],
    }
    ends = [
        (each.name, [size.dim_param or size.dim_value for size in each.type.tensor_type.shape.dim])
        for each in (*made.graph.input, *made.graph.output)
    ]
    assert ends == [("x", ["batch", 2]), ("logits", ["batch", 2])]
    assert [node.name for node in made.graph.node] == ["L1/Gemm", "L1/Relu", "L2/Gemm"]
    found = from_file(tmp_path / "model.onnx")
    assert found.source == "an ONNX model"
    assert found.model.class_names == given.class_names
    assert found.model.feature_names == given.feature_names


def test_names_that_could_be_taken_for_others() -> None:
    names = ["x", "logits", "a", "a.kernel", "a/Gemm", "out.1", "\ud800"]
    count = len(names)
    given = Network.from_arrays(
        [np.eye(2) * 2] * count, [np.ones(2)] * count, names=names, activations=["silu"] * count
    )
    made = to_object(given)
    onnx.checker.check_model(made, full_check=True)
    found = [layer.name for layer in from_object(made).model.network.layers]
    assert found == [*names[:-1], "\\ud800"]


def test_what_is_too_large_for_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "MOST_BYTES", writing._ROOM + 35)
    given = network([2, 3], ["linear"], np.float32)
    with pytest.raises(ArgumentError) as caught:
        to_object(given)
    assert str(caught.value) == "an ONNX file holds at most 35 bytes of weights. Got 36."
    with pytest.raises(ArgumentError, match=r"^model must be a Network, "):
        to_object(1)  # type: ignore[arg-type]


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="there is no folder"):
        to_file(network([2, 3], ["linear"], np.float32), tmp_path / "none" / "model.onnx")


def test_without_onnx_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given = network([2, 3], ["linear"], np.float32)
    made = to_object(given)
    monkeypatch.setitem(sys.modules, "onnx", None)
    for call in (
        lambda: to_object(given),
        lambda: to_file(given, tmp_path / "m"),
        lambda: from_object(made),
        lambda: from_file(tmp_path / "m"),
    ):
        with pytest.raises(MissingLibraryError) as caught:
            call()
        words = str(caught.value)
        assert words.startswith("ONNX models need onnx, which cannot be imported (")
        assert words.endswith("). Install it with: pip install 'classlens[onnx]'")
