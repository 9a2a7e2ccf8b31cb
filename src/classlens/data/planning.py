"""Planning: which columns of a table become features, and how."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classlens.data.encode import YES, Encoding, Feature, codes_of, plain
from classlens.data.tables.column import Column
from classlens.data.tables.options import BOOLEANS
from classlens.data.tables.table import Table
from classlens.errors import ArgumentError, TableError, counted, listed, short

# Kinds of columns that say nothing of the class, or nothing that a network could learn from.
_LEFT_OUT = {
    "constant": "it is the same in every row",
    "identifier": "it names the rows",
    "text": "its words hardly ever repeat",
}


# A message names so many of the columns that were left out.
_TOLD = 5


class LeftOut(NamedTuple):
    """A column that does not become features, and why."""

    column: str
    why: str


def plan(
    table: Table,
    target: str,
    *,
    leave_out: Collection[str] = (),
    missing: str = "refuse",
    missing_words: Sequence[str] = (),
) -> tuple[Encoding, tuple[LeftOut, ...]]:
    """Decide how the columns of a table become features.

    Args:
        table: the samples to train on.
        target: the column of the classes.
        leave_out: columns that are not to be used.
        missing: ``refuse`` columns with missing cells, or ``impute`` them: a number counts as the
            mean, a word as none of the words, and a feature more says where.
        missing_words: the words that the table was read with as missing ones.

    Returns:
        The encoding, and the columns that were left out.

    Raises:
        ArgumentError: if there is no such column.
        TableError: if a column has missing cells or cannot be used, or none is left.
    """
    features, left = chosen_columns(table, target, leave_out)
    if missing == "refuse":
        refuse_missing(table, features)
    table.refuse_unusable(column.name for column in features)
    refuse_none(table, features, left)
    made = tuple(_feature(table, column) for column in features)
    _refuse_giant(table, made)
    return encoding_of(table, made, target, missing_words), tuple(left)


def chosen_columns(
    table: Table, target: str, leave_out: Collection[str], *, partly: bool = False
) -> tuple[list[Column], list[LeftOut]]:
    """The columns that are to become features, and those that are not.

    Args:
        table: the samples.
        target: the column of the classes.
        leave_out: columns that are not to be used.
        partly: whether the table is a beginning only: what is the same in all of its rows may still
            change, and stays.

    Raises:
        ArgumentError: if there is no such column.
    """
    try:
        table[target]  # refuses a name that is not there, and says the nearest one
    except ArgumentError as error:
        raise ArgumentError(f"{error} Name the column to predict: --target, target=.") from None
    for name in leave_out:
        table[name]
    if target in leave_out:
        raise ArgumentError(f"the target {short(target)} cannot be left out.")
    pixels = _pixels(table)
    features, left = [], [LeftOut(name, "as was asked for") for name in leave_out]
    for place, column in enumerate(table.columns):
        if column.name == target or column.name in leave_out:
            continue
        useless = column.kind in _LEFT_OUT and not (partly and column.kind == "constant")
        if place >= pixels and useless:
            left.append(LeftOut(column.name, _LEFT_OUT[column.kind]))
        else:
            features.append(column)
    return features, left


def refuse_none(table: Table, features: Sequence[object], left: Sequence[LeftOut]) -> None:
    """Refuse a table of which no column is left to learn from.

    Raises:
        TableError: saying why those were left out that were.
    """
    if not features:
        raise TableError(
            f"{table.sources[0]}: no column is left to learn from. "
            + ("There is none but the target." if not left else "")
            + " ".join(f"{short(each.column)} was left out: {each.why}." for each in left[:_TOLD])
            + (f" So were {len(left) - _TOLD} more." if len(left) > _TOLD else ""),
            file=table.sources[0],
        )


def encoding_of(
    table: Table, features: Sequence[Feature], target: str, missing_words: Sequence[str]
) -> Encoding:
    """The encoding that the features make.

    Args:
        table: the samples, or the first of them.
        features: of its columns.
        target: the column of the classes.
        missing_words: the words that the table was read with as missing ones.

    Raises:
        TableError: if the columns contradict each other.
    """
    _refuse_two_signs(table, [table[feature.column] for feature in features])
    _refuse_names(table, features)
    whole_picture = len(features) == _pixels(table)
    shape = table.image_shape if whole_picture else None
    return Encoding(tuple(features), target, tuple(missing_words), table.decimal, shape)


def _pixels(table: Table) -> int:
    return 0 if table.image_shape is None else math.prod(table.image_shape)


def _feature(table: Table, column: Column) -> Feature:
    gaps = column.missing > 0
    if column.kind in ("number", "constant", "identifier") and column.numbers is not None:
        present = column.numbers[~np.isnan(column.numbers)].astype(np.float64)
        return Feature(
            column.name,
            "number",
            low=float(present.min()),
            high=float(present.max()),
            fill=_mean(present) if gaps else None,
            missing=gaps,
        )
    if column.kind == "boolean":
        met = {plain(word) for word in column.words}
        pair = next(pair for pair in BOOLEANS if met <= pair)
        words = tuple(sorted(pair, key=YES.__contains__))
        codes = codes_of(table, column)
        is_yes = np.array([plain(word) in YES for word in column.words])
        share = float(is_yes[codes[codes >= 0]].mean())
        return Feature(column.name, "boolean", words, fill=share if gaps else None, missing=gaps)
    return Feature(column.name, "category", tuple(sorted(column.words)), missing=gaps)


def _mean(values: NDArray[Any]) -> float:
    largest = float(np.abs(values).max()) or 1.0  # so that the sum cannot overflow
    return float((values / largest).mean() * largest)


def _refuse_two_signs(table: Table, columns: Sequence[Column]) -> None:
    """Refuse fractions after commas in one column and after points in another."""
    commas = [column for column in columns if column.decimal == ","]
    points = [
        column
        for column in columns
        if column.kind == "number" and column.decimal == "." and _has_fractions(column)
    ]
    if commas and points:
        raise TableError(
            f"{table.sources[0]}: column {short(commas[0].name)} has commas before its fractions, "
            f"and column {short(points[0].name)} points. Say which sign it is in all of them "
            "(--decimal ',' or --decimal '.', decimal= in Python), or mend the table.",
            file=table.sources[0],
            column=points[0].name,
        )


def _has_fractions(column: Column) -> bool:
    if column.numbers is None:
        return False
    there = column.numbers[~np.isnan(column.numbers)]
    return bool((there % 1 != 0).any())


def _refuse_names(table: Table, features: Sequence[Feature]) -> None:
    """Refuse columns that would make features of one name, such as a with b=c and a=b with c."""
    owner: dict[str, str] = {}
    for feature in features:
        for name in feature.names:
            other = owner.setdefault(name, feature.column)
            if other != feature.column:
                raise TableError(
                    f"{table.sources[0]}: columns {short(other)} and {short(feature.column)} would "
                    f"both make a feature called {short(name)}. Rename one of them.",
                    file=table.sources[0],
                    column=feature.column,
                )


# So many numbers are held several times over while a network is trained.
_MOST_NUMBERS = 100_000_000


def _refuse_giant(table: Table, features: Sequence[Feature]) -> None:
    numbers = len(table) * sum(len(feature.names) for feature in features)
    if numbers > _MOST_NUMBERS:
        widest = max(features, key=lambda feature: len(feature.names))
        raise TableError(
            f"{table.sources[0]}: the rows and features would make {numbers:,} numbers, and "
            f"{_MOST_NUMBERS:,} fit. Column {short(widest.column)} makes "
            f"{counted(len(widest.names), 'feature')}: leave out such columns (--leave-out), or "
            "train from the disk (--memory 1GB, classlens.train_from_disk).",
            file=table.sources[0],
            column=widest.column,
        )


def refuse_missing(table: Table, columns: Sequence[Column], *, partly: bool = False) -> None:
    """Refuse columns with missing cells.

    Args:
        table: the samples.
        columns: those that become features.
        partly: whether the table is a part only, and more cells may be missing in others.

    Raises:
        TableError: naming the columns, and where the first such cell stands.
    """
    gaps = [column for column in columns if column.missing]
    if gaps:
        least = "at least " if partly else ""
        counts = listed(
            [f"{column.name!r} ({least}{counted(column.missing, 'cell')})" for column in gaps]
        )
        place = table.places.at(int(gaps[0].missing_rows()[0]))
        raise place.error(
            f"cells are missing in {counts}; the first stands here, in {gaps[0].name!r}. Fill them "
            "in, leave the columns out (--leave-out), or let the means stand for them: --missing "
            "impute (missing='impute' in Python).",
            gaps[0].name,
        )
