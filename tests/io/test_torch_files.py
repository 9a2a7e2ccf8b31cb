"""PyTorch's weights in safetensors files: read as data, in an order that is certain, or refused."""

from __future__ import annotations

import io
import json
import os
import pickle
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classlens.activations import Activation
from classlens.errors import ArgumentError, ModelFileError
from classlens.io.torch import from_state_dict, refuse_pickle, to_object, to_state_dict
from classlens.model import Model
from classlens.network import Network

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make check does it")
nn = torch.nn
safetensors_torch = pytest.importorskip("safetensors.torch")
load_file, save_file = safetensors_torch.load_file, safetensors_torch.save_file


def model(dtype: type = np.float32) -> Model:
    random = np.random.default_rng(0)
    network = Network.from_arrays(
        [random.normal(size=(3, 4)).astype(dtype), random.normal(size=(4, 4)).astype(dtype),
         random.normal(size=(4, 2)).astype(dtype)],
        [random.normal(size=n).astype(dtype) for n in (4, 4, 2)],
        activations=["leaky_relu(0.3)", "silu", "linear"],
        names=["first", "in.between", "out"],
        classes=["no", "yes"],
    )  # fmt: skip
    return Model(network, ("a", "b", "c"))


def written(path: Path, shapes: dict[str, tuple[int, int]], **more: torch.Tensor) -> Path:
    """A file of Linear layers of these (inputs, units)."""
    tensors = {
        f"{name}.{key}": value
        for name, shape in shapes.items()
        for key, value in nn.Linear(*shape).state_dict().items()
    }
    save_file({**tensors, **more}, path)
    return path


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_what_is_written_comes_back_and_fits_the_module(tmp_path: Path, dtype: type) -> None:
    given, path = model(dtype), tmp_path / "weights.safetensors"
    to_state_dict(given, path)
    found = from_state_dict(path).model
    assert found.class_names == given.class_names
    assert found.feature_names == given.feature_names
    for layer, twin in zip(given.network.layers, found.network.layers, strict=True):
        assert (layer.name, layer.activation) == (twin.name, twin.activation)
        assert layer.kernel.dtype == twin.kernel.dtype
        np.testing.assert_array_equal(layer.kernel, twin.kernel)
        np.testing.assert_array_equal(layer.bias, twin.bias)
    module = to_object(given)
    for parameter in module.parameters():
        nn.init.zeros_(parameter)
    module.load_state_dict(load_file(path))
    X = np.random.default_rng(1).normal(size=(6, 3)).astype(dtype)
    made = module(torch.from_numpy(X)).detach().numpy()
    np.testing.assert_allclose(made, given.logits(X), rtol=1e-5, atol=1e-6)
    assert from_state_dict(path, "relu").model.get_layer("first").activation.name == "relu"


@settings(max_examples=15)
@given(st.lists(st.integers(1, 8), min_size=2, max_size=14), st.integers(0, 99))
def test_a_module_s_own_file(tmp_path_factory: pytest.TempPathFactory, sizes: list[int],
                             seed: int) -> None:  # fmt: skip
    torch.manual_seed(seed)
    modules: list[nn.Module] = []
    for pair in zip(sizes, [*sizes[1:], 3], strict=True):
        modules += [nn.Linear(*pair), nn.Tanh()]
    module = nn.Sequential(*modules[:-1])
    path = tmp_path_factory.mktemp("own") / "file"
    save_file(module.state_dict(), path)
    found = from_state_dict(path, activations="tanh")
    X = np.random.default_rng(seed).normal(size=(5, sizes[0])).astype(np.float32)
    wanted = module(torch.from_numpy(X)).detach().numpy()
    np.testing.assert_allclose(found.model.logits(X), wanted, rtol=0, atol=1e-5)
    assert found.source == "a PyTorch state_dict"


def test_one_linear_needs_no_activations(tmp_path: Path) -> None:
    linear = nn.Linear(3, 2, bias=False)
    save_file(linear.state_dict(), tmp_path / "file")
    (layer,) = from_state_dict(tmp_path / "file").model.network.layers
    np.testing.assert_array_equal(layer.kernel, linear.weight.detach().numpy().T)
    assert (layer.bias == 0).all()
    assert (layer.name, layer.activation) == ("L1", Activation("linear"))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_narrow_tensors_become_float32(tmp_path: Path, dtype: torch.dtype) -> None:
    linear = nn.Linear(3, 2).to(dtype)
    save_file(linear.state_dict(), tmp_path / "file")
    (layer,) = from_state_dict(tmp_path / "file").model.network.layers
    assert layer.kernel.dtype == np.float32
    np.testing.assert_array_equal(layer.kernel, linear.weight.detach().float().numpy().T)
    np.testing.assert_array_equal(layer.bias, linear.bias.detach().float().numpy())


