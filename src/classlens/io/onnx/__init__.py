"""ONNX models in and out: chains of dense layers; no file but the one given is ever opened."""

from classlens.io.onnx.reading import from_file, from_object
from classlens.io.onnx.writing import to_file, to_object

__all__ = ["from_file", "from_object", "to_file", "to_object"]
