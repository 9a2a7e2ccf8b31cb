"""Keras's files, ``.keras`` and ``.h5``, read as data: JSON and HDF5, and nothing that runs.

Neither Keras nor anything that a file names is loaded. Only arrays are read that lie in the file
itself, whole and uncompressed, so that what is read is never larger than the file; and only those
are used that have the shapes which the configuration says.
"""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classlens.errors import ArgumentError, ClasslensError, listed, short
from classlens.files import checked_path
from classlens.io.chain import Imported, imported
from classlens.io.keras import hdf5
from classlens.io.keras.hdf5 import Contents
from classlens.io.keras.layers import Array, Config, Shape, name_of
from classlens.io.keras.walking import Weights, check_model, check_shape, layers_of, walked
from classlens.reader import Reader

HDF5 = b"\x89HDF\r\n\x1a\n"
ZIP = b"PK\x03\x04"
CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
# What a writer of ours adds to the metadata: the names, for which Keras has no place.
NAMES = "classlens"

_MOST_BYTES = 8 << 30
_MOST_CONFIG_BYTES = 50_000_000
# Weights hardly compress. A file that swells more than this is not one that Keras wrote.
_MOST_SWELLING = 20


def from_file(path: str | Path) -> Imported:
    """A Sequential or functional model in a ``.keras`` or ``.h5`` file.

    Raises:
        ArgumentError: if the path is none.
        MissingLibraryError: if h5py is not installed.
        ModelFileError: if the file cannot be read, is damaged, or holds what no network here can
            have.
    """
    path = checked_path(path)
    reader = Reader(path, "Keras file")
    try:
        with path.open("rb") as file:
            start = file.read(len(HDF5))
        if path.stat().st_size > _MOST_BYTES:
            reader.refuse(f"it is larger than {_MOST_BYTES} bytes")
        if start == HDF5:
            return _legacy(reader)
        if start.startswith(ZIP):
            return _archive(reader)
        reader.refuse("it is neither a zip archive nor HDF5")
    except ClasslensError as error:
        if isinstance(error, ArgumentError):  # what the walk through the layers refuses
            reader.refuse(str(error).rstrip("."))
        raise
    except zipfile.BadZipFile as error:
        reader.refuse(f"its archive is damaged ({error})")
    except RecursionError:
        reader.refuse("its configuration is nested too deeply")
    except OSError as error:
        reader.refuse(f"it cannot be read ({short(str(error))})")
    except (ValueError, KeyError, RuntimeError, NotImplementedError) as error:
        # What h5py and zipfile raise about damaged insides.
        reader.refuse(f"it is damaged ({short(str(error))})")


def _archive(reader: Reader) -> Imported:
    """Keras 3's format: a zip archive of a configuration, metadata and weights."""
    with zipfile.ZipFile(reader.path) as archive:
        entries = {each.filename: each for each in archive.infolist()}
        missing = [name for name in (CONFIG, WEIGHTS) if name not in entries]
        if missing:
            reader.refuse(f"its archive lacks {listed(missing)}")

        def content(name: str, most: int) -> bytes:
            size = entries[name].file_size
            if size > most:
                reader.refuse(f"its {name} would take {size} bytes, of which {most} are allowed")
            with archive.open(name) as file:
                found = file.read(most + 1)
            if len(found) != size:
                reader.refuse(f"its {name} should take {size} bytes, and does not")
            return found

        whole = reader.json(content(CONFIG, _MOST_CONFIG_BYTES), "its configuration")
        check_model(reader.object(whole, "its configuration"))
        config = reader.object(whole.get("config"), "config")
        names = {}
        if METADATA in entries:
            said = reader.json(content(METADATA, _MOST_CONFIG_BYTES), "its metadata")
            names = _names(reader, reader.object(said, "its metadata").get(NAMES))
        most = max(_MOST_SWELLING * reader.path.stat().st_size, 1 << 20)
        weights = content(WEIGHTS, most)
    layers = layers_of(config)
    chain = walked(layers, _Archived(hdf5.contents(weights), layers), config)
    return imported(chain, _SOURCE, **names)


