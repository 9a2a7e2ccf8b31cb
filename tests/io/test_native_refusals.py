"""Model files that are foreign, too new or inconsistent: each is refused, and told why."""

from __future__ import annotations

import copy
import io
import json
import os
import pickle
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from crafted import (
    DESCRIPTION,
    HEADER,
    NUMBERS,
    RECORDED,
    SIZE,
    changed,
    described,
    file,
    refusal,
    retensored,
)
from safetensors.numpy import save as save_tensors

from classlens._version import __version__
from classlens.errors import ModelFileError
from classlens.io import native


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damage") / "model"


def test_these_helpers_make_whole_files(path: Path) -> None:
    for content in (RECORDED, file(HEADER), described(DESCRIPTION), changed("version", 1)):
        path.write_bytes(content)
        assert native.load(path).class_names == ("no", "yes", "perhaps")


# Not a file at all


def test_what_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reasons = {
        tmp_path / "none": "No such file or directory.",
        tmp_path: "it is a folder.",
        tmp_path / "pipe": "it is not a regular file.",
        tmp_path / "none" / "model": "No such file or directory.",
        tmp_path / ("x" * 300): "File name too long.",
    }
    for path, reason in reasons.items():
        with pytest.raises(ModelFileError) as caught:
            native.load(path)
        assert str(caught.value) == f"cannot read {path}: {reason}"


def test_a_file_of_nine_gigabytes_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "model"
    with path.open("wb") as huge:
        huge.truncate(9 << 30)  # holes, which take no room on the disk
    with pytest.raises(ModelFileError) as caught:
        native.load(path)
    assert str(caught.value) == (
        f"{path} is larger than a model file may be, {8 << 30} bytes. Got {9 << 30} instead."
    )


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (b"", "it is not a safetensors file."),
        (RECORDED, f"its tensors must fill {(3 << 30) - 8 - SIZE} bytes without gaps; was it cut?"),
        (SIZE.to_bytes(8, "little") + b"{", "its header is not JSON."),
    ],
    ids=["nothing", "a model", "a header of nothing"],
)
def test_a_file_of_three_gigabytes_is_refused_by_its_header(
    tmp_path: Path, start: bytes, reason: str
) -> None:
    path = tmp_path / "model"
    path.write_bytes(start)
    os.truncate(path, 3 << 30)
    tracemalloc.start()
    try:
        with pytest.raises(ModelFileError) as caught:
            native.load(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(caught.value) == f"{path} is not a model file that can be used: {reason}"
    assert most < 1_000_000


# Not a safetensors file, or not one of ours


def archive() -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as zipped:
        zipped.writestr("model", RECORDED)
    return memory.getvalue()


class Bomb:
    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return os.mkdir, ("pwned",)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", bytes(8), RECORDED[:8], archive(), pickle.dumps(Bomb()), b"PK\3\4" * 99],
    ids=["empty", "1 byte", "8 bytes", "a length", "zip", "pickle", "zip-like"],
)
def test_other_formats(
    path: Path, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert refusal(path, content) == "it is not a safetensors file."
    assert list(tmp_path.iterdir()) == []


NO_DESCRIPTION = "it is a safetensors file without a Classlens description."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (save_tensors({"a": np.ones(3)}), NO_DESCRIPTION),
        (save_tensors({"a": np.ones(3)}, metadata={"format": "pt"}), NO_DESCRIPTION),
        (file({**HEADER, "__metadata__": {"classlens": {}}}), NO_DESCRIPTION),
        (file({**HEADER, "__metadata__": ["classlens"]}), NO_DESCRIPTION),
        (file(b"{}"), NO_DESCRIPTION),
        (file(b"{"), "its header is not JSON."),
        (file(b"{\xff}"), "its header is not JSON."),
        (file(json.dumps(HEADER).encode("utf-16-le")), "its tensors cannot be read (Error while "),
        (bytes(8) + RECORDED[8:], "its header is not JSON."),
        (file(b'{"a": 1, "b": 2, "a": 1}'), "the entry 'a' stands in it twice."),
        (file(b'{"__metadata__": {"classlens": "", "classlens": ""}}'), "'classlens' stands in it"),
    ],
)
def test_foreign_headers(path: Path, content: bytes, words: str) -> None:
    assert words in refusal(path, content)


@pytest.mark.parametrize("size", [SIZE + len(NUMBERS) + 1, 100_000_001, 2**62, 2**64 - 1])
def test_a_header_that_is_longer_than_the_file(path: Path, size: int) -> None:
    content = size.to_bytes(8, "little") + RECORDED[8:]
    assert refusal(path, content) == (
        f"its header should take {size} bytes, which it does not have; was it cut?"
    )