def test_the_order_of_the_layers(tmp_path: Path) -> None:
    def order(shapes: dict[str, tuple[int, int]]) -> list[str]:
        found = from_state_dict(written(tmp_path / "file", shapes), "relu").model.network
        return [f"{layer.name}" for layer in found.layers]

    assert order({"fc1": (3, 8), "fc2": (8, 8), "out": (8, 2)}) == ["fc1", "fc2", "out"]
    assert order({"head": (5, 2), "body": (3, 5)}) == ["body", "head"]
    ten = {f"fc{number}": (4, 4) for number in range(11)}
    assert order(ten) == list(ten)
    assert order({"net.2": (3, 3), "net.10": (3, 2)}) == ["L1", "L2"]
    said = refusal(written(tmp_path / "file", {"enc": (3, 3), "dec": (3, 3)}))
    assert said == (
        "neither the names dec, enc nor their shapes tell in which order the layers compute. "
        "Number them, or give the module itself, in Python: Network.from_torch(module)."
    )
    said = refusal(written(tmp_path / "file", {"fc1": (3, 4), "fc2": (5, 2)}), "relu")
    assert said == (
        "layer fc2's kernel must have 4 rows, one for each number that it is given. Got 5 instead."
    )


def test_the_activations_must_be_given(tmp_path: Path) -> None:
    path = written(tmp_path / "file", {"0": (3, 4), "2": (4, 2)})
    with pytest.raises(ArgumentError) as caught:
        from_state_dict(path)
    assert str(caught.value) == (
        f"{path} holds the weights of 0, 2, and tells no activations, as no state_dict does. Give "
        "activations= in Python, --activation to classlens convert: a word for all hidden layers, "
        "such as relu, or one a layer."
    )
    layers = from_state_dict(path, ["elu(0.5)", Activation("tanh")]).model.network.layers
    assert [str(layer.activation) for layer in layers] == ["elu(0.5)", "tanh"]
    with pytest.raises(ArgumentError, match=r"for each of the 2 layers of .* Got 1 instead"):
        from_state_dict(path, ["relu"])
    with pytest.raises(ArgumentError, match=r"must be a word, or one for each .* Got 3 instead"):
        from_state_dict(path, 3)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match="Did you mean 'relu'"):
        from_state_dict(path, "rely")


# Refusals


def refusal(path: Path, activations: Any = None) -> str:
    with pytest.raises(ModelFileError) as caught:
        from_state_dict(path, activations)
    said = str(caught.value)
    start = f"{path} is not a file of PyTorch weights that can be used: "
    assert said.startswith(start)
    assert len(said) < len(start) + 500
    return said.removeprefix(start)


def file(header: Any, numbers: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + numbers


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("1.running_mean", (4,)), ("1.weight", (4,)), ("conv.weight", (4, 3, 2)),
        ("scale", (1,)), ("other.bias", (4,)),
    ],
)  # fmt: skip
def test_other_tensors_are_named(tmp_path: Path, name: str, shape: tuple[int, ...]) -> None:
    path = written(tmp_path / "file", {"0": (3, 4)}, **{name: torch.zeros(shape)})
    assert refusal(path) == (
        "it must hold a weight, shape (units, inputs), and a bias, shape (units,), for each Linear "
        f"layer, and holds {name}. A model with other parts can be read as a module, in Python: "
        "Network.from_torch(module)."
    )