_SOURCE = "a Keras file"


def _names(reader: Reader, said: Any) -> dict[str, Any]:
    """The names of classes and features, where the file has our own entry of them."""
    if said is None:
        return {}
    found = reader.keys(said, ("classes", "features"), "its names")
    return {name: reader.texts(found[name], name) for name in found}


def _legacy(reader: Reader) -> Imported:
    """The older format: one HDF5 file with the configuration in an attribute."""
    found = hdf5.contents(reader.path.read_bytes())
    text = found.words[""].get("model_config")
    if text is None:
        reader.refuse("it holds weights without a model. Save the whole model: model.save(...)")
    if not isinstance(text, str):
        reader.refuse("its configuration must be a text")
    whole = reader.object(reader.json(text, "its configuration"), "its configuration")
    check_model(whole)
    config = whole.get("config")
    if isinstance(config, list):  # Keras before 2.2.3 wrote a Sequential so
        config = {"layers": config}
    layers = layers_of(config)
    chain = walked(layers, _Legacy(found, layers), reader.object(config, "config"))
    return imported(chain, _SOURCE)


def _array(found: Contents, path: str, shape: Shape, who: str) -> Array:
    array = found.array(path)
    check_shape(array.shape, shape, who)
    return array


@dataclass
class _Archived:
    """Weights as ``.keras`` has them: by the layers' classes in snake case, which are counted."""

    found: Contents
    layers: Sequence[Config]
    inside_of: str = ""

    def of(self, place: int, shapes: Sequence[Shape]) -> list[Array]:
        who, group = name_of(self.layers[place]), f"{self._layer(place)}/vars"
        held = self.found.within(group)
        if len(held) != len(shapes):
            raise ArgumentError(
                f"layer {who} must have {len(shapes)} arrays of weights. Got {len(held)} instead."
            )
        saved = self.found.words[group].get("name", who)  # older versions did not write it
        if saved != who:
            raise ArgumentError(f"layer {who}'s weights are those of {short(saved)}.")
        return [_array(self.found, f"{group}/{k}", shape, who) for k, shape in enumerate(shapes)]

    def inside(self, place: int, layers: Sequence[Config]) -> Weights:
        return _Archived(self.found, layers, f"{self._layer(place)}/")

    def _layer(self, place: int) -> str:
        """The path of a layer's group."""
        folders = (f"{self.inside_of}{each}" for each in _FOLDERS)
        top = next((each for each in folders if each in self.found.groups), "layers")
        kind = str(self.layers[place].get("class_name"))
        before = Counter(str(each.get("class_name")) for each in self.layers[:place])[kind]
        snake = re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", kind))
        return f"{top}/{snake.lower()}" + (f"_{before}" if before else "")


# The first is Keras 3's, the other that of TensorFlow's Keras 2.12 to 2.15.
_FOLDERS = ("layers", "_layer_checkpoint_dependencies")


@dataclass
class _Legacy:
    """Weights as ``.h5`` has them: by the layers' names, with a list of the arrays' names."""

    found: Contents
    layers: Sequence[Config]

    def of(self, place: int, shapes: Sequence[Shape]) -> list[Array]:
        who = name_of(self.layers[place])
        group = f"model_weights/{who}"
        self.found.within(group)
        names = self.found.words[group].get("weight_names", [])
        if not isinstance(names, list) or len(names) != len(shapes):
            raise ArgumentError(
                f"layer {who} must have {len(shapes)} arrays of weights. Got {short(names)} "
                "instead."
            )
        return [
            _array(self.found, f"{group}/{name}", shape, who)
            for name, shape in zip(names, shapes, strict=True)
        ]

    def inside(self, place: int, layers: Sequence[Config]) -> Weights:
        raise ArgumentError(
            f"layer {name_of(self.layers[place])} is a model in itself, with {len(layers)} layers, "
            "which cannot be read from an .h5 file. Save it in Keras's newer format, .keras."
        )
