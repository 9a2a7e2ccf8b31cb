"""The optional library itself, which is loaded only when a model is read or written."""

from __future__ import annotations

from typing import Any

from classlens.errors import MissingLibraryError

# Names of ours, and our own keys in a model's metadata.
CLASSES, FEATURES = "classlens.classes", "classlens.features"


def onnx() -> Any:
    """The library.

    Raises:
        MissingLibraryError: if it is not installed.
    """
    try:
        import onnx as library  # noqa: PLC0415 - optional
    except ImportError as error:
        raise MissingLibraryError(
            f"ONNX models need onnx, which cannot be imported ({error}). Install it with: "
            "pip install 'classlens[onnx]'"
        ) from error
    return library
