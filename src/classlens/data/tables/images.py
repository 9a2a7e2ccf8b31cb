"""A folder of pictures, with a folder in it for each class, as rows of pixels."""

from __future__ import annotations

import math
import struct
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from classlens.data.tables.bridge import strings
from classlens.data.tables.numpy_files import pixel_names
from classlens.data.tables.options import ReadOptions
from classlens.data.tables.pieces import Piece, Sheet
from classlens.data.tables.places import Stretch
from classlens.data.tables.sources import Source
from classlens.errors import TableError

CLASS_COLUMN = "class"
# Formats that Pillow reads by itself; for others it would start another program.
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "TIFF", "PPM")
# What Pillow raises for a damaged picture, whatever its format.
_DAMAGE = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    LookupError,
    OverflowError,
    struct.error,
    Image.DecompressionBombError,
)
_LARGE = 4_000_000
_SHRINKING = {"L", "RGB", "LA", "RGBA", "I", "F"}
_LARGEST = 50_000_000  # pixels of a picture before it is resized
MOST_NUMBERS = 20_000  # of a picture that is not resized
_ROWS = 256  # pictures a piece
_TABLES = {".csv", ".tsv", ".txt", ".gz", ".parquet", ".jsonl", ".npy", ".npz", ".arrow"}
_LITTER = {"thumbs.db", "desktop.ini"}


def open_images(source: Source, options: ReadOptions) -> Sheet:
    """Find a folder's pictures and how large they are to be.

    The columns are the pixels, from 0 to 255, row by row, and the folder's name as the class where
    the pictures lie in folders of their own. Transparent pixels become white.

    Args:
        source: the folder.
        options: the size and the colours that are asked for.

    Raises:
        TableError: if there are no pictures, one cannot be read, or they differ in size and no size
            is asked for.
    """
    files, classes = _find(source.name, Path(source.name))
    size = options.image_size or _common_size(source.name, files)
    shape = (*size, 3) if options.colour else size

    def pieces(_: frozenset[int]) -> Iterator[Piece]:
        for start in range(0, len(files), _ROWS):
            part = files[start : start + _ROWS]
            pixels = np.stack([_pixels(file, size, colour=options.colour) for file in part])
            cells: list[Any] = list(np.asfortranarray(pixels.reshape(len(part), -1)).T)
            if classes:
                cells.append(strings(classes[start : start + _ROWS]))
            yield Piece(cells, Stretch(source.name, len(part), start, files=tuple(map(str, part))))

    names = [*pixel_names(shape), *([CLASS_COLUMN] if classes else [])]
    note = f"{len(files)} pictures of {size[0]} x {size[1]} pixels, " + (
        "in colour." if options.colour else "in grey."
    )
    return Sheet(source.name, tuple(names), (note,), pieces, shape)


def _find(name: str, folder: Path) -> tuple[list[Path], list[str]]:
    """The pictures, and each one's class; no classes where there are no folders."""
    inside = _listed(name, folder)
    folders = [each for each in inside if each.is_dir()]
    loose = [each for each in inside if not each.is_dir()]
    if folders and loose:
        raise TableError(
            f"{name} must hold pictures, or a folder of them for each class, not both. Got the "
            f"file {loose[0].name} beside the folder {folders[0].name}. For tables in a folder "
            f"give a pattern: '{name}/*.csv'.",
            file=name,
        )
    pairs = [(file, each.name) for each in folders for file in _listed(name, each)]
    files, classes = [file for file, _ in pairs] or loose, [word for _, word in pairs]
    if not files:
        raise TableError(
            f"{name} is a folder without pictures in it. For tables in a folder give a pattern: "
            f"'{name}/*.csv'.",
            file=name,
        )
    other = next((file for file in files if not file.is_file()), None)
    if other is not None:
        what = "folder" if other.is_dir() else "broken link" if other.is_symlink() else "device"
        raise TableError(
            f"{name} must hold one folder for each class, with pictures in it. Got the {what} "
            f"{other} in one of them.",
            file=name,
        )
    if all(file.suffix.lower() in _TABLES for file in files):
        raise TableError(
            f"{name} is a folder of tables. Give a pattern instead: '{name}/*{files[0].suffix}'.",
            file=name,
        )
    return files, classes


def _listed(name: str, folder: Path) -> list[Path]:
    try:
        found = sorted(folder.iterdir())
    except OSError as error:
        raise TableError(f"cannot read {folder}: {error.strerror or error}.", file=name) from None
    return [
        each for each in found if not each.name.startswith(".") and each.name.lower() not in _LITTER
    ]


def _common_size(name: str, files: Sequence[Path]) -> tuple[int, int]:
    first = (0, 0)
    for file in files:
        with _opened(file) as image:
            width, height = ImageOps.exif_transpose(image).size
        first = (height, width) if file is files[0] else first
        if (height, width) != first:
            raise TableError(
                f"{file}: pictures must have one size, {first[0]} x {first[1]} as {files[0]} has. "
                f"Got {height} x {width} instead. Choose a size for all (image_size=, --image-size "
                "on the command line).",
                file=str(file),
            )
    if math.prod(first) > MOST_NUMBERS:
        raise TableError(
            f"{name}: pictures of {first[0]} x {first[1]} pixels make too many features. Choose a "
            "smaller size (image_size=28, --image-size 28 on the command line).",
            file=name,
        )
    return first


@contextmanager
def _opened(file: Path) -> Iterator[Image.Image]:
    """A picture, of which only the head is read at first; what goes wrong is told of the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damage that is told below, or does not matter
            with Image.open(file, formats=_FORMATS) as image:
                _refuse_giant(file, image)
                yield image
    except TableError:
        raise
    except _DAMAGE as error:
        unknown = isinstance(error, UnidentifiedImageError)
        what = "it is none, or damaged" if unknown else str(error).rstrip(".")
        raise TableError(
            f"{file} cannot be read as a picture: {what}. Pictures must be {', '.join(_FORMATS)}.",
            file=str(file),
        ) from None


def _refuse_giant(file: Path, image: Image.Image) -> None:
    if image.width * image.height > _LARGEST:
        raise TableError(
            f"{file}: a picture may have {_LARGEST} pixels. Got {image.width} x {image.height} "
            "instead.",
            file=str(file),
        )


def _pixels(file: Path, size: tuple[int, int], *, colour: bool) -> NDArray[np.float32]:
    """A picture's pixels, shape (height, width) or (height, width, 3), from 0 to 255."""
    with _opened(file) as image:
        turned = _smaller(ImageOps.exif_transpose(image), size)
        plain = _plain(turned, "RGB" if colour else "L")
    if (plain.height, plain.width) != size:
        plain = plain.resize(size[::-1], Image.Resampling.BOX)
    return np.asarray(plain, np.float32)


def _smaller(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The picture shrunk by a whole number, to no less than twice the size: to save memory."""
    if image.height * image.width < _LARGE:
        return image
    factor = min(image.height // size[0], image.width // size[1]) // 2
    return image.reduce(factor) if factor > 1 and image.mode in _SHRINKING else image


def _plain(image: Image.Image, mode: str) -> Image.Image:
    """The picture in grey or in colour, over white where it is transparent."""
    if image.mode.startswith(("I", "F")):  # 16 bits a pixel, which a conversion would cut off
        grey = np.asarray(image, np.float32) / (65_535 if image.mode.startswith("I") else 1)
        image = Image.fromarray((np.clip(grey, 0, 1) * 255).astype(np.uint8))
    if image.has_transparency_data:
        over = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", over.size, "white"), over)
    return image.convert(mode)
