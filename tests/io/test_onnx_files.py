"""ONNX files with damage, or made to harm: a model or a refusal, soon and in little memory."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx_graphs import graph

from classlens.errors import ArgumentError, ModelFileError
from classlens.io.onnx import from_file, wire
from classlens.io.onnx.writing import to_object
from classlens.network import Network

NETWORK = Network.from_arrays(
    [np.eye(3), np.ones((3, 2))], [np.zeros(3), np.ones(2)], activations=["gelu", "linear"]
)
WHOLE = to_object(NETWORK).SerializeToString()
FULL = to_object(
    Network.from_arrays([np.eye(2)], [np.zeros(2)], activations=["leaky_relu"])
).SerializeToString()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damage") / "model.onnx"


def refusal(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(ModelFileError) as caught:
        from_file(path)
    said = str(caught.value)
    start = f"{path} is not a model of ONNX that can be used: "
    assert said.startswith(start)
    assert said[-1] in ".?"
    assert len(said) < len(start) + 500
    return said.removeprefix(start)


def loads_or_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        model = from_file(path).model
    except ModelFileError:
        return
    for layer in model.network.layers:
        assert all(np.isfinite(array).all() for array in layer.get_weights())


def message(number: int, content: bytes) -> bytes:
    """A field of bytes."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    parts = bytearray()
    while value > 127:
        parts.append(value & 127 | 128)
        value >>= 7
    return bytes([*parts, value])


def test_the_whole_file_is_read(path: Path) -> None:
    path.write_bytes(WHOLE)
    assert from_file(path).model.network.sizes == NETWORK.sizes


def test_what_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reasons = {
        tmp_path / "none": "No such file or directory.",
        tmp_path: "it is a folder.",
        tmp_path / "pipe": "it is not a regular file.",
    }
    for path, reason in reasons.items():
        with pytest.raises(ModelFileError) as caught:
            from_file(path)
        assert str(caught.value) == f"cannot read {path}: {reason}"
    with pytest.raises(ArgumentError, match="path must be text"):
        from_file(3)  # type: ignore[arg-type]


def test_what_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(1 << 31)
    with pytest.raises(ModelFileError) as caught:
        from_file(path)
    assert str(caught.value).endswith(
        f"it has {1 << 31} bytes, and at most {(1 << 31) - 1} are read."
    )


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\x80\x04\x95", b"\x89HDF\r\n\x1a\n", b"<html>"])
def test_other_formats(path: Path, start: bytes) -> None:
    assert refusal(path, start + b"\xff" * 50) == "its bytes are no whole ONNX model; was it cut?"


def test_an_empty_file(path: Path) -> None:
    assert refusal(path, b"") == "the graph must have one output. Got none."


def test_a_file_cut_anywhere(path: Path) -> None:
    for end in range(0, len(WHOLE), 7):
        loads_or_is_refused(path, WHOLE[:end])
    assert refusal(path, WHOLE[:-1]) == "its bytes are no whole ONNX model; was it cut?"


@settings(max_examples=150)
@given(place=st.integers(0, len(WHOLE) - 1), new=st.binary(max_size=6), gone=st.integers(0, 6))
def test_a_file_changed_anywhere(path: Path, place: int, new: bytes, gone: int) -> None:
    loads_or_is_refused(path, WHOLE[:place] + new + WHOLE[place + gone :])


def test_text_that_is_none(path: Path) -> None:
    """Names that are not UTF-8."""
    for old in (b"Gemm", b"logits", b"L1.kernel", b"classlens.classes", b'["c0", "c1"]', b"alpha"):
        assert old in FULL
        loads_or_is_refused(path, FULL.replace(old, b"\xff" * len(old)))
    said = refusal(path, FULL.replace(b"logits", b"logit\xff"))
    assert said == "its names must be text in UTF-8. Got b'logit\\xff' instead."


def test_nesting_of_any_depth(path: Path) -> None:
    for depth in (10, 90, 110, 1_000, 200_000):
        inner = b""
        for _ in range(depth):  # a graph in an attribute of a node of a graph
            inner = message(1, message(5, message(6, inner)))
            if len(inner) > 200_000:
                break
        refusal(path, message(7, inner))


def test_many_small_parts_are_not_parsed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty nodes of two bytes take a hundred times as many when they are parsed."""
    monkeypatch.setattr(wire, "MOST_DESCRIPTION_BYTES", 200_000)
    assert refusal(path, message(7, message(1, b"") * 1_000_000)) == (
        "all but its numbers must fit into 200000 bytes. It takes more than any chain of dense "
        "layers does."
    )


def test_a_huge_claim_takes_no_memory(path: Path) -> None:
    model = graph("y = Gemm(x, w)", more={"w": np.zeros((3, 4), np.float32)})
    model.graph.initializer[0].dims[:] = [1 << 20, 1 << 20]
    tracemalloc.start()
    said = refusal(path, model.SerializeToString())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said.startswith("the tensor 'w' has the shape (1048576, 1048576), which needs")
    assert most < 1 << 20


def test_weights_do_not_count_as_description(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = np.ones((40, 50), np.float32)
    raw = to_object(Network.from_arrays([kernel], [np.ones(50, np.float32)]))
    plain = onnx.ModelProto.FromString(raw.SerializeToString())
    tensor = plain.graph.initializer[0]
    tensor.float_data.extend(kernel.reshape(-1).tolist())
    tensor.ClearField("raw_data")
    constant = graph("c = Constant<value = float[1] {1.0}>() a = Gemm(x, w34) y = Add(a, c)")
    value = constant.graph.node[0].attribute[0].t
    value.CopyFrom(onnx.numpy_helper.from_array(np.ones(500, np.float32)))
    monkeypatch.setattr(wire, "MOST_DESCRIPTION_BYTES", 1900)
    for model in (raw, plain, constant):
        wire.check(model.SerializeToString())


def test_no_other_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = to_object(NETWORK)
    path = tmp_path / "model.onnx"
    onnx.save_model(made, path, save_as_external_data=True, location="side", size_threshold=0)
    assert (tmp_path / "side").exists()
    with pytest.raises(ModelFileError) as caught:
        from_file(path)
    assert "lies in another file, 'side', which is not opened." in str(caught.value)
