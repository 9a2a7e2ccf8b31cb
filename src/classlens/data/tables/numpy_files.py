"""NumPy's files: an array of numbers, words or records, or several arrays of one length."""

from __future__ import annotations

import io
import lzma
import math
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from tokenize import TokenError
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from classlens.data.tables.bridge import strings
from classlens.data.tables.names import MOST_COLUMNS, check_names, numbered
from classlens.data.tables.pieces import Piece, Sheet, rows_of_piece
from classlens.data.tables.places import Stretch
from classlens.data.tables.sources import Source
from classlens.errors import TableError, short

# An archive of more than this may inflate by this factor at most.
INFLATES_FREELY = 64 << 20
MOST_INFLATION = 300

# What Python's modules raise for a damaged archive.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
    LookupError,
    OverflowError,
    struct.error,
)

Arrays = dict[str, NDArray[Any]]


def open_numpy(source: Source) -> Sheet:
    """Read a .npy or .npz file; what only pickle could read is refused.

    An array of one dimension is a column, one of two dimensions is a column each of its own: x0,
    x1, ... for a .npy file or an array called X or x, or the array's name with a number. Pictures,
    of shape (samples, height, width) or (samples, height, width, 3), give a column for each pixel.

    Raises:
        TableError: if the file is damaged, holds objects, or arrays of several lengths.
    """
    arrays = _archive(source) if source.format == "npz" else {"": _alone(source)}
    lengths = {name: len(array) if array.ndim else -1 for name, array in arrays.items()}
    if len(set(lengths.values())) != 1 or -1 in lengths.values():
        shapes = ", ".join(f"{name or 'it'} {array.shape}" for name, array in arrays.items())
        raise TableError(
            f"{source.name} must hold arrays with one entry a row, all of one length. Got {shapes} "
            "instead. Save those that belong together in a file of their own.",
            file=source.name,
        )
    # Pictures first: that is where a table's pixels stand.
    parts = sorted(arrays.items(), key=lambda item: item[1].ndim < 3)
    columns: list[tuple[str, NDArray[Any]]] = []
    for name, array in parts:
        columns += _columns(source.name, name, array)
    pictures = [array.shape[1:] for _, array in parts if array.ndim > 2]
    if len(pictures) > 1:
        raise TableError(
            f"{source.name} holds {len(pictures)} arrays of pictures. Save one of them alone.",
            file=source.name,
        )
    names = check_names(source.name, [name for name, _ in columns])

    def pieces(_: frozenset[int]) -> Iterator[Piece]:
        cells = [_cells(source.name, name, array) for name, array in columns]
        rows, most = len(columns[0][1]), rows_of_piece(len(columns))
        for start in range(0, rows, most):
            part = [each[start : start + most] for each in cells]
            yield Piece(part, Stretch(source.name, len(part[0]), start + 1, "row"))

    return Sheet(source.name, names, (), pieces, pictures[0] if pictures else None)


def _alone(source: Source) -> NDArray[Any]:
    with source.open() as file:
        return _array(source.name, file, source.size)


def _archive(source: Source) -> Arrays:
    try:
        with source.open() as file, zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            if not members or not all(each.filename.endswith(".npy") for each in members):
                raise TableError(
                    f"{source.name} is an archive of other files than arrays, as Excel's .xlsx "
                    "files are. Save the table as CSV, or unpack the archive.",
                    file=source.name,
                )
            inflated = sum(each.file_size for each in members)
            if inflated > INFLATES_FREELY and inflated > MOST_INFLATION * source.size:
                raise TableError(
                    f"{source.name} inflates more than {MOST_INFLATION} times, {source.size} bytes "
                    f"to {inflated}, as a file that was made to fill the memory would.",
                    file=source.name,
                )
            return {
                each.filename.removesuffix(".npy"): _array(
                    source.name, io.BytesIO(_member(archive, each)), each.file_size
                )
                for each in members
            }
    except _DAMAGE as error:
        raise _damaged(source.name, error) from None
    except OSError as error:
        raise TableError(
            f"cannot read {source.name}: {error.strerror or error}.", file=source.name
        ) from None


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """A member's bytes, and no more of them than the archive's list promises."""
    with archive.open(member) as file:
        data = file.read(member.file_size)
        if len(data) < member.file_size or file.read(1):
            raise zipfile.BadZipFile(f"{member.filename} has another size than the list says")
        return data


