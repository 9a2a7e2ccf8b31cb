"""The data that an argument names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classlens.errors import ArgumentError, one_of

if TYPE_CHECKING:
    from classlens.data.dataset import Dataset


def dataset_named(word: str) -> Dataset:
    """The toy problem or the shipped table of that name.

    Raises:
        ArgumentError: if there is none.
    """
    from classlens.data import shipped, toys  # noqa: PLC0415 - load NumPy

    if word in toys.TOYS:
        return toys.toy(word)
    if word in shipped.SHIPPED:
        return shipped.load(word)
    raise ArgumentError(one_of("DATA", word, [*toys.TOYS, *shipped.SHIPPED]))
