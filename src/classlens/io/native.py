"""The model file: one safetensors file with a JSON description of the model in its metadata.

It holds numbers and words, and no word in it can name code: the loader checks every word against
its own lists, and everything before the first tensor before anything is allocated.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, NamedTuple

from classlens import tensors
from classlens._version import __version__
from classlens.activations import Activation
from classlens.errors import ClasslensError, ModelFileError, short
from classlens.files import checked_path
from classlens.io import encodings, probes
from classlens.layer import Layer
from classlens.model import Model
from classlens.network import Network
from classlens.reader import Reader
from classlens.settings import Settings

# Raised whenever a reader of the former version would misread the file.
FORMAT_VERSION = 1
_KEY = "classlens"
_MOST_FILE_BYTES = 8 << 30
_DTYPES = ("F32", "F64")


def save(model: Model, path: str | Path) -> None:
    """Write a model file, whole or not at all.

    Raises:
        ArgumentError: if the path is none.
        OutputError: if it cannot be written, or its names take more than 100 MB; an older file is
            then untouched.
    """
    path = checked_path(path)
    network = model.network
    description = {
        "version": FORMAT_VERSION,
        "written_by": f"classlens {__version__}",
        "inputs": network.inputs,
        "layers": [
            {
                "name": layer.name,
                "units": layer.units,
                "activation": layer.activation.name,
                "parameter": layer.activation.parameter,
            }
            for layer in network.layers
        ],
        "classes": network.classes,
        "features": model.feature_names,
        "settings": None if model.settings is None else dataclasses.asdict(model.settings),
        "encoding": None if model.encoding is None else encodings.described(model.encoding),
        "probes": probes.answers(model),
    }
    arrays = {
        name: array
        for number, layer in enumerate(network.layers)
        for name, array in zip(_names(number), (layer.kernel, layer.bias), strict=True)
    }
    tensors.save(path, _KEY, description, arrays)


def load(path: str | Path) -> Model:
    """Read a model file.

    Raises:
        ArgumentError: if the path is none.
        ModelFileError: if it cannot be read, or is not a whole model file of a version up to this
            one; the message says what is wrong with it.
    """
    path = checked_path(path)
    reader = Reader(path)
    try:
        return _model(reader)
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror or error}.") from error
    except RecursionError:  # met in parsing it, or later in quoting a part of it
        reader.refuse("its description is nested too deeply")


def is_ours(path: Path) -> bool:
    """Whether a safetensors file says that it is a model of ours, or is too damaged to say it."""
    try:
        return _KEY in tensors.metadata(Reader(path))
    except (ClasslensError, OSError, RecursionError):
        return True


def _model(reader: Reader) -> Model:
    head = tensors.read_head(reader, _KEY, most_bytes=_MOST_FILE_BYTES)
    description = _described(reader, head.description)
    layers = _layers(reader, description)
    arrays = _arrays(reader, head, layers)
    settings = description["settings"]
    try:
        network = Network(
            tuple(
                Layer(name, arrays[kernel], arrays[bias], activation)
                for number, (name, _, activation) in enumerate(layers)
                for kernel, bias in [_names(number)]
            ),
            reader.words(description["classes"], "classes"),
        )
        model = Model(
            network,
            reader.words(description["features"], "features"),
            # A setting that a file lacks is younger than the file, and had its default then.
            None if settings is None else Settings.of(reader.object(settings, "settings")),
            None
            if description["encoding"] is None
            else encodings.read(reader, description["encoding"]),
        )
    except ModelFileError:
        raise
    except ClasslensError as error:
        reader.refuse(str(error).rstrip("."))
    probes.check(reader, model, description["probes"])
    return model


class _LayerPlan(NamedTuple):
    name: str
    kernel: tuple[int, int]
    activation: Activation


def _described(reader: Reader, description: dict[str, Any]) -> dict[str, Any]:
    version = reader.count(description.get("version"), "version")
    if version > FORMAT_VERSION:
        reader.refuse(
            f"it is of format {version}, and this version of Classlens ({__version__}) reads "
            f"formats up to {FORMAT_VERSION}; update Classlens"
        )
    return reader.keys(
        description,
        (
            *("version", "written_by", "inputs", "layers", "classes", "features"),
            *("settings", "encoding", "probes"),
        ),
        "its description",
    )


def _layers(reader: Reader, description: dict[str, Any]) -> list[_LayerPlan]:
    if not isinstance(description["layers"], list) or not description["layers"]:
        reader.refuse(
            f"layers must be a list of at least one, and is {short(description['layers'])}"
        )
    inputs = reader.count(description["inputs"], "inputs")
    plans = []
    for number, each in enumerate(description["layers"], start=1):
        where = f"layer {number}"
        layer = reader.keys(each, ("name", "units", "activation", "parameter"), where)
        units = reader.count(layer["units"], f"{where}'s units")
        parameter = layer["parameter"]
        if type(parameter) not in (int, float):  # None would stand for the default
            reader.refuse(f"{where}'s parameter must be a number, and is {short(parameter)}")
        try:
            activation = Activation(layer["activation"], parameter)
        except ClasslensError as error:
            reader.refuse(f"{where}: {str(error).rstrip('.')}")
        plans.append(_LayerPlan(layer["name"], (inputs, units), activation))
        inputs = units
    return plans


def _arrays(reader: Reader, head: tensors.Head, layers: list[_LayerPlan]) -> tensors.Arrays:
    """Exactly the tensors of the layers, of one dtype."""
    wanted = {
        name: tensors.Wanted(shape, _DTYPES)
        for number, (_, kernel, _) in enumerate(layers)
        for name, shape in zip(_names(number), (kernel, kernel[1:]), strict=True)
    }
    arrays = tensors.read(reader, head, wanted)
    dtypes = {entry["dtype"] for entry in head.tensors.values()}
    if len(dtypes) > 1:
        reader.refuse(f"its tensors must have one dtype, and have {', '.join(sorted(dtypes))}")
    return arrays


def _names(number: int) -> tuple[str, str]:
    return f"layers.{number}.kernel", f"layers.{number}.bias"
