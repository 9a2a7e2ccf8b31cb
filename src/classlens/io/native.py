"""The model file: one safetensors file with a JSON description of the model in its metadata.

It holds numbers and words, and no word in it can name code: the loader checks every word against
its own lists. safetensors itself accepts duplicate keys, weights that are not numbers and any
program's tensors, so the header is read and checked here before anything is allocated.
"""

from __future__ import annotations

import dataclasses
import json
import math
import stat
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from classlens._version import __version__
from classlens.activations import Activation
from classlens.errors import ClasslensError, ModelFileError, OutputError, short
from classlens.files import checked_path, write_whole
from classlens.io import encodings, probes
from classlens.io.reader import Reader
from classlens.model import Model
from classlens.network import Layer, Network
from classlens.settings import Settings

# Raised whenever a reader of the former version would misread the file.
FORMAT_VERSION = 1
_KEY = "classlens"
_MOST_HEADER_BYTES = 100_000_000  # safetensors writes no more either
_MOST_FILE_BYTES = 8 << 30
_DTYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype(np.float32), "F64": np.dtype(np.float64)}


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
    tensors = {
        name: array
        for number, layer in enumerate(network.layers)
        for name, array in zip(_names(number), (layer.kernel, layer.bias), strict=True)
    }
    try:
        content = save_tensors(tensors, metadata={_KEY: json.dumps(description)})
    except SafetensorError as error:
        raise OutputError(f"cannot write {path}: its names take too much room ({error}).") from None
    write_whole(path, content)


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
        return _model(reader, path)
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror or error}.") from error
    except RecursionError:  # met in parsing it, or later in quoting a part of it
        reader.refuse("its description is nested too deeply")


def _read_header(path: Path) -> tuple[bytes, int]:
    """The file's bytes up to the end of its header, as far as they can be one, and its size."""
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # a pipe would block, a device might never end
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise ModelFileError(f"cannot read {path}: it is {kind}.")
    if status.st_size > _MOST_FILE_BYTES:
        raise ModelFileError(
            f"{path} is larger than a model file may be, {_MOST_FILE_BYTES} bytes. "
            f"Got {status.st_size} instead."
        )
    with path.open("rb") as file:
        head = file.read(9)
        size = int.from_bytes(head[:8], "little")
        if head[8:] == b"{" and size <= min(_MOST_HEADER_BYTES, status.st_size - 8):
            head += file.read(size - 1)
    return head, status.st_size


def _model(reader: Reader, path: Path) -> Model:
    head, total = _read_header(path)
    header, size = _header(reader, head)
    description = _description(reader, header.pop("__metadata__", None))
    layers = _layers(reader, description)
    _check_tensors(reader, header, layers, total - size)
    try:
        # Only now is it known that the numbers are worth their memory.
        arrays = load_tensors(path.read_bytes())
    except SafetensorError as error:
        reader.refuse(f"its tensors cannot be read ({error})")
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


def _header(reader: Reader, content: bytes) -> tuple[dict[str, Any], int]:
    """The safetensors header, and the number of bytes before the tensors."""
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or content[8:9] != b"{":
        reader.refuse("it is not a safetensors file")
    if size > _MOST_HEADER_BYTES or size > len(content) - 8:
        reader.refuse(f"its header should take {size} bytes, which it does not have; was it cut?")
    header = reader.json(content[8 : 8 + size], "its header")
    return reader.object(header, "its header"), 8 + size


def _description(reader: Reader, metadata: Any) -> dict[str, Any]:
    if not isinstance(metadata, dict) or not isinstance(metadata.get(_KEY), str):
        reader.refuse("it is a safetensors file without a Classlens description")
    description = reader.json(metadata[_KEY], "its description")
    reader.object(description, "its description")
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


def _check_tensors(
    reader: Reader, header: dict[str, Any], layers: list[_LayerPlan], size: int
) -> None:
    """Exactly the tensors of the layers, of one dtype, filling the rest of the file."""
    wanted = {
        name: list(shape)
        for number, (_, kernel, _) in enumerate(layers)
        for name, shape in zip(_names(number), (kernel, kernel[1:]), strict=True)
    }
    reader.keys(header, tuple(wanted), "its list of tensors")
    spans = []
    for name, shape in wanted.items():
        entry = reader.keys(header[name], ("dtype", "shape", "data_offsets"), f"tensor {name}")
        if not isinstance(entry["dtype"], str) or entry["dtype"] not in _DTYPES:
            reader.refuse(
                f"tensor {name}'s dtype must be one of {', '.join(_DTYPES)}, and is "
                f"{short(entry['dtype'])}"
            )
        if entry["shape"] != shape:
            reader.refuse(f"tensor {name}'s shape must be {shape}, and is {short(entry['shape'])}")
        length = math.prod(shape) * _DTYPES[entry["dtype"]].itemsize
        span = entry["data_offsets"]
        if not (
            isinstance(span, list)
            and len(span) == 2
            and all(type(end) is int for end in span)
            and span[1] - span[0] == length
        ):
            reader.refuse(f"tensor {name} must take {length} bytes, and takes {short(span)}")
        spans.append(span)
    dtypes = {header[name]["dtype"] for name in wanted}
    if len(dtypes) > 1:
        reader.refuse(f"its tensors must have one dtype, and have {', '.join(sorted(dtypes))}")
    ends = [0, *(span[1] for span in sorted(spans))]
    if [span[0] for span in sorted(spans)] != ends[:-1] or ends[-1] != size:
        reader.refuse(f"its tensors must fill {size} bytes without gaps; was it cut?")


def _names(number: int) -> tuple[str, str]:
    return f"layers.{number}.kernel", f"layers.{number}.bias"