# A description that does not fit


def test_a_newer_version(path: Path) -> None:
    assert refusal(path, described({"version": 2, "anything": "else"})) == (
        f"it is of format 2, and this version of Classlens ({__version__}) reads formats up to 1; "
        "update Classlens."
    )


TWICE = json.dumps(DESCRIPTION).replace('"inputs": 2', '"inputs": 2, "inputs": 2')
NAN = json.dumps(DESCRIPTION).replace('"parameter": 0.1', '"parameter": NaN')
LACKING = {key: value for key, value in DESCRIPTION.items() if key != "classes"}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (described(""), "its description is not JSON."),
        (described("[1, 2"), "its description is not JSON."),
        (described([]), "its description must be an object, and is []."),
        (described(TWICE), "the entry 'inputs' stands in it twice."),
        (described(NAN), "it holds NaN where a number should be."),
        (described({}), "version must be a whole number of at least 1, and is None."),
        (changed("version", True), "version must be a whole number of at least 1, and is True."),
        (changed("version", 0), "version must be a whole number of at least 1, and is 0."),
        (described(LACKING), "its description lacks 'classes'."),
        (changed("code", "x" * 99), "its description has the unknown entry 'code'."),
        (changed("inputs", 2.0), "inputs must be a whole number of at least 1, and is 2.0."),
        (changed("inputs", 10**99), "inputs must be a whole number of at least 1, and is 1000"),
        (changed("layers", []), "layers must be a list of at least one, and is []."),
        (changed("layers", {"0": 1}), "layers must be a list of at least one, and is {'0': 1}."),
        (changed("layers.1", "L2"), "layer 2 must be an object, and is 'L2'."),
        (changed("layers.1", {"name": "L2"}), "layer 2 lacks 'units', 'activation', 'parameter'."),
        (changed("layers.0.module", "os"), "layer 1 has the unknown entry 'module'."),
        (changed("layers.0.units", 0), "layer 1's units must be a whole number of at least 1"),
        (changed("layers.0.units", 2**31), "layer 1's units must be a whole number of at least 1"),
        (changed("layers.0.units", 3), "layers.0.kernel's shape must be [2, 3], and is [2, 2]."),
        (changed("layers.0.name", 3), "a layer's name must be a word. Got 3 instead."),
        (changed("layers.0.name", "L2"), "layers must differ from each other. Got 'L2' twice."),
        (changed("layers.1.activation", "os.system"), "layer 2: activation must be one of linear"),
        (changed("layers.1.activation", "rellu"), "Did you mean 'relu'?"),
        (changed("layers.1.activation", ["relu"]), "Got ['relu'] instead."),
        (changed("layers.1.parameter", 1.0), "layer 2: activation linear takes no parameter."),
        (changed("layers.0.parameter", None), "layer 1's parameter must be a number, and is None."),
        (changed("layers.0.parameter", True), "layer 1's parameter must be a number, and is True."),
        (changed("layers.0.parameter", "0"), "layer 1's parameter must be a number, and is '0'."),
        (changed("layers.0.parameter", -1.0), "layer 1: activation leaky_relu's slope must be a "),
        (
            changed("layers.0.parameter", 10**400),
            "leaky_relu's slope must be a number from 0 to 1e+30",
        ),
        (described(NAN.replace("NaN", "1e999")), "slope must be a number from 0 to 1e+30."),
        (changed("classes", "abc"), "classes must be a list of words, and is 'abc'."),
        (changed("classes", ["a", "b", 3]), "classes must be a list of words, and is ['a', 'b', 3"),
        (changed("classes", ["a", "b"]), "a class name for each of the 3 units of the last layer"),
        (
            changed("classes", ["a", "b", "a"]),
            "classes must differ from each other. Got 'a' twice.",
        ),
        (changed("features", None), "features must be a list of words, and is None."),
        (changed("features", ["a"]), "one name for each of the network's 2 inputs. Got 1 instead."),
        (changed("settings", [1]), "settings must be an object, and is [1]."),
        (
            changed("settings.epochs", 0),
            "epochs must be a whole number from 1 to 1,000,000,000. Got 0",
        ),
        (
            changed("settings.l1", 10**400),
            "l1 must be a finite number of at least 0 and below 1e+30. Got 1000",
        ),
        (changed("settings.epoch", 1), "there is no setting 'epoch'. Did you mean 'epochs'?"),
        (changed("settings.optimizer", {}), "optimizer must be one of adam, adamw, sgd, rmsprop."),
        (changed("settings.momentum", 0.5), "momentum is used by sgd and rmsprop only."),
    ],
)
def test_descriptions_that_do_not_fit(path: Path, content: bytes, words: str) -> None:
    assert words in refusal(path, content)


