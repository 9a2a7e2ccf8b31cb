"""What a source names: files, a glob, standard input or a folder; and each file's format."""

from __future__ import annotations

import glob
import io
import os
import re
import shutil
import stat
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, BinaryIO

from classlens.errors import ArgumentError, TableError, short

STANDARD_INPUT = "-"
HEAD = 1 << 20  # bytes by which a file is recognised
# Bytes of standard input that are held in memory; more go to a temporary file.
_IN_MEMORY = 64 << 20


@dataclass(frozen=True)
class Source:
    """One file, or standard input.

    Attributes:
        name: how messages call it: as it was given.
        format: a value of ``_MAGIC`` or ``"text"``, ``"lines"`` (JSON) or ``"folder"``.
        open: gives its bytes from the start; closed by who opens it.
        size: how many bytes it has, as they lie on the disk.
    """

    name: str
    format: str
    open: Callable[[], BinaryIO]
    size: int


# How files begin, and the format that is.
_MAGIC: Mapping[bytes, str] = MappingProxyType(
    {
        b"PAR1": "parquet",
        b"ARROW1": "arrow",
        b"\xff\xff\xff\xff": "arrow stream",
        b"\x93NUMPY": "npy",
        b"PK\x03\x04": "npz",
        b"PK\x05\x06": "npz",  # an archive of nothing
        b"\x1f\x8b": "gzip",
    }
)
_SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        ".parquet": "parquet",
        ".arrow": "arrow",
        ".feather": "arrow",
        ".npy": "npy",
        ".npz": "npz",
        ".gz": "gzip",
    }
)
_LINES = (".jsonl", ".ndjson")
_FOREIGN: Mapping[bytes, str] = MappingProxyType(
    {
        b"PARE": "an encrypted Parquet file",
        b"FEA1": "a Feather file of version 1",
        b"ORC": "an ORC file",
        b"BZh": "compressed with bzip2",
        b"\xfd7zXZ\0": "compressed with xz",
        b"\x28\xb5\x2f\xfd": "compressed with zstd",
        b"7z\xbc\xaf": "a 7z archive",
        b"Rar!\x1a\x07": "a RAR archive",
        b"%PDF": "a PDF",
        b"\x89PNG": "a picture",
        b"\xff\xd8\xff": "a picture",
        b"GIF8": "a picture",
        b"\x89HDF": "an HDF5 file",
        b"SQLite format 3\0": "an SQLite database",
        b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
        b"\x7fELF": "a program",
        b"MZ\x90": "a program",
        b"\x80\x02": "a pickle, which can run code when it is read",
        b"\x80\x03": "a pickle, which can run code when it is read",
        b"\x80\x04": "a pickle, which can run code when it is read",
        b"\x80\x05": "a pickle, which can run code when it is read",
        b"<!DOCTYPE": "a web page",
        b"<!doctype": "a web page",
        b"<html": "a web page",
        b"<?xml": "an XML file",
        b"{\\rtf": "a formatted document",
    }
)
_PLAIN = bytes([*range(32, 127), *b"\t\r\n\f\v"])
TAKEN = "CSV (or other separated text, gzip included), JSON lines, Parquet, Arrow, .npy or .npz"


def find_sources(source: Any, held: ExitStack) -> tuple[Source, ...]:
    """The files that a source names, in order, each with its format.

    Args:
        source: a path, a glob, ``"-"`` for standard input, or a list of those.
        held: closes what the sources need while they are read.

    Raises:
        ArgumentError: if it is none of these.
        TableError: if a file is not there, cannot be read, or is of a format that is not taken.
    """
    if isinstance(source, str | os.PathLike):
        return tuple(_recognised(path, held) for path in _paths(source))
    if isinstance(source, list | tuple) and source:
        return tuple(each for one in source for each in find_sources(one, held))
    got = "an empty list" if isinstance(source, list | tuple) else type(source).__name__
    raise ArgumentError(
        "source must be a path, a list of paths, a glob, '-' for standard input, or a frame of "
        f"pandas, polars or pyarrow. Got {got} instead."
    )


def in_memory(name: str, content: bytes) -> Source:
    """A file that is not on the disk.

    Raises:
        TableError: if it is of a format that is not taken.
    """
    return Source(name, _format(name, content[:HEAD]), lambda: io.BytesIO(content), len(content))


