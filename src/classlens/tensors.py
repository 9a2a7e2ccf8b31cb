"""Named arrays and a description of them, in one safetensors file that is read with suspicion.

safetensors itself accepts duplicate keys, gaps, and any program's tensors, so the header is read
and checked here before anything is allocated. The description is JSON in the file's metadata.
"""

from __future__ import annotations

import json
import math
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from classlens.errors import ModelFileError, OutputError, short
from classlens.files import write_whole
from classlens.reader import Reader

Arrays = dict[str, NDArray[Any]]

_MOST_HEADER_BYTES = 100_000_000  # safetensors writes no more either
_ITEM_BYTES = {"F16": 2, "BF16": 2, "F32": 4, "F64": 8, "I32": 4, "I64": 8}
_MOST_AXES, _MOST_LENGTH = 32, 1 << 48


class Wanted(NamedTuple):
    """What a tensor must be.

    Attributes:
        shape: its shape.
        dtypes: the ones that it may have, as safetensors writes them.
    """

    shape: tuple[int, ...]
    dtypes: tuple[str, ...]


class Head(NamedTuple):
    """A file before its tensors.

    Attributes:
        description: what its metadata says, an object.
        tensors: the entries of the tensors by name, not checked yet.
        bytes: how many follow the header.
    """

    description: dict[str, Any]
    tensors: dict[str, Any]
    bytes: int


class Contents(NamedTuple):
    """What stands in a file that any program may have written.

    Attributes:
        metadata: its words by name.
        arrays: its tensors; those of 16 bits as float32.
    """

    metadata: dict[str, Any]
    arrays: Arrays


def save(path: Path, key: str, description: Mapping[str, Any], arrays: Arrays) -> None:
    """Write a file, whole or not at all.

    Args:
        path: the file.
        key: under which the description stands in its metadata.
        description: what JSON can say.
        arrays: C-contiguous, float or int, of 32 or 64 bits.

    Raises:
        OutputError: if it cannot be written, or its names take more than 100 MB; an older file is
            then untouched.
    """
    try:
        content = save_tensors(arrays, metadata={key: json.dumps(description)})
    except SafetensorError as error:
        raise OutputError(f"cannot write {path}: its names take too much room ({error}).") from None
    write_whole(path, content)


def read_head(reader: Reader, key: str, *, most_bytes: int | None = None) -> Head:
    """The file up to its tensors.

    Args:
        reader: of the file.
        key: as in ``save``.
        most_bytes: how large the file may be.

    Raises:
        ModelFileError: if it is not such a file.
        OSError: if it cannot be read.
    """
    said, header, size = _header(reader, most_bytes)
    if said is None or not isinstance(said.get(key), str):
        reader.refuse("it is a safetensors file without a Classlens description")
    description = reader.object(reader.json(said[key], "its description"), "its description")
    return Head(description, header, size)


def metadata(reader: Reader) -> dict[str, Any]:
    """What a file says besides its tensors, by name.

    Raises:
        ModelFileError: if it is no safetensors file.
        OSError: if it cannot be read.
    """
    return _header(reader, None)[0] or {}


def read(reader: Reader, head: Head, wanted: Mapping[str, Wanted]) -> Arrays:
    """The tensors, if they are exactly these and fill the rest of the file.

    Raises:
        ModelFileError: if they are not.
        OSError: if the file cannot be read.
    """
    reader.keys(head.tensors, tuple(wanted), "its list of tensors")
    _spans(reader, head.tensors, wanted, head.bytes)
    try:
        # Only now is it known that the numbers are worth their memory.
        return load_tensors(reader.path.read_bytes())
    except SafetensorError as error:
        reader.refuse(f"its tensors cannot be read ({error})")


def read_any(reader: Reader, *, most_bytes: int | None = None) -> Contents:
    """All tensors of a file, whatever they are called.

    Args:
        reader: of the file.
        most_bytes: how large it may be.

    Raises:
        ModelFileError: if it is no safetensors file, or holds something else than numbers.
        OSError: if it cannot be read.
    """
    said, header, size = _header(reader, most_bytes)
    wanted = {
        name: Wanted(_shape(reader, name, header[name]), tuple(_ITEM_BYTES)) for name in header
    }
    spans = _spans(reader, header, wanted, size)
    with reader.path.open("rb") as file:
        file.seek(-size, 2)
        content = memoryview(file.read(size))
    if len(content) != size:
        reader.refuse("it changed while it was read")
    arrays = {
        name: _numbers(content[slice(*spans[name])], header[name]["dtype"]).reshape(each.shape)
        for name, each in wanted.items()
    }
    return Contents(said or {}, arrays)


