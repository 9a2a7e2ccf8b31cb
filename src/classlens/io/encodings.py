"""An encoding in a model file's description: plain data, read back entry by entry."""

from __future__ import annotations

import dataclasses
from typing import Any

from classlens.data.encode import Encoding, Feature
from classlens.reader import Reader

_FEATURE = tuple(field.name for field in dataclasses.fields(Feature))
_ENCODING = tuple(field.name for field in dataclasses.fields(Encoding))


def described(encoding: Encoding) -> dict[str, Any]:
    """The encoding as an object of words, numbers and lists of them."""
    return dataclasses.asdict(encoding)


def read(reader: Reader, value: Any) -> Encoding:
    """The encoding that an object describes.

    Raises:
        ModelFileError: if an entry lacks, is unknown or of another type.
        ArgumentError: if the entries do not fit each other.
    """
    given = reader.keys(value, _ENCODING, "encoding")
    if not isinstance(given["features"], list):
        reader.refuse("the encoding's features must be a list")
    shape = given["image_shape"]
    if shape is not None and not (
        isinstance(shape, list)
        and len(shape) in (2, 3)
        and all(type(side) is int and side > 0 for side in shape)
    ):
        reader.refuse("the encoding's image_shape must be two or three whole numbers, or null")
    return Encoding(
        tuple(_feature(reader, each, place) for place, each in enumerate(given["features"])),
        reader.word(given["target"], "the encoding's target"),
        reader.texts(given["missing_words"], "the encoding's missing_words"),
        reader.word(given["decimal"], "the encoding's decimal"),
        None if shape is None else tuple(shape),
    )


def _feature(reader: Reader, value: Any, place: int) -> Feature:
    where = f"feature {place} of the encoding"
    given = reader.keys(value, _FEATURE, where)
    if type(given["missing"]) is not bool:
        reader.refuse(f"{where}: missing must be true or false")
    return Feature(
        reader.word(given["column"], f"{where}: column"),
        reader.word(given["kind"], f"{where}: kind"),  # type: ignore[arg-type]
        reader.texts(given["words"], f"{where}: words"),
        reader.number(given["low"], f"{where}: low"),
        reader.number(given["high"], f"{where}: high"),
        None if given["fill"] is None else reader.number(given["fill"], f"{where}: fill"),
        given["missing"],
    )
