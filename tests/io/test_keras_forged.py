"""Keras's files that somebody forged or damaged."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from keras_models import older

import classlens as cl
from classlens.io.keras import from_file, hdf5


@pytest.fixture(autouse=True)
def _read_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process for each of these files would take a quarter of a second."""
    monkeypatch.setattr(hdf5, "contents", hdf5.opened)


Edit = Callable[[dict[str, bytes]], Any]


def forged(saved: Path, path: Path, edit: Edit) -> Path:
    """The archive with its files changed."""
    with zipfile.ZipFile(saved / "whole.keras") as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    edit(entries)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


def config(change: Callable[[Any], Any]) -> Edit:
    """Changes the configuration."""

    def edit(entries: dict[str, bytes]) -> None:
        whole = json.loads(entries["config.json"])
        change(whole)
        entries["config.json"] = json.dumps(whole).encode()

    return edit


def layer(number: int, change: Callable[[Any], Any]) -> Edit:
    return config(lambda whole: change(whole["config"]["layers"][number]))


def weights(change: Callable[[h5py.File], Any]) -> Edit:
    """Changes the arrays."""

    def edit(entries: dict[str, bytes]) -> None:
        content = io.BytesIO(entries["model.weights.h5"])
        with h5py.File(content, "a") as file:
            change(file)
        entries["model.weights.h5"] = content.getvalue()

    return edit


def replaced(name: str, **options: Any) -> Edit:
    """An array of the first Dense layer that lies elsewhere, or otherwise than Keras writes it."""

    def change(file: h5py.File) -> None:
        del file[name]
        file.create_dataset(name, **options)

    return weights(change)


def linked(link: Any) -> Edit:
    def change(file: h5py.File) -> None:
        del file[KERNEL]
        file[KERNEL] = link

    return weights(change)


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((3, 4), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (3, 4))
    del file[KERNEL]
    file.create_virtual_dataset(KERNEL, layout)


