"""Which importer reads what, and which format a file is written in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest

import classlens as cl
from classlens.io import foreign

RNG = np.random.default_rng(2)
NETWORK = cl.Network.from_arrays(
    [RNG.normal(size=(3, 4)).astype("f"), RNG.normal(size=(4, 2)).astype("f")],
    [RNG.normal(size=4).astype("f"), RNG.normal(size=2).astype("f")],
    activations=["elu(0.5)", "linear"],
    names=["first", "last"],
    classes=["no", "yes"],
)
MODEL = cl.Model(NETWORK, ("a", "b", "c"))
X = RNG.normal(size=(50, 3))


@pytest.mark.parametrize("name", foreign.FORMATS)
def test_what_is_written_is_read_again(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"model{foreign.FORMATS[name].suffix or '.safetensors'}"
    foreign.write(MODEL, path, name)
    found = foreign.read(path)
    np.testing.assert_allclose(found.model.logits(X), MODEL.logits(X), rtol=1e-6)
    assert found.model.class_names == ("no", "yes")
    assert found.model.feature_names == ("a", "b", "c")
    assert [layer.name for layer in found.model.network.layers] == ["first", "last"]
    assert [str(layer.activation) for layer in found.model.network.layers] == ["elu(0.5)", "linear"]
    assert (
        found.source
        == {
            "classlens": "a Classlens model",
            "keras": "a Keras file",
            "onnx": "an ONNX model",
            "torch": "a PyTorch state_dict",
        }[name]
    )


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("m.keras", "keras"),
        ("m.ONNX", "onnx"),
        ("m.safetensors", "classlens"),
        ("m", "classlens"),
    ],
)
def test_the_name_decides_the_format(name: str, wanted: str) -> None:
    assert foreign.format_of(Path(name)) == wanted


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("m.h5", r"path must not end in .h5: Keras's older format is read, not written. Use .ker"),
        ("m.pt", r"path must not end in .pt: PyTorch's pickles are neither read nor written"),
        ("m.pkl", r"path must not end in .pkl: pickles are neither read nor written. Use .safe"),
    ],
)
def test_formats_that_are_not_written(tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(cl.ArgumentError, match=words):
        MODEL.save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_format_that_there_is_not(tmp_path: Path) -> None:
    words = "format must be one of classlens, keras, onnx, torch. Got 'kera' instead. Did you mean"
    with pytest.raises(cl.ArgumentError, match=words):
        foreign.write(MODEL, tmp_path / "m", "kera")


def test_activations_are_for_a_state_dict(tmp_path: Path) -> None:
    MODEL.save(tmp_path / "m.onnx")
    words = r"activations are for a PyTorch state_dict, which does not tell them\. .*m.onnx tells"
    with pytest.raises(cl.ArgumentError, match=words):
        foreign.read(tmp_path / "m.onnx", activations="relu")
    foreign.write(MODEL, tmp_path / "m.safetensors", "torch")
    found = foreign.read(tmp_path / "m.safetensors", activations="tanh").model.network
    assert [layer.activation.name for layer in found.layers] == ["tanh", "linear"]


def test_files_that_are_none(tmp_path: Path) -> None:
    for content, words in {
        b"": "it is not a safetensors file",
        b"hello": "it is not a safetensors file",
        b"\x80\x04K\x01.": "is a pickle, as torch.save writes it",
        b"PK\x03\x04": "its archive is damaged",
        b"\x89HDF\r\n\x1a\n": "its arrays cannot be read",
    }.items():
        (tmp_path / "m").write_bytes(content)
        with pytest.raises(cl.ModelFileError, match=words):
            foreign.read(tmp_path / "m")
    with pytest.raises(cl.ModelFileError, match="No such file"):
        cl.Model.load(tmp_path / "nowhere")
    with pytest.raises(cl.ModelFileError, match="it is a folder"):
        cl.Model.load(tmp_path)


def test_objects() -> None:
    proto = NETWORK.to_onnx()
    assert isinstance(proto, onnx.ModelProto)
    np.testing.assert_allclose(cl.as_model(proto).logits(X), NETWORK.logits(X), rtol=1e-6)
    np.testing.assert_allclose(cl.Network.from_onnx(proto).logits(X), NETWORK.logits(X), rtol=1e-6)
    for given, words in [
        ("x", "a model of Keras, PyTorch, ONNX or scikit-learn. Got str instead"),
        (None, "Got NoneType instead"),
    ]:
        with pytest.raises(cl.ArgumentError, match=words):
            cl.as_model(given)
    with pytest.raises(cl.ArgumentError, match=r"a fitted model of scikit-learn. Got Model"):
        cl.Network.from_sklearn(proto)
    with pytest.raises(cl.ArgumentError, match=r"the path of a file of ONNX. Got Network"):
        cl.Network.from_onnx(NETWORK)


def test_no_library_is_loaded_to_refuse_an_object() -> None:
    code = (
        "import sys, classlens as cl\n"
        "try: cl.as_model(3)\n"
        "except cl.ArgumentError: pass\n"
        "libraries = ('keras', 'torch', 'onnx', 'sklearn', 'h5py', 'jax')\n"
        "print([name for name in libraries if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