def _array(name: str, file: BinaryIO | io.BytesIO, size: int) -> NDArray[Any]:
    try:
        version = np.lib.format.read_magic(file)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }.get(version)
        if read is None:
            raise ValueError(f"its version is {version[0]}.{version[1]}")  # noqa: TRY301
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of a header that Python 2 wrote
            shape, _, dtype = read(file)
        if dtype.hasobject:
            raise TableError(
                f"{name} holds Python objects, which only pickle reads, and pickle can run code. "
                "Save numbers or words: np.save(file, array.astype(float)) or array.astype(str).",
                file=name,
            )
        if not dtype.itemsize:
            raise ValueError("its entries have no size")  # noqa: TRY301
        if file.tell() + math.prod(shape) * dtype.itemsize != size:
            raise ValueError(f"an array {shape} of {dtype} does not fill it")  # noqa: TRY301
        file.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return np.lib.format.read_array(file, allow_pickle=False)
    except (ValueError, EOFError, SyntaxError, TypeError, OverflowError, TokenError) as error:
        if isinstance(error, TableError):
            raise
        raise _damaged(name, error) from None


def _damaged(name: str, error: Exception) -> TableError:
    what = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
    return TableError(f"{name} is a damaged NumPy file: {what}.", file=name)


def _columns(file: str, name: str, array: NDArray[Any]) -> list[tuple[str, NDArray[Any]]]:
    if array.dtype.names:
        if array.ndim == 1:
            return [(field, array[field]) for field in array.dtype.names]
    elif array.ndim == 1:
        return [(name or "x0", array)]
    elif array.ndim == 2 and array.shape[1] <= MOST_COLUMNS:
        plain = numbered(array.shape[1])
        names = plain if name in {"", "X", "x"} else [f"{name}{at}" for at in range(len(plain))]
        return list(zip(names, array.T, strict=True))
    elif _is_pictures(array):
        flat = array.reshape(len(array), -1)
        return list(zip(pixel_names(array.shape[1:]), flat.T, strict=True))
    raise TableError(
        f"{file}: an array must have the shape (samples,), (samples, features), or of pictures "
        f"(samples, height, width) or (samples, height, width, 3), of at most {MOST_COLUMNS} "
        f"numbers each. Got {array.shape} of {array.dtype} instead.",
        file=file,
    )


def _is_pictures(array: NDArray[Any]) -> bool:
    numbers = math.prod(array.shape[1:])
    fits = array.ndim == 3 or (array.ndim == 4 and array.shape[3] == 3)
    return fits and array.dtype.kind in "fiub" and 0 < numbers <= MOST_COLUMNS


def pixel_names(shape: tuple[int, ...]) -> list[str]:
    """A name for each number of a picture: pixel_2_0, or pixel_2_0_red where it has colours."""
    colours = ("",) if len(shape) == 2 else ("_red", "_green", "_blue")
    return [
        f"pixel_{row}_{column}{colour}"
        for row in range(shape[0])
        for column in range(shape[1])
        for colour in colours
    ]


def _is_text(column: NDArray[Any]) -> bool:
    """Whether all signs are Unicode's, which a damaged file's are not."""
    native = np.ascontiguousarray(column.astype(column.dtype.newbyteorder("=")))
    codes = native.view(np.uint32)
    return bool(((codes < 0x110000) & ((codes < 0xD800) | (codes > 0xDFFF))).all())


def _cells(file: str, name: str, column: NDArray[Any]) -> Any:
    """A column as an array of pyarrow's, whatever NumPy's type."""
    kind = column.dtype.kind
    if column.ndim == 1 and kind in "fiub":
        native = column.astype(column.dtype.newbyteorder("="))
        return pa.array(native.astype(np.float64) if native.dtype.itemsize > 8 else native)
    if column.ndim == 1 and kind in "US":
        if kind == "U" and not _is_text(column):
            raise TableError(
                f"{file} is a damaged NumPy file: column {short(name)} holds signs that no text "
                "has.",
                file=file,
                column=name,
            )
        words = np.char.decode(column, "utf-8", "replace") if kind == "S" else column
        return strings(words.tolist())
    if column.ndim == 1 and kind == "M":
        return pa.array(column.astype("datetime64[us]"))
    raise TableError(
        f"{file}: column {short(name)} must hold words or numbers. Got {column.dtype} instead.",
        file=file,
        column=name,
    )