LAMBDA = {
    "module": "keras.layers",
    "class_name": "Lambda",
    "config": {"name": "evil", "function": {"class_name": "__lambda__", "config": {"code": "4wE"}}},
    "registered_name": None,
}
KERNEL = "layers/dense/vars/0"
FORGED: dict[str, tuple[Edit, str]] = {
    "a Lambda": (
        config(lambda whole: whole["config"]["layers"].append(LAMBDA)),
        r"layer evil \('Lambda'\) cannot be read: no network here has such a layer.",
    ),
    "a class of a module": (
        layer(3, lambda entry: entry.update(module="os", class_name="system")),
        "'system' of 'os' is not one of Keras's own classes",
    ),
    "a registered class": (
        layer(3, lambda entry: entry.update(registered_name="mine>Dense")),
        "'mine>Dense' is a class of somebody's own",
    ),
    "a model of one's own": (
        config(lambda whole: whole.update(module="evil", class_name="Sequential")),
        "'Sequential' of 'evil' is not one of Keras's own",
    ),
    "no model": (
        config(lambda whole: whole.update(class_name="Dense")),
        "must be a Sequential or functional one, to be read. Got 'Dense'",
    ),
    "a function": (
        layer(3, lambda entry: entry["config"].update(activation={"class_name": "function"})),
        "layer L1's activation .* is none that a network here can have",
    ),
    "no name": (
        layer(3, lambda entry: entry["config"].pop("name")),
        "a Keras layer must have a name. Got None instead",
    ),
    "units that are no number": (
        layer(3, lambda entry: entry["config"].update(units="many")),
        r"layer L1's weights must have the shape \(3, many\)",
    ),
    "no units": (
        layer(3, lambda entry: entry["config"].pop("units")),
        r"layer L1 \(Dense\) has a configuration that does not fit: \"'units'\"",
    ),
    "an epsilon that is no number": (
        layer(5, lambda entry: entry["config"].update(epsilon="small")),
        r"batch \(BatchNormalization\) has a configuration that does not fit",
    ),
    "a billion units": (
        layer(3, lambda entry: entry["config"].update(units=10**9)),
        r"must have the shape \(3, 1000000000\). Got \(3, 4\)",
    ),
    "no layers": (
        config(lambda whole: whole["config"].update(layers=[])),
        "must be a Sequential or functional one with layers",
    ),
    "a list for an object": (
        config(lambda whole: whole.update(config=[])),
        r"config must be an object, and is \[\]",
    ),
    "no JSON": (
        lambda entries: entries.update({"config.json": b"{"}),
        "its configuration is not JSON",
    ),
    "deep JSON": (
        lambda entries: entries.update(
            {"config.json": b'{"a":' + b"[" * 10**5 + b"]" * 10**5 + b"}"}
        ),
        "its configuration is nested too deeply",
    ),
    "no configuration": (
        lambda entries: entries.pop("config.json"),
        "its archive lacks config.json",
    ),
    "no weights": (
        lambda entries: entries.pop("model.weights.h5"),
        "its archive lacks model.weights.h5",
    ),
    "a bomb of words": (
        lambda entries: entries.update({"config.json": b" " * 60_000_000}),
        "its config.json would take 60000000 bytes, of which 50000000 are allowed",
    ),
    "a bomb of weights": (
        lambda entries: entries.update({"model.weights.h5": bytes(60_000_000)}),
        "its model.weights.h5 would take 60000000 bytes, of which",
    ),
    "weights that are none": (
        lambda entries: entries.update({"model.weights.h5": b"\x80\x04pickle" * 100}),
        "its arrays cannot be read",
    ),
    "weights that were cut": (
        lambda entries: entries.update({"model.weights.h5": entries["model.weights.h5"][:9000]}),
        "its arrays cannot be read",
    ),
    "a layer without weights": (
        weights(lambda file: file.pop("layers/dense")),
        "its weights lack 'layers/dense/vars'; was it cut?",
    ),
    "an array too many": (
        weights(lambda file: file.create_dataset("layers/dense/vars/2", data=[1.0])),
        "layer L1 must have 2 arrays of weights. Got 3 instead",
    ),
    "another layer's weights": (
        weights(lambda file: file["layers/dense/vars"].attrs.update(name="L2")),
        "layer L1's weights are those of 'L2'",
    ),
    "a group for an array": (
        weights(lambda file: (file.pop(KERNEL), file.create_group(KERNEL))),
        f"its weights at '{KERNEL}' must be an array, and are a group",
    ),
    "words": (
        replaced(KERNEL, data=np.full((3, 4), b"x")),
        f"its weights at '{KERNEL}' must be numbers, and are .S1",
    ),
    "not finite": (replaced(KERNEL, data=np.full((3, 4), np.nan, "f4")), "kernel must be finite"),
    "another shape": (
        replaced(KERNEL, data=np.zeros((4, 3), "f4")),
        r"weights must have the shape \(3, 4\). Got \(4, 3\)",
    ),
    "never written": (
        replaced(KERNEL, shape=(3, 4), dtype="f4"),
        "must be there whole and uncompressed",
    ),
    "compressed": (
        replaced(KERNEL, data=np.zeros((3, 4), "f4"), compression="gzip"),
        "must be there whole and uncompressed",
    ),
    "in another file": (
        replaced(KERNEL, shape=(3, 4), dtype="f4", external=[("/etc/passwd", 0, 48)]),
        f"its weights at '{KERNEL}' must lie in the file itself",
    ),
    "put together from other files": (
        weights(virtual),
        f"its weights at '{KERNEL}' must lie in the file itself",
    ),
    "a link to another file": (
        linked(h5py.ExternalLink("/etc/passwd", "x")),
        "must lie in the file itself, and are a link",
    ),
    "a link": (linked(h5py.SoftLink("/layers")), "and are a link"),
    "names of ours that do not fit": (
        lambda entries: entries.update(
            {"metadata.json": b'{"classlens": {"classes": ["a"], "features": ["x", "y", "z"]}}'}
        ),
        "there must be a class name for each of the 3 units of the last layer, dense_.*Got 1",
    ),
}


@pytest.mark.parametrize("case", FORGED)
def test_forged_archives(saved: Path, tmp_path: Path, case: str) -> None:
    edit, words = FORGED[case]
    path = forged(saved, tmp_path / "forged.keras", edit)
    with pytest.raises(cl.ModelFileError, match=words) as caught:
        from_file(path)
    assert str(caught.value).startswith(f"{path} is not a Keras file that can be used: ")
    assert len(str(caught.value)) < 900


LEGACY = {
    "no model": (lambda file: file.attrs.pop("model_config"), "it holds weights without a model"),
    "a number": (
        lambda file: file.attrs.update(model_config=3),
        "its configuration must be a text",
    ),
    "no JSON": (lambda file: file.attrs.update(model_config="{"), "its configuration is not JSON"),
    "no weights": (
        lambda file: file.pop("model_weights"),
        "its weights lack 'model_weights/standard'",
    ),
    "other weights": (
        lambda file: file["model_weights/L1"].attrs.update(weight_names=["a"]),
        r"layer L1 must have 2 arrays of weights. Got \['a'\] instead",
    ),
    "weights that are elsewhere": (
        lambda file: file["model_weights/L1"].attrs.update(weight_names=["a", "../b"]),
        "its weights lack 'model_weights/L1/a'",
    ),
}


@pytest.mark.parametrize("case", LEGACY)
def test_forged_older_files(saved: Path, tmp_path: Path, case: str) -> None:
    change, words = LEGACY[case]
    with pytest.raises(cl.ModelFileError, match=words):
        from_file(older(saved, tmp_path / "forged.h5", change))
