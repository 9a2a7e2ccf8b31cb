"""What is worth a second look before a table is trained on: as data, to be shown and not obeyed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.data.tables.column import Column
from classlens.data.tables.table import Table
from classlens.errors import short

FEW_SAMPLES = 5  # of a class
MANY_TIMES_LARGER = 1e6
_ENOUGH_ROWS = 20
_TELLING_VALUES = 0.5  # a column with more different values than this share of rows tells nothing


@dataclass(frozen=True)
class Caution:
    """Something about a table that may spoil what is learned from it.

    Attributes:
        kind: a word for it: ``identifier``, ``scale``, ``conflict``, ``giveaway``, ``rare`` or
            ``lookalike``.
        columns: the columns it is about.
        message: it, in a sentence or two.
    """

    kind: str
    columns: tuple[str, ...]
    message: str


def cautions(table: Table, target: str, features: Sequence[str]) -> tuple[Caution, ...]:
    r"""All that is noticed about the features and the classes.

    Args:
        table: the samples.
        target: the column of the classes.
        features: the columns that are to be learned from.

    Raises:
        ArgumentError: if there is no such column.
        TableError: if the target cannot name classes, as ``Table.labels`` says.

    Example:
        >>> from classlens.data.tables.reading import read_table
        >>> with open("three.csv", "w") as file:
        ...     _ = file.write("x,kind\n0.5,a\n1.5,a\n2.5,b\n")
        >>> [caution.kind for caution in cautions(read_table("three.csv"), "kind", ["x"])]
        ['rare']
    """
    codes, names = table.labels(target)
    known = {column.name: column for column in table.columns}
    chosen = [known[name] if name in known else table[name] for name in features]
    return (
        *cautions_of_classes(target, np.bincount(codes, minlength=len(names)), names),
        *_identifiers(chosen),
        *_scales(chosen),
        *_giveaways(target, chosen, codes),
        *_conflicts(table, target, chosen, codes, names),
    )


def cautions_of_classes(
    target: str, counts: NDArray[np.int64], names: Sequence[str]
) -> tuple[Caution, ...]:
    """What is noticed about the classes alone.

    Args:
        target: the column of the classes.
        counts: samples of each, shape (classes,).
        names: the classes.
    """
    return (*_rare(target, counts, names), *_lookalikes(target, names))


def _rare(target: str, counts: NDArray[np.int64], names: Sequence[str]) -> Iterator[Caution]:
    rare = np.flatnonzero(counts < FEW_SAMPLES)
    if rare.size:
        first = int(rare[np.argmin(counts[rare])])
        more = ""
        if rare.size > 1:
            more = f" {rare.size - 1} more classes have fewer than {FEW_SAMPLES}."
        plural = "s" if counts[first] > 1 else ""
        yield Caution(
            "rare",
            (target,),
            f"class {names[first]!r} has {counts[first]} sample{plural}, too few to learn it from "
            f"and to test it on.{more}",
        )


def _lookalikes(target: str, names: Sequence[str]) -> Iterator[Caution]:
    seen: dict[str, str] = {}
    for name in names:
        before = seen.setdefault(" ".join(name.split()).casefold(), name)
        if before != name:
            yield Caution(
                "lookalike",
                (target,),
                f"classes {short(before)} and {short(name)} differ in spaces or capitals only. "
                "If they are one class, write them alike.",
            )
            return


def _identifiers(chosen: Sequence[Column]) -> Iterator[Caution]:
    for column in chosen:
        numbers = column.numbers
        if column.kind != "number" or numbers is None or column.rows < _ENOUGH_ROWS:
            continue
        head = numbers[:1_000]
        if (head % 1 == 0).all() and (numbers % 1 == 0).all():
            different = len(np.unique(numbers))
            if different > 0.95 * column.rows:
                yield Caution(
                    "identifier",
                    (column.name,),
                    f"column {short(column.name)} has {different} different whole numbers in "
                    f"{column.rows} rows. If it numbers the rows, leave it out.",
                )


def _scales(chosen: Sequence[Column]) -> Iterator[Caution]:
    spreads = {
        column.name: float(np.nanmax(np.abs(column.numbers)))
        for column in chosen
        if column.kind == "number" and column.numbers is not None and column.missing < column.rows
    }
    spreads = {name: spread for name, spread in spreads.items() if spread > 0}
    if len(spreads) > 1:
        large, small = max(spreads, key=spreads.__getitem__), min(spreads, key=spreads.__getitem__)
        ratio = spreads[large] / spreads[small]
        if ratio >= MANY_TIMES_LARGER:
            yield Caution(
                "scale",
                (large, small),
                f"column {short(large)} reaches {spreads[large]:.3g}, {ratio:.1g} times as far as "
                f"{short(small)}. Is a unit wrong? The training brings both to the same scale.",
            )


def _giveaways(
    target: str, chosen: Sequence[Column], codes: NDArray[np.int64]
) -> Iterator[Caution]:
    for column in chosen:
        values = _as_codes(column)
        if values is None or column.rows < _ENOUGH_ROWS:
            continue
        pairs = len(np.unique(values * (codes.max() + 1) + codes))
        different = len(np.unique(values))
        if 1 < different == pairs and different <= _TELLING_VALUES * column.rows:
            yield Caution(
                "giveaway",
                (column.name, target),
                f"column {short(column.name)} alone tells the class of every row. "
                f"Is it known before {short(target)} is, or made from it?",
            )


def _as_codes(column: Column) -> NDArray[np.int64] | None:
    return None if column.codes is None else column.codes.astype(np.int64)


def _conflicts(
    table: Table,
    target: str,
    chosen: Sequence[Column],
    codes: NDArray[np.int64],
    names: Sequence[str],
) -> Iterator[Caution]:
    """Rows that are alike in every feature and not in class."""
    hashes = np.zeros(len(table), np.uint64)
    for column in chosen:
        # Wrapping multiplication by odd numbers keeps different rows' sums apart, nearly surely.
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + _bits(column)
        hashes ^= hashes >> np.uint64(29)
    order = np.lexsort((np.arange(len(codes)), hashes))
    same = hashes[order][1:] == hashes[order][:-1]
    differ = np.flatnonzero(same & (codes[order][1:] != codes[order][:-1]))
    if differ.size:
        first, second = int(order[differ[0]]), int(order[differ[0] + 1])
        yield Caution(
            "conflict",
            (target,),
            f"rows are alike in every feature and not in class, {differ.size} times. First "
            f"{table.places.at(first)}, {names[codes[first]]!r}, and {table.places.at(second)}, "
            f"{names[codes[second]]!r}. No network can get both right.",
        )


def _bits(column: Column) -> NDArray[Any]:
    """A number for each cell that only alike cells share, shape (rows,), uint64."""
    if column.numbers is not None:
        return (column.numbers.astype(np.float64) + 0.0).view(np.uint64)  # -0.0 + 0.0 is 0.0
    if column.codes is not None:
        return column.codes.astype(np.int64).view(np.uint64)
    return np.zeros(column.rows, np.uint64)
