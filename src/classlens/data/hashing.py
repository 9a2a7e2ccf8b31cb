"""A hash of a table's rows, which decides what part a row belongs to, wherever it stands."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.data.encode import plain
from classlens.data.tables.column import Column
from classlens.data.tables.table import Table

Hashes = NDArray[np.uint64]


def row_hashes(table: Table, columns: Sequence[str]) -> Hashes:
    """A hash of each row's cells, shape (rows,), uint64.

    It is a sum over the columns, so their order does not matter, nor does the file, the row's place
    in it, whether its numbers have 32 bits or 64, or how yes and no are capitalised. Rows with the
    same cells have the same one.

    Args:
        table: read with kinds: columns of numbers, and columns of words with their codes.
        columns: the names of those that count.

    Example:
        >>> import pyarrow as pa
        >>> from classlens.data.tables.reading import read_table
        >>> one = read_table(pa.table({"x": [1.0, 2.0], "y": ["a", "b"]}))
        >>> other = read_table(pa.table({"y": ["b", "a"], "x": [2.0, 1.0]}))
        >>> bool((row_hashes(one, ["x", "y"]) == row_hashes(other, ["y", "x"])[::-1]).all())
        True
    """
    total = np.zeros(len(table), np.uint64)
    for name in columns:
        total += _cells(table[name])
    return _mixed(total)


def parts_by_hash(hashes: Hashes, seed: int, shares: Sequence[float]) -> NDArray[np.intp]:
    """Which part each row belongs to, shape (rows,).

    Args:
        hashes: shape (rows,).
        seed: draws other parts.
        shares: of the parts 1, 2, ...; part 0 is what is left.

    Example:
        >>> hashes = _mixed(np.arange(100_000, dtype=np.uint64))
        >>> shares = np.bincount(parts_by_hash(hashes, 7, [0.2, 0.1])) / 100_000
        >>> shares.round(2).tolist()
        [0.7, 0.2, 0.1]
    """
    drawn = _mixed(hashes ^ _word(f"seed {seed}")) >> np.uint64(11)
    uniform = drawn.astype(np.float64) * 2.0**-53
    ends = np.cumsum(shares)
    place = np.searchsorted(ends, uniform, side="right")
    return np.where(place < len(ends), place + 1, 0)


def of_their_own(hashes: Hashes, first: int) -> Hashes:
    """Hashes that copies of one row do not share, shape (rows,).

    Args:
        hashes: of consecutive rows, shape (rows,).
        first: the number of the first row.
    """
    return _mixed(hashes ^ _numbered(first, len(hashes), "copies"))


def buckets(first: int, count: int, seed: int, among: int) -> NDArray[np.intp]:
    """One of so many buckets for each of consecutive rows, drawn by the row's number.

    Args:
        first: the number of the first row.
        count: how many rows.
        seed: draws others.
        among: how many buckets there are.
    """
    return (_numbered(first, count, f"buckets {seed}") % np.uint64(among)).astype(np.intp)


def _numbered(first: int, count: int, purpose: str) -> Hashes:
    """A hash of each consecutive row's number."""
    return _mixed(np.arange(first, first + count, dtype=np.uint64) + _word(purpose))


def _cells(column: Column) -> Hashes:
    """A hash of each cell, its column's name included."""
    own = _word(column.name)
    if column.codes is not None and column.kind != "number":
        written = map(plain, column.words) if column.kind == "boolean" else column.words
        words = [_word(f"{column.name}={word}") for word in written]
        return np.array([*words, own], np.uint64)[column.codes]  # a missing cell's code is -1
    assert column.numbers is not None  # noqa: S101 - for the type checker
    bits = (column.numbers.astype(np.float64) + 0.0).view(np.uint64)  # -0 becomes 0
    return np.where(np.isnan(column.numbers), own, _mixed(bits + own))


def _word(text: str) -> Any:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))


def _mixed(words: Hashes) -> Hashes:
    """The finalizer of SplitMix64: each bit of the result depends on all bits of the word.

    Steele, Lea and Flood (2014), Fast splittable pseudorandom number generators, figure 14.
    """
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
