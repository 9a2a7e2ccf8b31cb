"""``classlens convert``, and the other commands on another library's file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

import classlens as cl
from classlens.cli import convert_command
from classlens.cli.sources import model_in

RNG = np.random.default_rng(4)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    kernels = [np.float32([[-2, 1], [1, 2]]), RNG.normal(size=(2, 4)).astype("f")]
    biases = [np.float32([1, 2]), np.zeros(4, "f")]
    cl.as_model(cl.Network.from_arrays(kernels, biases)).save(tmp_path / "lab.safetensors")
    return tmp_path


def test_there_and_back(lab: Path, run_program: Any) -> None:
    told = run_program("convert", lab / "lab.safetensors", lab / "lab.keras")
    assert "is a Classlens model: 2 - 2 - 4 (relu, linear), 18 parameters." in told
    assert "gives the same logits for 1,000 samples drawn at random (at most 0 apart" in told
    assert "lab.keras, which keeps the names of classes and features" in told
    told = run_program(
        *("convert", lab / "lab.keras", lab / "named.onnx"),
        *("--classes", "a,b,c,d", "--features", "width,height"),
    )
    assert "is a Keras file: 2 - 2 - 4" in told
    assert "The output is a logit for each class." in told
    found = json.loads(run_program("inspect", lab / "named.onnx", "--json"))
    assert (found["classes"], found["features"]) == (["a", "b", "c", "d"], ["width", "height"])
    assert "L1" in run_program("explain", lab / "lab.keras", "blobs")


def test_other_commands_say_what_the_output_was(lab: Path, capsys: Any) -> None:
    cl.Model.load(lab / "lab.safetensors").save(lab / "lab.onnx")
    model_in(lab / "lab.onnx")
    assert capsys.readouterr().err == f"{lab / 'lab.onnx'}: The output is a logit for each class.\n"
    model_in(lab / "lab.safetensors")
    assert capsys.readouterr().err == ""


def test_a_state_dict(lab: Path, run_program: Any) -> None:
    path = lab / "weights.safetensors"
    tensors = {"0.weight": np.eye(2, dtype="f"), "0.bias": np.zeros(2, "f")}
    save_file({**tensors, "2.weight": np.eye(2, dtype="f")}, path)
    words = run_program("convert", path, lab / "m.onnx", status=2)
    assert "tells no activations" in words
    assert "--activation" in words
    assert not (lab / "m.onnx").exists()
    told = run_program("convert", path, lab / "m.safetensors", "--activation", "tanh")
    assert "is a PyTorch state_dict: 2 - 2 - 2 (tanh, linear), 12 parameters." in told
    run_program("convert", lab / "m.safetensors", lab / "t.safetensors", "--to", "torch")
    assert "tanh" in run_program("inspect", lab / "t.safetensors")


def test_a_file_that_answers_otherwise(lab: Path) -> None:
    model = cl.Model.load(lab / "lab.safetensors")
    kernels = [layer.kernel * 1.001 for layer in model.network.layers]
    biases = [layer.bias for layer in model.network.layers]
    other = cl.as_model(model.network.with_weights(kernels, biases))
    with pytest.raises(cl.OutputError, match=r"m.onnx was written, but read again its logits dif"):
        convert_command.check_same(model, other, Path("m.onnx"))


def test_what_is_lost_is_said(tmp_path: Path, run_program: Any) -> None:
    table = tmp_path / "t.csv"
    rows = [f"{k},{'red' if k % 3 else 'blue'},{'no' if k % 2 else 'yes'}" for k in range(40)]
    table.write_text("\n".join(["age,colour,member", *rows]))
    trained = cl.train(table, "member", hidden=(2,), epochs=2, seed=1)
    trained.model.save(tmp_path / "m.safetensors")
    told = run_program("convert", tmp_path / "m.safetensors", tmp_path / "m.onnx")
    names = ", ".join(trained.model.feature_names)
    assert told.endswith(
        f"The columns' encoding is not kept: the model there takes numbers, {names}, in this "
        "order.\n"
    )
    words = run_program(
        *("convert", tmp_path / "m.safetensors", tmp_path / "m.onnx", "--features", "a,b,c"),
        status=2,
    )
    assert "--features is for a model without columns of its own. Leave it out." in words


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("lab.safetensors", "lab.safetensors"), "must not be another file of the command"),
        (("lab.safetensors", "m.h5"), "Keras's older format is read, not written. Use .keras."),
        (("lab.safetensors", "m", "--to", "tf"), "format must be one of classlens, keras, onnx"),
        (
            ("lab.safetensors", "m", "--classes", "a"),
            "a class name for each of the 4",
        ),
        (
            ("lab.safetensors", "m", "--features", "a"),
            "each of the network's 2 inputs",
        ),
        (("lab.safetensors", "m", "--activation", "relu"), "activations are for a PyTorch state_"),
        (("nowhere", "m"), "No such file"),
        (("lab.safetensors", "no/folder/m"), "no/folder"),
    ],
)
def test_refusals(
    lab: Path,
    run_program: Any,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.chdir(lab)
    assert words in run_program("convert", *arguments, status=2)
    assert [path.name for path in lab.iterdir()] == ["lab.safetensors"]
