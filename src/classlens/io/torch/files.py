"""PyTorch's weights in safetensors files: read and written as data, without PyTorch."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from classlens import tensors
from classlens._version import __version__
from classlens.activations import Activation
from classlens.errors import ArgumentError, ClasslensError, ModelFileError, listed, short
from classlens.files import checked_path
from classlens.io.chain import Chain, Imported, imported
from classlens.io.torch.naming import module_names
from classlens.model import ModelLike, as_model
from classlens.reader import Reader

SOURCE = "a PyTorch state_dict"
# Under which the metadata tells what a state_dict does not.
KEY = "classlens_torch"

_VERSION = 1
_MOST_FILE_BYTES = 8 << 30
# Of so many layers every order is tried, where the names do not tell it.
_MOST_UNORDERED = 7
_PICKLE_VERSIONS = frozenset({2, 3, 4, 5})


class _Layer(NamedTuple):
    """What is known of a layer beside its weights."""

    module: str
    name: str | None
    activation: Activation


class _Told(NamedTuple):
    """What the metadata of a file of ours tells."""

    layers: list[_Layer]
    classes: tuple[str, ...]
    features: tuple[str, ...]


def from_state_dict(
    path: str | Path, activations: str | Activation | Sequence[str | Activation] | None = None
) -> Imported:
    """The Linear layers whose weights a safetensors file holds.

    Their tensors are called ``0.weight`` and ``0.bias``, or have another name before the dot. They
    come in the order of the numbers in their names; names that differ in more than numbers must
    leave one order only in which the shapes fit.

    Args:
        path: the file, as ``safetensors.torch.save_file(module.state_dict(), path)`` writes it.
        activations: a word for all hidden layers, the last one being linear; or one a layer. A file
            that ``to_state_dict`` wrote tells them itself, and so needs none.

    Raises:
        ArgumentError: if the path is none, or the activations are missing or do not fit.
        ModelFileError: if it cannot be read, is a pickle, or holds other tensors than those of
            Linear layers.
    """
    path = checked_path(path)
    refuse_pickle(path)
    reader = Reader(path, "file of PyTorch weights")
    try:
        metadata, arrays = tensors.read_any(reader, most_bytes=_MOST_FILE_BYTES)
        shapes = _linears(reader, arrays)
        told = _told(reader, metadata)
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror or error}.") from error
    except RecursionError:
        reader.refuse("its header is nested too deeply")
    if told is None:
        order = _ordered(reader, shapes)
        # The places 0, 2, 4, ... tell nothing: the layers are then called L1, L2, ...
        names = [each.rpartition(".")[2] for each in order]
        own = [name if name and not name.isdigit() else None for name in names]
    else:
        order, own = [each.module for each in told.layers], [each.name for each in told.layers]
        if sorted(order) != sorted(shapes):
            reader.refuse(f"it should hold the weights of {listed(order)}, and holds others")
    if told is not None and activations is None:
        words = [each.activation for each in told.layers]
    else:
        words = _activations(path, order, activations)
    chain = Chain()
    try:
        for module, name, word in zip(order, own, words, strict=True):
            prefix = f"{module}." if module else ""
            bias = arrays.get(f"{prefix}bias")
            chain.dense(arrays[f"{prefix}weight"].T, bias, name)
            chain.activate(word)
        names_told = {} if told is None else {"classes": told.classes, "features": told.features}
        return imported(chain, SOURCE, **names_told)
    except ClasslensError as error:
        reader.refuse(str(error).rstrip("."))


def to_state_dict(model: ModelLike, path: str | Path) -> None:
    """Write the weights as the ``state_dict`` of the module that ``to_object`` makes.

    PyTorch reads it by ``module.load_state_dict(safetensors.torch.load_file(path))``. Its metadata
    tells ``from_state_dict`` the names and the activations.

    Raises:
        ArgumentError: if it is no model, or the path is none.
        OutputError: if it cannot be written; an older file is then untouched.
    """
    path, model = checked_path(path), as_model(model)
    layers = model.network.layers
    modules = module_names(model.network)
    description = {
        "version": _VERSION,
        "written_by": f"classlens {__version__}",
        "layers": [
            {
                "module": module,
                "name": layer.name,
                "activation": layer.activation.name,
                "parameter": layer.activation.parameter,
            }
            for module, layer in zip(modules, layers, strict=True)
        ],
        "classes": model.class_names,
        "features": model.feature_names,
    }
    arrays = {}
    for module, layer in zip(modules, layers, strict=True):
        arrays[f"{module}.weight"] = layer.kernel.T.copy()
        arrays[f"{module}.bias"] = layer.bias
    tensors.save(path, KEY, description, arrays)


def refuse_pickle(path: str | Path) -> None:
    """Refuse a file as ``torch.save`` writes it; any other file passes, also one not there.

    Raises:
        ArgumentError: if the path is none.
        ModelFileError: if it is a pickle, or a zip archive with one in it.
    """
    path = checked_path(path)
    try:
        if not path.is_file():  # a pipe would block; whoever reads it says what it is
            return
        with path.open("rb") as file:
            start = file.read(4096)
    except OSError:
        return
    archive = start.startswith(b"PK\x03\x04") and b".pkl" in start
    # The length of a safetensors file's header may begin so too; a brace comes after its 8 bytes.
    pickle = start[:1] == b"\x80" and start[1:2] != b"" and start[1] in _PICKLE_VERSIONS
    if archive or (pickle and start[8:9] != b"{"):
        raise ModelFileError(
            f"{path} is a pickle, as torch.save writes it. Reading one runs whatever code is in "
            "it, so it is not read. Save the weights as safetensors instead: "
            "safetensors.torch.save_file(module.state_dict(), 'weights.safetensors'). Or give the "
            "module itself, in Python: Network.from_torch(module)."
        )


def _linears(reader: Reader, arrays: tensors.Arrays) -> dict[str, tuple[int, int]]:
    """The modules by name, with their numbers of inputs and units."""
    parts = {name: name.rpartition(".") for name in arrays}
    wrong = [
        name
        for name, (module, _, last) in parts.items()
        if (last, arrays[name].ndim) not in {("weight", 2), ("bias", 1)}
        or arrays[name].dtype.kind != "f"
        or (f"{module}." if module else "") + "weight" not in arrays
    ]
    if wrong or not arrays:
        reader.refuse(
            "it must hold a weight, shape (units, inputs), and a bias, shape (units,), for each "
            f"Linear layer, and holds {listed(wrong) if wrong else 'nothing'}. A model with other "
            "parts can be read as a module, in Python: Network.from_torch(module)"
        )
    return {
        module: (arrays[name].shape[1], arrays[name].shape[0])
        for name, (module, _, last) in parts.items()
        if last == "weight"
    }


def _ordered(reader: Reader, shapes: Mapping[str, tuple[int, int]]) -> list[str]:
    """The modules in the order in which they compute."""

    def fits(order: Sequence[str]) -> bool:
        return all(shapes[one][1] == shapes[other][0] for one, other in itertools.pairwise(order))

    if len({re.sub(r"[0-9]+", "0", name) for name in shapes}) == 1:
        return sorted(shapes, key=_numbers)
    orders: list[tuple[str, ...]] = []
    if len(shapes) <= _MOST_UNORDERED:
        orders = [order for order in itertools.permutations(shapes) if fits(order)]
    if len(orders) != 1:
        reader.refuse(
            f"neither the names {listed(list(shapes))} nor their shapes tell in which order the "
            "layers compute. Number them, or give the module itself, in Python: "
            "Network.from_torch(module)"
        )
    return list(orders[0])


def _numbers(name: str) -> list[tuple[int, str]]:
    """What sorts names by their numbers, of however many digits."""
    digits = [each.lstrip("0") for each in re.findall(r"[0-9]+", name)]
    return [(len(each), each) for each in digits]


def _activations(
    path: Path,
    modules: Sequence[str],
    given: str | Activation | Sequence[str | Activation] | None,
) -> list[Activation]:
    """One a layer."""
    depth = len(modules)
    if given is None:
        if depth == 1:
            return [Activation("linear")]
        raise ArgumentError(
            f"{path} holds the weights of {listed(modules)}, and tells no activations, as no "
            "state_dict does. Give activations= in Python, --activation to classlens convert: a "
            "word for all hidden layers, such as relu, or one a layer."
        )
    if isinstance(given, str | Activation):
        return [Activation.parse(given)] * (depth - 1) + [Activation("linear")]
    if not isinstance(given, list | tuple) or len(given) != depth:
        found = len(given) if isinstance(given, list | tuple) else short(given)
        raise ArgumentError(
            f"activations must be a word, or one for each of the {depth} layers of {path}. Got "
            f"{found} instead."
        )
    return [Activation.parse(word) for word in given]


def _told(reader: Reader, metadata: Mapping[str, Any]) -> _Told | None:
    """What the metadata tells; None where it is no file of ours."""
    if KEY not in metadata:
        return None
    where = "its description"
    text = reader.word(metadata[KEY], where)
    said = reader.object(reader.json(text, where), where)
    if said.get("version") != _VERSION:
        reader.refuse(
            f"it is of format {short(said.get('version'))}, and this version of Classlens "
            f"({__version__}) reads format {_VERSION}; update Classlens"
        )
    keys = ("version", "written_by", "layers", "classes", "features")
    reader.keys(said, keys, where)
    if not isinstance(said["layers"], list):
        reader.refuse(f"layers must be a list, and is {short(said['layers'])}")
    return _Told(
        [_layer(reader, each, f"layer {place}") for place, each in enumerate(said["layers"], 1)],
        reader.texts(said["classes"], "classes"),
        reader.texts(said["features"], "features"),
    )


def _layer(reader: Reader, value: Any, where: str) -> _Layer:
    value = reader.keys(value, ("module", "name", "activation", "parameter"), where)
    parameter = reader.number(value["parameter"], f"{where}'s parameter")
    try:
        activation = Activation(value["activation"], parameter)
    except ArgumentError as error:
        reader.refuse(f"{where}: {str(error).rstrip('.')}")
    module, name = (reader.word(value[key], f"{where}'s {key}") for key in ("module", "name"))
    return _Layer(module, name, activation)
