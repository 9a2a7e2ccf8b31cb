"""Tensors and attributes of an ONNX model as arrays and numbers: only what lies in the model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classlens.errors import ArgumentError, listed, short

Array = NDArray[Any]
Attributes = dict[str, Any]


class _Stored(NamedTuple):
    """How the numbers of a type lie in a tensor.

    Attributes:
        raw: the dtype of ``raw_data``.
        field: where they stand otherwise.
    """

    raw: str
    field: str


_FLOAT, _INT32, _INT64, _BOOL, _FLOAT16, _DOUBLE, _BFLOAT16 = 1, 6, 7, 9, 10, 11, 16
FLOATS = frozenset({_FLOAT, _FLOAT16, _DOUBLE, _BFLOAT16})
_STORED: Mapping[int, _Stored] = MappingProxyType(
    {
        _FLOAT: _Stored("<f4", "float_data"),
        _DOUBLE: _Stored("<f8", "double_data"),
        _FLOAT16: _Stored("<u2", "int32_data"),
        _BFLOAT16: _Stored("<u2", "int32_data"),
        _INT32: _Stored("<i4", "int32_data"),
        _INT64: _Stored("<i8", "int64_data"),
        _BOOL: _Stored("|u1", "int32_data"),
    }
)
_TYPES = "float, double, float16, bfloat16, int32, int64, bool"
_EXTERNAL = 1
_MOST_AXES = 32
# The field of an attribute in which a value of its type stands.
_FIELDS: Mapping[int, str] = MappingProxyType(
    {1: "f", 2: "i", 3: "s", 4: "t", 6: "floats", 7: "ints"}
)


def array_of(tensor: Any, who: str) -> Array:
    """The numbers of a TensorProto; those of 16 bits become float32.

    Raises:
        ArgumentError: if they lie in another file, are of another type, or are not as many as the
            shape says.
    """
    if tensor.data_location == _EXTERNAL or tensor.external_data:
        path = next((each.value for each in tensor.external_data if each.key == "location"), "")
        raise ArgumentError(
            f"{who} lies in another file, {short(path)}, which is not opened. Save the model with "
            "all weights in it: onnx.save_model(onnx.load(path), path), or "
            "torch.onnx.export(..., external_data=False)."
        )
    stored = _STORED.get(tensor.data_type)
    if stored is None:
        raise ArgumentError(
            f"{who} must be of one of the types {_TYPES}. Got type {tensor.data_type} instead."
        )
    shape = tuple(tensor.dims)
    if len(shape) > _MOST_AXES or any(length < 1 for length in shape):
        raise ArgumentError(f"{who} must have a shape, without 0. Got {short(shape)} instead.")
    raw = np.dtype(stored.raw)
    if tensor.HasField("raw_data"):
        found, size = len(tensor.raw_data), raw.itemsize
    else:
        found, size = len(getattr(tensor, stored.field)), 1
    if found != math.prod(shape) * size or tensor.HasField("segment"):
        unit = "bytes" if tensor.HasField("raw_data") else "numbers"
        raise ArgumentError(
            f"{who} has the shape {short(shape)}, which needs {math.prod(shape) * size} {unit}. "
            f"Got {found} instead."
        )
    if tensor.HasField("raw_data"):
        values: Array = np.frombuffer(tensor.raw_data, raw)
    else:
        given = np.array(getattr(tensor, stored.field))
        values = given.astype(raw)
        if raw.kind in "iu" and (values != given).any():
            raise ArgumentError(f"{who} holds a number that its type cannot.")
    if tensor.data_type == _FLOAT16:
        values = values.view("<f2").astype(np.float32)
    elif tensor.data_type == _BFLOAT16:  # the upper half of a float32
        values = (values.astype(np.uint32) << 16).view(np.float32)
    return values.reshape(shape)


def attributes_of(node: Any, known: Mapping[str, Any]) -> Attributes:
    """The attributes of a node, with the defaults of those that it does not have.

    Args:
        node: a NodeProto.
        known: the names of those that it may have, with their defaults.

    Raises:
        ArgumentError: if it has another one, or one of no value that can be read.
    """
    values = dict(known)
    for each in node.attribute:
        if each.name not in known:
            raise ArgumentError(
                f"it has the attribute {short(each.name)}, which is not known here. Known: "
                f"{', '.join(known) or 'none'}."
            )
        field = _FIELDS.get(each.type)
        if field is None or each.ref_attr_name:
            raise ArgumentError(f"its attribute {each.name} must be numbers, text or a tensor.")
        value = getattr(each, field)
        if field == "f":
            # The shortest number that float32 takes for the same: 0.1, not 0.10000000149.
            value = float(str(np.float32(value)))
        elif field == "s":
            value = value.decode("utf-8", "replace")
        elif field in ("floats", "ints"):
            value = list(value)
        default = known[each.name]
        if default is not None and not isinstance(value, type(default)):
            raise ArgumentError(
                f"its attribute {each.name} must be of type {type(default).__name__}. Got "
                f"{listed([short(value)])} instead."
            )
        values[each.name] = value
    return values
