"""Models of other libraries: which importer reads an object, and which reads or writes a file.

An object is told by its class alone, so that no library is loaded that is not in use already; a
file by its first bytes, and by its name only where those tell nothing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from classlens.errors import ArgumentError, one_of
from classlens.files import checked_path
from classlens.io import keras, native, onnx, sklearn, torch
from classlens.io.chain import Imported
from classlens.io.keras.files import HDF5, ZIP
from classlens.model import Model, as_model
from classlens.network import Network


@dataclass(frozen=True)
class Library:
    """What is known of another library.

    Attributes:
        name: what it is called.
        families: the top-level modules of its classes.
        from_object: reads a model in memory.
        from_file: reads a file, if it has files of its own.
    """

    name: str
    families: tuple[str, ...]
    from_object: Callable[[Any], Imported]
    from_file: Callable[[Path], Imported] | None = None


LIBRARIES: Mapping[str, Library] = MappingProxyType(
    {
        "keras": Library(
            "Keras",
            ("keras", "tf_keras", "tensorflow"),
            keras.from_object,
            keras.from_file,
        ),
        "torch": Library("PyTorch", ("torch",), torch.from_object, torch.from_state_dict),
        "onnx": Library("ONNX", ("onnx",), onnx.from_object, onnx.from_file),
        "sklearn": Library("scikit-learn", ("sklearn",), sklearn.from_object),
    }
)
EXPORTERS: Mapping[str, Callable[[Model], Any]] = MappingProxyType(
    {"keras": keras.to_object, "onnx": onnx.to_object, "torch": torch.to_object}
)


def model_of(given: object) -> Imported | None:
    """The model of an object of another library's; None if it is of no library that is known.

    Raises:
        ArgumentError: if it has a part that no network here can have.
    """
    families = {kind.__module__.partition(".")[0] for kind in type(given).__mro__}
    for library in LIBRARIES.values():
        if not families.isdisjoint(library.families):
            return library.from_object(given)
    return None


def imported(library: str, given: Any, **options: Any) -> Imported:
    """The model of an object or a file of one library.

    Args:
        library: a key of ``LIBRARIES``.
        given: an object of it, or a path.
        **options: of the function that reads its files.

    Raises:
        ArgumentError: if it is neither, or has a part that no network here can have.
        ModelFileError: if the file cannot be used.
        MissingLibraryError: if a library is not installed that the file needs.
    """
    row = LIBRARIES[library]
    if isinstance(given, str | Path) and row.from_file is not None:
        return row.from_file(checked_path(given), **options)
    families = {kind.__module__.partition(".")[0] for kind in type(given).__mro__}
    if families.isdisjoint(row.families):
        what = "a model, or the path of a file" if row.from_file else "a fitted model"
        raise ArgumentError(
            f"model must be {what} of {row.name}. Got {type(given).__name__} instead."
        )
    return row.from_object(given)


def exported(library: str, network: Network) -> Any:
    """The network as an object of another library.

    Args:
        library: a key of ``EXPORTERS``.
        network: what it shall compute.

    Raises:
        MissingLibraryError: if the library is not installed.
    """
    return EXPORTERS[library](as_model(network))


def read(path: str | Path, *, activations: str | Sequence[str] | None = None) -> Imported:
    """The model in a file, whichever library wrote it.

    Args:
        path: the file.
        activations: those of a PyTorch ``state_dict``, as ``Network.from_torch`` takes them.

    Raises:
        ArgumentError: if the path is none, or the file needs activations, or must not have any.
        MissingLibraryError: if a library is not installed that the file needs.
        ModelFileError: if it cannot be used.
    """
    path = checked_path(path)
    reading = _reader(path)
    if reading is torch.from_state_dict:
        return torch.from_state_dict(path, activations=activations)
    if activations is not None:
        raise ArgumentError(
            f"activations are for a PyTorch state_dict, which does not tell them. {path} tells its "
            "own."
        )
    return reading(path)


class Written(NamedTuple):
    """A format that models are written in.

    Attributes:
        write: writes a model to a path.
        keeps: what of a model is there when it is read again, besides the network and the names of
            its layers.
        suffix: what the names of its files end in, where that decides for it.
    """

    write: Callable[[Model, Path], None]
    keeps: str
    suffix: str | None = None


FORMATS: Mapping[str, Written] = MappingProxyType(
    {
        "classlens": Written(
            native.save, "the names of classes and features, the columns' encoding, the settings"
        ),
        "keras": Written(keras.to_file, "the names of classes and features", ".keras"),
        "onnx": Written(onnx.to_file, "the names of classes and features", ".onnx"),
        "torch": Written(torch.to_state_dict, "the names of classes and features"),
    }
)


def write(model: Model, path: str | Path, format: str | None = None) -> None:  # noqa: A002
    """Write a model to a file, whole or not at all.

    Args:
        model: the model.
        path: the file.
        format: a key of ``FORMATS``; by default what the path's suffix says, or else our own.

    Raises:
        ArgumentError: if the path is none, or there is no such format.
        MissingLibraryError: if the format's library is not installed.
        OutputError: if it cannot be written; an older file is then untouched.
    """
    path = checked_path(path)
    if format is not None and format not in FORMATS:
        raise ArgumentError(one_of("format", format, list(FORMATS)))
    FORMATS[format or format_of(path)].write(model, path)


def format_of(path: Path) -> str:
    """The format that a file's name asks for, a key of ``FORMATS``.

    Raises:
        ArgumentError: if it asks for one that is not written.
    """
    suffix = path.suffix.lower()
    if suffix in _NOT_WRITTEN:
        raise ArgumentError(
            f"path must not end in {suffix}: {_NOT_WRITTEN[suffix]} Got {path} instead."
        )
    found = (name for name, each in FORMATS.items() if each.suffix == suffix)
    return next(found, "classlens")


_NOT_WRITTEN = {
    ".h5": "Keras's older format is read, not written. Use .keras.",
    ".hdf5": "Keras's older format is read, not written. Use .keras.",
    ".pt": "PyTorch's pickles are neither read nor written. Use .safetensors, as torch.",
    ".pth": "PyTorch's pickles are neither read nor written. Use .safetensors, as torch.",
    ".joblib": "pickles are neither read nor written. Use .safetensors.",
    ".pkl": "pickles are neither read nor written. Use .safetensors.",
}
_ONNX_SUFFIX = ".onnx"


def _reader(path: Path) -> Callable[..., Imported]:
    """What reads a file, by its first bytes; an ONNX file has none of its own."""
    start = b""
    with contextlib.suppress(OSError):  # whoever reads it says what is wrong
        if path.is_file():
            with path.open("rb") as file:
                start = file.read(16)
    torch.refuse_pickle(path)
    if start.startswith((HDF5, ZIP)):
        return keras.from_file
    if start[8:9] == b"{":
        return _ours if native.is_ours(path) else torch.from_state_dict
    return onnx.from_file if path.suffix.lower() == _ONNX_SUFFIX else _ours


def _ours(path: Path) -> Imported:
    return Imported(native.load(path), "a Classlens model", ())