def test_whole_numbers_and_nothing_are_no_weights(tmp_path: Path) -> None:
    path = tmp_path / "file"
    save_file({"weight": torch.zeros((2, 2), dtype=torch.int64)}, path)
    assert "and holds weight." in refusal(path)
    path.write_bytes(file({}))
    assert "and holds nothing." in refusal(path)
    save_file({"weight": torch.full((2, 2), torch.nan)}, path)
    assert refusal(path).startswith("layer L1's kernel must be finite")


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    entry = {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}
    whole = file({"weight": entry}, bytes(16))
    path.write_bytes(whole)
    assert from_state_dict(path).model.network.inputs == 2
    huge = {**entry, "shape": [1 << 40, 1 << 40]}
    cases = {
        b"": "it is not a safetensors file.",
        b"words" * 9: "it is not a safetensors file.",
        whole[:-1]: "its tensors must fill 15 bytes without gaps; was it cut?",
        whole + b"!": "its tensors must fill 17 bytes without gaps; was it cut?",
        whole[:30]: f"its header should take {len(whole) - 24} bytes, which it does not have; was "
        "it cut?",
        (1 << 60).to_bytes(8, "little") + b"{": f"its header should take {1 << 60} bytes, which it "
        "does not have; was it cut?",
        file({"weight": huge}): f"tensor weight must take {1 << 82} bytes, and takes [0, 16].",
        file({"weight": {**entry, "shape": [-2, -2]}}, bytes(16)): "tensor weight's shape must be "
        "lengths of axes, and is [-2, -2].",
        file({"weight": {**entry, "shape": [1] * 99}}): "tensor weight's shape must be lengths of "
        "axes, and is [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,....",
        file({"weight": {**entry, "dtype": "U8"}}, bytes(16)): "tensor weight's dtype must be one "
        "of F16, BF16, F32, F64, I32, I64, and is 'U8'.",
        file({"weight": 3}): "tensor weight must be an object, and is 3.",
        file({"a.weight": entry, "b.weight": entry}, bytes(16)): "its tensors must fill 16 bytes "
        "without gaps; was it cut?",
        file(b'{"weight": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"): "its header is nested too "
        "deeply.",
    }
    for content, said in cases.items():
        path.write_bytes(content)
        assert refusal(path) == said


def test_a_description_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    to_state_dict(model(), path)
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    text = header["__metadata__"]["classlens_torch"]

    def changed(old: str, new: str) -> str:
        assert old in text
        said = {"classlens_torch": text.replace(old, new)}
        path.write_bytes(file({**header, "__metadata__": said}, content[8 + size :]))
        return refusal(path)

    assert changed('"version": 1', '"version": 2').startswith("it is of format 2, and this version")
    assert changed('"layers"', '"lairs"') == "its description lacks 'layers'."
    assert changed('"module": "out_layer"', '"module": "gone"').startswith("it should hold the ")
    assert changed('"silu"', '"sulk"').startswith("layer 2: activation must be one of linear,")
    assert changed('["no", "yes"]', '["no"]').startswith("there must be a class name for each of")
    assert changed('["no", "yes"]', "3") == "classes must be a list of words, and is 3."
    assert changed('["a", "b", "c"]', '["a"]').startswith("feature_names must have one name for")
    assert changed("{", "") == "its description is not JSON."
    assert changed(text, json.dumps({**json.loads(text), "layers": 1})) == (
        "layers must be a list, and is 1."
    )


def test_what_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reasons = {
        tmp_path / "none": "No such file or directory.",
        tmp_path: "it is a folder.",
        tmp_path / "pipe": "it is not a regular file.",
    }
    for path, reason in reasons.items():
        with pytest.raises(ModelFileError) as caught:
            from_state_dict(path)
        assert str(caught.value) == f"cannot read {path}: {reason}"


class Bomb:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


@pytest.mark.parametrize("kind", ["zip", "legacy", "pickle 2", "pickle 4", "pickle 5"])
def test_pickles_are_refused_unread(tmp_path: Path, kind: str) -> None:
    path, buffer = tmp_path / "model.pt", io.BytesIO()
    bomb = Bomb(tmp_path / "bomb")
    if kind.startswith("pickle"):
        buffer.write(pickle.dumps(bomb, int(kind[-1])))
    else:
        torch.save(bomb, buffer, _use_new_zipfile_serialization=kind == "zip")
    path.write_bytes(buffer.getvalue())
    for reader in (from_state_dict, refuse_pickle):
        with pytest.raises(ModelFileError) as caught:
            reader(path)
        assert str(caught.value) == (
            f"{path} is a pickle, as torch.save writes it. Reading one runs whatever code is in "
            "it, so it is not read. Save the weights as safetensors instead: "
            "safetensors.torch.save_file(module.state_dict(), 'weights.safetensors'). Or give the "
            "module itself, in Python: Network.from_torch(module)."
        )
    assert not bomb.path.exists()


@pytest.mark.parametrize("version", [2, 3, 4, 5])
def test_a_header_s_length_is_no_pickle(tmp_path: Path, version: int) -> None:
    """Of a length whose first bytes are those of a pickle."""
    path = tmp_path / "file"
    entry = {"dtype": "F32", "shape": [1, 1], "data_offsets": [0, 4]}
    text = json.dumps({"weight": entry}).encode()
    path.write_bytes(file(text.ljust(128 + 256 * version), bytes(4)))
    assert path.read_bytes()[:2] == bytes([128, version])
    refuse_pickle(path)
    assert from_state_dict(path).model.network.inputs == 1


def test_a_huge_claim_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "file"
    entry = {"dtype": "F32", "shape": [1 << 20, 1 << 14], "data_offsets": [0, 1 << 36]}
    path.write_bytes(file({"weight": entry}))
    tracemalloc.start()
    refusal(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1 << 20
