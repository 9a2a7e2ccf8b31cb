"""Writing ``.keras`` files without Keras: what ``keras.saving.load_model`` opens as it is."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from classlens._version import __version__
from classlens.errors import MissingLibraryError, OutputError
from classlens.files import checked_path, write_whole
from classlens.io.keras.files import CONFIG, METADATA, NAMES, WEIGHTS
from classlens.io.keras.hdf5 import h5py
from classlens.layer import Layer
from classlens.model import Model
from classlens.network import Network

# The format that is written; Keras 3 reads it from its first version on.
_VERSION = "3.0.0"
# Activations with a parameter stand in a layer of their own.
_PARAMETERS = {"leaky_relu": ("LeakyReLU", "negative_slope"), "elu": ("ELU", "alpha")}


def to_file(model: Model, path: str | Path) -> None:
    """Write a model whose output is logits; the names of classes and features go into its metadata.

    Raises:
        ArgumentError: if the path is none.
        MissingLibraryError: if h5py is not installed.
        OutputError: if it cannot be written; an older file is then untouched.
    """
    path = checked_path(path)
    names = {"classes": model.class_names, "features": model.feature_names}
    metadata = {"keras_version": _VERSION, "written_by": f"classlens {__version__}", NAMES: names}
    content = io.BytesIO()
    try:
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr(METADATA, json.dumps(metadata))
            archive.writestr(CONFIG, json.dumps(configuration(model.network)))
            archive.writestr(WEIGHTS, _weights(model.network))
    except (ValueError, RuntimeError) as error:
        raise OutputError(f"cannot write {path}: {error}.") from error
    write_whole(path, content.getvalue())


def to_object(model: Model) -> Any:
    """A Sequential model of Keras whose output is logits, for whichever backend it runs on.

    Raises:
        MissingLibraryError: if Keras is not installed.
    """
    try:
        import keras  # noqa: PLC0415 - optional
    except ImportError as error:
        raise MissingLibraryError(
            f"a Keras model needs Keras and a backend of it ({error}): pip install "
            "'classlens[keras]'"
        ) from None
    made = keras.saving.deserialize_keras_object(configuration(model.network))
    made.set_weights([array for layer in model.network.layers for array in layer.get_weights()])
    return made


def configuration(network: Network) -> dict[str, Any]:
    """A Sequential model's configuration, as Keras reads it."""
    shape = [None, network.inputs]
    taken: list[str] = []
    input_name = _free("input", taken)
    entries = [_entry("InputLayer", {"batch_shape": shape, "name": input_name}, network)]
    for layer in network.layers:
        entries += _entries(layer, network, taken)
    config = {"name": "classlens", "layers": entries, "build_input_shape": shape}
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": config,
        "registered_name": None,
        "build_config": {"input_shape": shape},
    }


def _free(wanted: str, taken: list[str]) -> str:
    """A name for a layer of Keras, which allows no slash in it, and each name only once."""
    name = wanted.replace("/", "_")
    while name in taken:
        name += "_"
    taken.append(name)
    return name


def _entries(layer: Layer, network: Network, taken: list[str]) -> Iterator[dict[str, Any]]:
    own = layer.activation.name in _PARAMETERS
    name = _free(layer.name, taken)
    config = {
        "name": name,
        "units": layer.units,
        "activation": "linear" if own else layer.activation.name,
        "use_bias": True,
    }
    yield _entry("Dense", config, network, built=[None, layer.inputs])
    if own:
        kind, parameter = _PARAMETERS[layer.activation.name]
        config = {
            "name": _free(f"{name}_{layer.activation.name}", taken),
            parameter: layer.activation.parameter,
        }
        yield _entry(kind, config, network)


def _entry(
    kind: str, config: dict[str, Any], network: Network, built: list[Any] | None = None
) -> dict[str, Any]:
    config["dtype"] = str(network.dtype)
    entry = {
        "module": "keras.layers",
        "class_name": kind,
        "config": config,
        "registered_name": None,
    }
    return entry if built is None else {**entry, "build_config": {"input_shape": built}}


def _weights(network: Network) -> bytes:
    content = io.BytesIO()
    with h5py().File(content, "w") as file:
        for number, layer in enumerate(network.layers):
            group = file.create_group("layers/dense" + (f"_{number}" if number else "") + "/vars")
            group.create_dataset("0", data=layer.kernel)
            group.create_dataset("1", data=layer.bias)
    return content.getvalue()
