"""Encoding: how the columns of a table become the features of a network, as plain data."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from classlens.data.scaling import Scaling
from classlens.data.tables.column import Column
from classlens.data.tables.table import Table
from classlens.errors import (
    ArgumentError,
    TableError,
    did_you_mean,
    listed,
    one_of,
    short,
)

Numbers = NDArray[np.float64]
Kind = Literal["number", "boolean", "category"]
KINDS: tuple[str, ...] = get_args(Kind)

# The words of the two sides of a boolean column that mean yes.
YES = frozenset({"true", "yes", "t", "y"})


@dataclass(frozen=True)
class Feature:
    """One column of a table, as one or several features of a network.

    Attributes:
        column: the column's name.
        kind: ``number`` (the value itself), ``boolean`` (0 or 1) or ``category`` (a feature for
            each word: 1 for the cell's own, 0 for the others).
        words: a category's words as they were written, or a boolean's two, no before yes.
        low: the lowest number met in training.
        high: the highest one.
        fill: what a missing number or boolean counts as, the mean; None if missing is refused.
        missing: whether there is a feature more, which is 1 where the cell is missing.

    Example:
        >>> Feature("colour", "category", ("blue", "red")).names
        ('colour=blue', 'colour=red')
    """

    column: str
    kind: Kind
    words: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    fill: float | None = None
    missing: bool = False

    def __post_init__(self) -> None:
        wanted = {"number": 0, "boolean": 2}.get(self.kind)
        numbers = (self.low, self.high, 0.0 if self.fill is None else self.fill)
        if self.kind not in KINDS:
            raise ArgumentError(one_of(f"the kind of {short(self.column)}", self.kind, KINDS))
        if (
            (len(self.words) != wanted if wanted is not None else not self.words)
            or len(set(self.words)) < len(self.words)
            or not all(math.isfinite(number) for number in numbers)
            or self.low > self.high
            or (self.fill is not None) != (self.missing and self.kind != "category")
        ):
            raise ArgumentError(f"the feature {short(self.column)} does not fit its kind.")

    @property
    def names(self) -> tuple[str, ...]:
        """What the features are called."""
        own: tuple[str, ...] = (self.column,)
        if self.kind == "boolean":
            own = (f"{self.column}={self.words[1]}",)
        elif self.kind == "category":
            own = tuple(f"{self.column}={word}" for word in self.words)
        return (*own, f"{self.column} missing") if self.missing else own

    def write(self, table: Table, into: Numbers, *, ignore_unseen: bool) -> None:
        """Fill the features of a table's rows in, shape (rows, features of this column)."""
        column = table[self.column]
        rows = column.missing_rows()
        if len(rows) and not self.missing:
            raise table.places.at(int(rows[0])).error(
                f"column {self.column!r} must not be missing there: it never was when the model "
                "was trained. Fill the cell in, or train on data with missing cells.",
                self.column,
            )
        if self.kind == "number":
            if column.trouble is not None:
                raise column.trouble
            into[:, 0] = numbers_of(table, column)
        else:
            self._write_words(table, column, into, ignore_unseen=ignore_unseen)
        if self.missing:
            into[rows, :-1] = self.fill or 0.0
            into[:, -1] = 0.0
            into[rows, -1] = 1.0

    def _write_words(
        self, table: Table, column: Column, into: Numbers, *, ignore_unseen: bool
    ) -> None:
        codes = codes_of(table, column)
        place = {word: index for index, word in enumerate(self.words)}
        met = [plain(word) if self.kind == "boolean" else word for word in column.words]
        index = np.array([place.get(word, -1) for word in met] + [-1], np.intp)
        cells = index[codes]  # the code -1, of a missing cell, is the last one
        unseen = (cells < 0) & (codes >= 0)
        if unseen.any() and not ignore_unseen:
            row = int(np.argmax(unseen))
            word = column.words[int(codes[row])]
            raise table.places.at(row).error(
                f"column {self.column!r} holds {short(word)}, which it never did when the model "
                f"was trained. Its words are {listed(self.words)}."
                + did_you_mean(word, self.words)
                + " To count it as none of them: --unseen ignore (unseen='ignore' in Python).",
                self.column,
            )
        if self.kind == "boolean":
            into[:, 0] = np.where(unseen, 0.5, cells == 1)
        else:
            into[:] = 0.0
            known = np.flatnonzero(cells >= 0)
            into[known, cells[known]] = 1.0


@dataclass(frozen=True)
class Encoding:
    """How a table's columns become the features of a network.

    Attributes:
        features: the columns, in the order of their features.
        target: the column of the classes.
        missing_words: words that stand for a missing cell.
        decimal: the sign before a number's fraction.
        image_shape: (height, width) or (height, width, 3) if the columns are a picture's pixels.

    Raises:
        ArgumentError: if a column is there twice, or the shape is not that of the columns.
    """

    features: tuple[Feature, ...]
    target: str
    missing_words: tuple[str, ...] = ()
    decimal: str = "."
    image_shape: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        columns = [feature.column for feature in self.features]
        if not columns or len({*columns, self.target}) <= len(columns):
            raise ArgumentError("an encoding must have features, each of a column of its own.")
        if len(set(self.names)) < len(self.names):
            raise ArgumentError("an encoding's features must have different names.")
        if self.decimal not in (".", ","):
            raise ArgumentError(f"decimal must be '.' or ','. Got {short(self.decimal)} instead.")
        if self.image_shape is not None and math.prod(self.image_shape) != len(self.names):
            raise ArgumentError(
                f"an image_shape must have as many pixels as there are features, "
                f"{len(self.names)}. Got {self.image_shape} instead."
            )

    @property
    def names(self) -> tuple[str, ...]:
        """What the network's features are called."""
        return tuple(name for feature in self.features for name in feature.names)

    @property
    def spans(self) -> tuple[tuple[str, range], ...]:
        """Each column's name, and which of the features are its own."""
        ends = itertools.accumulate(len(feature.names) for feature in self.features)
        return tuple(
            (feature.column, range(end - len(feature.names), end))
            for feature, end in zip(self.features, ends, strict=True)
        )

    @property
    def ranges(self) -> Numbers:
        """The lowest and the highest value of each feature, shape (features, 2)."""
        return np.array(
            [
                (feature.low, feature.high) if name == feature.column else (0.0, 1.0)
                for feature in self.features
                for name in feature.names
            ]
        )

    @property
    def steps(self) -> Numbers:
        """By how much each feature may be changed in one unit of change, shape (features,).

        A number by the range that it had in training; words and gaps, which are there or not, by 0.
        """
        lows, highs = self.ranges.T
        return np.where(self.numbers, highs - lows, 0.0)

    @property
    def kinds(self) -> dict[str, str]:
        """The kind of each column, as ``read_batches`` wants it."""
        return {feature.column: feature.kind for feature in self.features}

    def encode(self, table: Table, *, unseen: str = "refuse") -> Numbers:
        """The features of a table's rows.

        Args:
            table: read with ``kinds``.
            unseen: ``refuse`` words that were not there in training, or ``ignore`` them: such a
                cell is none of the words, and a boolean half way.

        Returns:
            Shape (rows, features), float64, in the columns' own units.

        Raises:
            TableError: if a column lacks, a cell is missing or a word unseen; the message names
                the file, the line, the column and the value.
        """
        matrix = np.empty((len(table), len(self.names)))
        first = 0
        for feature in self.features:
            last = first + len(feature.names)
            feature.write(table, matrix[:, first:last], ignore_unseen=unseen == "ignore")
            first = last
        return matrix

    def scaling(self, X: Numbers) -> Scaling:
        """The scale of training: numbers standardised, pixels all alike, 0 and 1 as they are."""
        every = Scaling.of(X, np.ones(len(X)))
        if self.image_shape is not None:
            pixels = Scaling.of(X.reshape(-1, 1), np.ones(X.size))
            return Scaling(
                np.broadcast_to(pixels.shift, every.shift.shape),
                np.broadcast_to(pixels.scale, every.scale.shape),
            )
        own = self.numbers
        return Scaling(np.where(own, every.shift, 0.0), np.where(own, every.scale, 1.0))

    @property
    def numbers(self) -> NDArray[np.bool_]:
        """Which features are a number's value, shape (features,)."""
        return np.array(
            [
                feature.kind == "number" and name == feature.column
                for feature in self.features
                for name in feature.names
            ]
        )


def plain(word: str) -> str:
    """A boolean's word without capitals and spaces around it."""
    return word.strip().lower()


def numbers_of(table: Table, column: Column) -> NDArray[np.floating[Any]]:
    """A column's numbers, which one of another kind does not have."""
    if column.numbers is None:
        raise _of_another_kind(table, column, "numbers")
    return column.numbers


def codes_of(table: Table, column: Column) -> NDArray[np.int32]:
    """A column's codes, which one of many different numbers does not have."""
    if column.codes is None:
        raise _of_another_kind(table, column, "words")
    return column.codes


def _of_another_kind(table: Table, column: Column, wanted: str) -> TableError:
    return TableError(
        f"{table.sources[0]}: column {column.name!r} must hold {wanted}, as it did when the model "
        f"was trained. Got a column of the kind {column.kind} instead.",
        file=table.sources[0],
        column=column.name,
    )
