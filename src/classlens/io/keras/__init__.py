"""Keras models in and out: objects of any backend, and files as data, without Keras itself."""

from classlens.io.keras.files import from_file
from classlens.io.keras.objects import from_object
from classlens.io.keras.writing import to_file, to_object

__all__ = ["from_file", "from_object", "to_file", "to_object"]