def _paths(source: str | os.PathLike[str]) -> Iterable[str]:
    name = os.fspath(source)
    if not isinstance(name, str) or not name or "\0" in name:
        raise ArgumentError(
            f"a path must be a word without NUL characters. Got {short(name)} instead."
        )
    # A file whose name only looks like a glob is that file.
    if name == STANDARD_INPUT or os.path.lexists(name) or not glob.has_magic(name):
        return [name]
    # Path's own glob takes no pattern that begins at the root.
    fitting = glob.glob(name, recursive=True)  # noqa: PTH207
    found = sorted(path for path in fitting if Path(path).is_file())
    if not found:
        raise TableError(f"no file fits {name}. Check the folder and the pattern.", file=name)
    return found


def _recognised(name: str, held: ExitStack) -> Source:
    if name == STANDARD_INPUT:
        return _standard_input(held)
    path = Path(name)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return Source(name, "folder", _no_bytes, 0)
        if not stat.S_ISREG(mode):
            raise TableError(
                f"cannot read {name}: it is not a regular file. Use - for standard input.",
                file=name,
            )
        with path.open("rb") as file:
            head = file.read(HEAD)
        size = path.stat().st_size
    except OSError as error:
        raise TableError(f"cannot read {name}: {error.strerror or error}.", file=name) from None
    return Source(name, _format(name, head), lambda: path.open("rb"), size)


def _no_bytes() -> BinaryIO:
    raise AssertionError("a folder has no bytes")


def _standard_input(held: ExitStack) -> Source:
    """Standard input, copied to where it can be read again from the start."""
    name = "standard input"
    copy = held.enter_context(tempfile.SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115
    if sys.stdin is None:
        raise TableError(f"cannot read {name}: it is closed. Name a file.", file=name)
    try:
        shutil.copyfileobj(sys.stdin.buffer, copy, 1 << 20)
    except (ValueError, AttributeError):  # the program has closed it, or put words in its place
        raise TableError(
            f"cannot read {name}: it is no open stream of bytes. Name a file.", file=name
        ) from None
    except OSError as error:
        raise TableError(f"cannot read {name}: {error.strerror or error}.", file=name) from None
    size = copy.tell()
    copy.seek(0)
    head = copy.read(HEAD)

    def again() -> BinaryIO:
        copy.seek(0)
        return io.BufferedReader(_Borrowed(copy), 1 << 20)

    return Source(name, _format(name, head), again, size)


class _Borrowed(io.RawIOBase):
    """A file that its user may close, and that stays open for the next one."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        data = self._file.read(len(into))
        into[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())


def _format(name: str, head: bytes) -> str:
    """The format of a file by its first bytes, which know better than its name."""
    if not head:
        raise TableError(f"{name} is empty.", file=name)
    format_ = _begins(head)
    promised = _SUFFIXES.get(Path(name).suffix.lower(), format_)
    promised = format_ if {promised, format_} == {"arrow", "arrow stream"} else promised
    if promised != format_:
        raise TableError(
            f"{name} is called a {promised} file, but does not begin as one. Got {head[:8]!r} "
            "instead. Was it damaged, or renamed?",
            file=name,
        )
    stem = name.lower()
    if format_ == "gzip":
        head, stem = _inflated(name, head), stem.removesuffix(".gz")
        inner = _begins(head)
        if inner != "text":
            raise TableError(
                f"{name} is a gzip file of a {inner} file. Decompress it first: gunzip {name}",
                file=name,
            )
        format_ = "text"
    if format_ == "text":
        _refuse_foreign(name, head)
        start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if stem.endswith(_LINES) or start == b"{":
            return "lines"
    return format_


def _begins(head: bytes) -> str:
    """The format that the first bytes are of; a word of plain text may begin like a binary file."""
    found = next((word for start, word in _MAGIC.items() if head.startswith(start)), "text")
    return "text" if _is_plain(head) else found


def _is_plain(head: bytes) -> bool:
    """Whether there are no signs that text does not have, nor any that are not ASCII."""
    return not head[:4096].translate(None, _PLAIN)


def _inflated(name: str, head: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, HEAD)
    except zlib.error as error:
        raise TableError(
            f"{name} is a damaged gzip file: {error}. Fetch or make it again.", file=name
        ) from None


def _refuse_foreign(name: str, head: bytes) -> None:
    bare = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    plain = _is_plain(head)
    what = next(
        (
            what
            for start, what in _FOREIGN.items()
            if bare.startswith(start) and not (plain and start.isalnum())
        ),
        None,
    )
    if what is None and re.match(rb"\[\s*\{", bare):
        what = "a JSON list; write it as JSON lines, one object a line, without the brackets"
    if what is not None:
        raise TableError(f"{name} is {what}. A table must be {TAKEN}.", file=name)