# Tensors that do not fit

KERNEL, BIAS = "layers.0.kernel", "layers.0.bias"
WITHOUT = {name: entry for name, entry in HEADER.items() if name != BIAS}
SPAN = HEADER[KERNEL]["data_offsets"]
GAP = "its tensors must fill 60 bytes without gaps; was it cut?"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (file({**HEADER, "extra": HEADER[BIAS]}), "its list of tensors has the unknown entry 'ex"),
        (file(WITHOUT), f"its list of tensors lacks '{BIAS}'."),
        (file({**WITHOUT, "layers.0.BIAS": HEADER[BIAS]}), f"its list of tensors lacks '{BIAS}'."),
        (file({**HEADER, BIAS: [1]}), f"tensor {BIAS} must be an object, and is [1]."),
        (file({**HEADER, BIAS: {}}), f"tensor {BIAS} lacks 'dtype', 'shape', 'data_offsets'."),
        (retensored(BIAS, code="x"), f"tensor {BIAS} has the unknown entry 'code'."),
        (retensored(BIAS, dtype="I8"), f"{BIAS}'s dtype must be one of F32, F64, and is 'I8'."),
        (retensored(BIAS, dtype="BF16"), "dtype must be one of F32, F64, and is 'BF16'."),
        (retensored(BIAS, dtype=["F32"]), "dtype must be one of F32, F64, and is ['F32']."),
        (retensored(BIAS, shape=[3]), f"tensor {BIAS}'s shape must be [2], and is [3]."),
        (retensored(BIAS, shape=[[2]]), f"tensor {BIAS}'s shape must be [2], and is [[2]]."),
        (retensored(KERNEL, shape=[2.0, 2]), "its tensors cannot be read ("),
        (retensored(KERNEL, data_offsets=[0, 0]), "must take 16 bytes, and takes [0, 0]."),
        (retensored(KERNEL, data_offsets=[0.0, 16.0]), "must take 16 bytes, and takes [0.0, 16.0]"),
        (retensored(KERNEL, data_offsets=None), "must take 16 bytes, and takes None."),
        (retensored(KERNEL, data_offsets=[0, 8, 16]), "must take 16 bytes, and takes [0, 8, 16]."),
        (retensored(KERNEL, data_offsets=[SPAN[0] + 4, SPAN[1] + 4]), GAP),
        (retensored(KERNEL, data_offsets=[SPAN[0] - 4, SPAN[1] - 4]), GAP),
        (retensored(KERNEL, data_offsets=[-16, 0]), GAP),
        (retensored(KERNEL, data_offsets=[2**80, 2**80 + 16]), GAP),
        (file(HEADER, NUMBERS + b"\0"), "its tensors must fill 61 bytes without gaps; was it cut?"),
        (file(HEADER, NUMBERS[:-1]), "its tensors must fill 59 bytes without gaps; was it cut?"),
        (file(HEADER, b""), "its tensors must fill 0 bytes without gaps; was it cut?"),
        (file(HEADER, b"\0\0\xc0\x7f" * 15), "must be finite in float32. Got nan at [0"),
        (file(HEADER, b"\0\0\x80\xff" * 15), "must be finite in float32. Got -inf at [0"),
    ],
)
def test_tensors_that_do_not_fit(path: Path, content: bytes, words: str) -> None:
    assert words in refusal(path, content)


def test_two_dtypes(path: Path) -> None:
    header, end = copy.deepcopy(HEADER), 0
    for name, entry in header.items():
        if name != "__metadata__":
            entry["dtype"] = "F64" if name == BIAS else "F32"
            start, end = end, end + int(np.prod(entry["shape"])) * (8 if name == BIAS else 4)
            entry["data_offsets"] = [start, end]
    assert refusal(path, file(header, bytes(end))) == (
        "its tensors must have one dtype, and have F32, F64."
    )


def test_shapes_of_gigabytes_are_refused_before_they_are_allocated(path: Path) -> None:
    units, inputs = 2**31 - 1, 2**20
    description = copy.deepcopy(DESCRIPTION) | {"inputs": inputs}
    description["layers"][0]["units"] = units
    names, spans = ["layers.0.kernel", "layers.0.bias", "layers.1.kernel", "layers.1.bias"], [0]
    shapes = [[inputs, units], [units], [units, 3], [3]]
    header: dict[str, Any] = {"__metadata__": {"classlens": json.dumps(description)}}
    for name, shape in zip(names, shapes, strict=True):
        spans.append(spans[-1] + 4 * int(np.prod(shape)))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": spans[-2:]}
    tracemalloc.start()
    try:
        said = refusal(path, file(header))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert said == GAP
    assert most < 1_000_000