def _header(
    reader: Reader, most_bytes: int | None
) -> tuple[dict[str, Any] | None, dict[str, Any], int]:
    """The metadata, the entries of the tensors, and how many bytes these should fill."""
    content, total = _read(reader, most_bytes)
    size = int.from_bytes(content[:8], "little")
    if len(content) < 8 or content[8:9] != b"{":
        reader.refuse("it is not a safetensors file")
    if size > _MOST_HEADER_BYTES or size > len(content) - 8:
        reader.refuse(f"its header should take {size} bytes, which it does not have; was it cut?")
    header = reader.object(reader.json(content[8 : 8 + size], "its header"), "its header")
    metadata = header.pop("__metadata__", None)
    return metadata if isinstance(metadata, dict) else None, header, total - 8 - size


def _read(reader: Reader, most_bytes: int | None) -> tuple[bytes, int]:
    """The file's bytes up to the end of its header, as far as they can be one, and its size."""
    path = reader.path
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):  # a pipe would block, a device might never end
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
        raise ModelFileError(f"cannot read {path}: it is {kind}.")
    if most_bytes is not None and status.st_size > most_bytes:
        raise ModelFileError(
            f"{path} is larger than a {reader.kind} may be, {most_bytes} bytes. "
            f"Got {status.st_size} instead."
        )
    with path.open("rb") as file:
        head = file.read(9)
        size = int.from_bytes(head[:8], "little")
        if head[8:] == b"{" and size <= min(_MOST_HEADER_BYTES, status.st_size - 8):
            head += file.read(size - 1)
    return head, status.st_size


def _spans(
    reader: Reader, entries: Mapping[str, Any], wanted: Mapping[str, Wanted], size: int
) -> dict[str, tuple[int, int]]:
    """Where the tensors lie, if they are what is wanted and fill so many bytes."""
    found = {name: _span(reader, name, entries[name], wanted[name]) for name in wanted}
    spans = sorted(found.values())
    ends = [0, *(end for _, end in spans)]
    if [start for start, _ in spans] != ends[:-1] or ends[-1] != size:
        reader.refuse(f"its tensors must fill {size} bytes without gaps; was it cut?")
    return found


def _shape(reader: Reader, name: str, entry: Any) -> tuple[int, ...]:
    """The shape that an entry says, if it is one."""
    shape = reader.object(entry, f"tensor {name}").get("shape")
    if (
        not isinstance(shape, list)
        or len(shape) > _MOST_AXES
        or not all(type(length) is int and 0 <= length < _MOST_LENGTH for length in shape)
    ):
        reader.refuse(f"tensor {name}'s shape must be lengths of axes, and is {short(shape)}")
    return tuple(shape)


def _numbers(content: memoryview, dtype: str) -> NDArray[Any]:
    """A tensor's numbers, in a row."""
    if dtype == "BF16":  # the upper half of a float32
        return (np.frombuffer(content, "<u2").astype(np.uint32) << 16).view(np.float32)
    if dtype == "F16":
        return np.frombuffer(content, "<f2").astype(np.float32)
    return np.frombuffer(content, f"<{dtype[0].lower()}{_ITEM_BYTES[dtype]}")


def _span(reader: Reader, name: str, entry: Any, wanted: Wanted) -> tuple[int, int]:
    """Where a tensor lies, if it is what is wanted."""
    entry = reader.keys(entry, ("dtype", "shape", "data_offsets"), f"tensor {name}")
    if not isinstance(entry["dtype"], str) or entry["dtype"] not in wanted.dtypes:
        reader.refuse(
            f"tensor {name}'s dtype must be one of {', '.join(wanted.dtypes)}, and is "
            f"{short(entry['dtype'])}"
        )
    shape = list(wanted.shape)
    if entry["shape"] != shape:
        reader.refuse(f"tensor {name}'s shape must be {shape}, and is {short(entry['shape'])}")
    length = math.prod(shape) * _ITEM_BYTES[entry["dtype"]]
    span = entry["data_offsets"]
    if not (
        isinstance(span, list)
        and len(span) == 2
        and all(type(end) is int for end in span)
        and span[1] - span[0] == length
    ):
        reader.refuse(f"tensor {name} must take {length} bytes, and takes {short(span)}")
    return span[0], span[1]
