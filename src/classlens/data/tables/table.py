"""Table: the columns of a source, what was recognised on the way, and the classes of a column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from classlens.data.tables.column import Column
from classlens.data.tables.places import Places
from classlens.errors import ArgumentError, TableError, did_you_mean, listed, short

# Beyond these counts a column of numbers is a quantity: a fraction, or a whole number.
MOST_FRACTION_CLASSES = 100
# The tables of scores have a number for each pair of classes, and one for each row and class.
MOST_WORD_CLASSES = 2_500
MOST_WHOLE_CLASSES = 1_000
# So many classes may have hardly a sample each; of more, a table must hold two samples on average.
FEW_CLASSES = 20


class Labels(NamedTuple):
    """A column as classes.

    Attributes:
        codes: each row's class as an index into ``names``, shape (rows,), int64.
        names: the classes' names as they were written, sorted: numbers by size, words by letter.
    """

    codes: NDArray[np.int64]
    names: tuple[str, ...]


class Description(NamedTuple):
    """What was read of one column, for a table that is shown to the user."""

    name: str
    kind: str
    why: str
    distinct: str
    missing: int
    example: str


@dataclass(frozen=True, eq=False, repr=False)
class Table:
    r"""Columns of one length, and where they came from.

    Attributes:
        sources: the names of the files, as they were given.
        columns: the columns, in the order of the first file.
        notes: what was recognised, a sentence each: the delimiter, the header, the encoding.
        places: where each row stands.
        image_shape: (height, width) or (height, width, 3) when the rows are pictures, else None;
            the pixels are then the first columns, row by row.

    Example:
        >>> from classlens.data.tables.reading import read_table
        >>> with open("points.csv", "w") as file:
        ...     _ = file.write("x,colour\n0.5,red\n1.5,blue\n")
        >>> table = read_table("points.csv")
        >>> len(table), table.names
        (2, ('x', 'colour'))
        >>> table["colour"].kind, table.labels("colour").names
        ('category', ('blue', 'red'))
    """

    sources: tuple[str, ...]
    columns: tuple[Column, ...]
    notes: tuple[str, ...]
    places: Places
    image_shape: tuple[int, ...] | None = None

    def __repr__(self) -> str:
        kinds = listed([f"{column.name} ({column.kind})" for column in self.columns])
        return f"Table({len(self)} rows of {self._whole}: {kinds})"

    def __len__(self) -> int:
        return self.columns[0].rows

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    def __getitem__(self, name: str) -> Column:
        for column in self.columns:
            if column.name == name:
                return column
        raise ArgumentError(
            f"{self._whole} has no column {short(name)}. Its columns are {listed(self.names)}."
            + did_you_mean(str(name), self.names)
        )

    def __contains__(self, name: object) -> bool:
        return name in self.names

    @property
    def decimal(self) -> str:
        """The sign before fractions, which batches of the same kind are to be read with."""
        return "," if any(column.decimal == "," for column in self.columns) else "."

    @property
    def _whole(self) -> str:
        """The sources in few words."""
        more = f" and {len(self.sources) - 1} more" if len(self.sources) > 1 else ""
        return self.sources[0] + more

    def describe(self) -> tuple[Description, ...]:
        """What was read: a line for each column, the pixels of pictures in one."""
        columns = self.columns
        described = []
        if self.image_shape is not None:
            pixels = int(np.prod(self.image_shape))
            shape = " x ".join(str(side) for side in self.image_shape)
            first, last = columns[0], columns[pixels - 1]
            missing = sum(column.missing for column in columns[:pixels])
            described.append(
                Description(
                    f"{first.name} ... {last.name}",
                    "number",
                    f"pictures of {shape}",
                    "",
                    missing,
                    "",
                )
            )
            columns = columns[pixels:]
        return (*described, *(_description(column) for column in columns))

    def refuse_unusable(self, names: Iterable[str]) -> None:
        """Refuse features that cannot be used.

        Args:
            names: the columns that are to be features.

        Raises:
            ArgumentError: if there is no such column.
            TableError: what is wrong with the first of them that cannot be one, and the remedy.
        """
        wanted, known = list(names), {column.name: column for column in self.columns}
        for name in wanted:
            trouble = (known[name] if name in known else self[name]).trouble
            if trouble is not None:
                raise trouble

    def labels(self, name: str) -> Labels:
        """A column as classes, with their names as written: 1, 01 and 1.0 are three classes.

        Raises:
            ArgumentError: if there is no such column.
            TableError: if a label is missing, there is one class only, or so many that the column
                is a number to predict or names the rows themselves.
        """
        column = self[name]
        if column.missing:
            place = self.places.at(int(column.missing_rows()[0]))
            more = f" (and {column.missing - 1} more)" if column.missing > 1 else ""
            raise place.error(
                f"column {short(name)} has no label there{more}. "
                "Every row needs its class: fill it in or leave the row out.",
                name,
            )
        codes = self._codes_of_classes(column)
        if column.distinct < 2:
            raise self._one_class(name, column.example(), column.rows)
        words = column.words
        order = np.asarray(sorted(range(len(words)), key=lambda index: _sort_key(words[index])))
        rank = np.empty(len(words), np.int64)
        rank[order] = np.arange(len(words))
        return Labels(rank[codes], tuple(words[index] for index in order))

    def _codes_of_classes(self, column: Column) -> NDArray[np.int32]:
        """The column's codes, unless it has too many values for classes."""
        numeric = column.kind == "number"
        whole = column.texts is not None and not _has_fraction(column.words)
        most = _most_classes(numeric=numeric, whole=whole)
        sparse = column.distinct > FEW_CLASSES and 2 * column.distinct > column.rows
        if column.codes is not None and column.distinct <= most and not sparse:
            return column.codes
        raise self._no_classes(
            column.name, column.distinct, column.rows, numeric=numeric, exact=column.distinct_exact
        )

    def class_names(
        self, name: str, words: Iterable[str], rows: int, *, numeric: bool
    ) -> tuple[str, ...]:
        """Words as the classes' names, sorted as ``labels`` sorts them.

        Args:
            name: the column's name.
            words: the different ones of the whole source, of which this table is a beginning.
            rows: of the whole source.
            numeric: whether it is a column of numbers.

        Raises:
            TableError: as ``labels``.
        """
        names = tuple(sorted(words, key=_sort_key))
        if len(names) < 2:
            raise self._one_class(name, names[0] if names else "", rows)
        most = _most_classes(numeric=numeric, whole=not _has_fraction(names))
        if len(names) > most or (len(names) > FEW_CLASSES and 2 * len(names) > rows):
            raise self._no_classes(name, len(names), rows, numeric=numeric, exact=True)
        return names

    def _one_class(self, name: str, word: str, rows: int) -> TableError:
        return TableError(
            f"{self._whole}: column {short(name)} must name at least two classes. Got only "
            f"{short(word)} in all {rows} rows.",
            file=self.sources[0],
            column=name,
        )

    def _no_classes(
        self, name: str, distinct: int, rows: int, *, numeric: bool, exact: bool
    ) -> TableError:
        at_least, what = "" if exact else "at least ", "different values"
        remedy = (
            f"Words may be of at most {MOST_WORD_CLASSES:,} classes, and most rows must share "
            "theirs with others: choose another column."
        )
        if numeric:
            what = "different numbers"
            remedy = (
                "That is regression, not classification: put the numbers into classes first, such "
                "as low and high."
            )
        return TableError(
            f"{self._whole}: column {short(name)} must name classes. "
            f"Got {at_least}{distinct} {what} in {rows} rows instead. {remedy}",
            file=self.sources[0],
            column=name,
        )


def _most_classes(*, numeric: bool, whole: bool) -> int:
    if not numeric:
        return MOST_WORD_CLASSES
    return MOST_WHOLE_CLASSES if whole else MOST_FRACTION_CLASSES


def _description(column: Column) -> Description:
    distinct = str(column.distinct) if column.distinct_exact else f"over {column.distinct}"
    why = f"{column.why}; {column.said}" if column.said else column.why
    return Description(column.name, column.kind, why, distinct, column.missing, column.example())


def _has_fraction(words: Iterable[str]) -> bool:
    return any(not float(word).is_integer() for word in words if _is_float(word))


def _is_float(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _sort_key(word: str) -> tuple[float, str]:
    """Numbers by size before words by letter."""
    value = float(word) if _is_float(word) else np.inf
    return (np.inf if np.isnan(value) else value, word)
