"""A table of any size, gone through once: what its columns are, and how they will be used."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.data.copies import Copies
from classlens.data.dataset import Dataset
from classlens.data.encode import YES, Encoding, Feature, codes_of, numbers_of, plain
from classlens.data.hashing import Hashes, row_hashes
from classlens.data.moments import Moments
from classlens.data.planning import (
    LeftOut,
    chosen_columns,
    encoding_of,
    refuse_missing,
    refuse_none,
)
from classlens.data.scaling import Scaling
from classlens.data.tables.cautions import Caution, cautions, cautions_of_classes
from classlens.data.tables.column import Column
from classlens.data.tables.numerals import read_numerals
from classlens.data.tables.options import BOOLEANS
from classlens.data.tables.pieces import rows_of_piece
from classlens.data.tables.places import Places, Stretch
from classlens.data.tables.reading import read_batches, read_head
from classlens.data.tables.table import MOST_WORD_CLASSES, Table
from classlens.errors import ArgumentError, TableError, one_of, short
from classlens.tabular.preparing import MISSING

# What a column is, its first rows tell: so many, of a wide table fewer.
HEAD_ROWS, HEAD_CELLS = 100_000, 4_000_000
# A feature for each word: more of them are a column of names or of sentences.
_MOST_WORDS = 10_000
# Copies of rows are counted among so many rows at a time.
_COUNTED = 500_000


@dataclass(frozen=True, eq=False)
class Scan:
    """A table that was gone through, and how it will be used.

    Attributes:
        source: the table's files, as ``read_table`` takes them.
        kinds: of the columns that are read, the classes' included.
        reading: how they are read.
        head: the first rows, by which the columns' kinds were judged.
        encoding: how its columns become features.
        left_out: the columns that are not used, and why.
        cautions: what is worth a second look in the head, and in all classes.
        scaling: of the features of all rows, for the training.
        class_names: the classes, sorted.
        counts: rows of each, shape (classes,).
        copies: how often its most frequent rows are there.
        places: where each row stands.
        digest: of all rows in their order; another table has another one.
    """

    source: Any
    kinds: Mapping[str, str]
    reading: Mapping[str, Any]
    head: Table
    encoding: Encoding
    left_out: tuple[LeftOut, ...]
    cautions: tuple[Caution, ...]
    scaling: Scaling
    class_names: tuple[str, ...]
    counts: NDArray[np.int64]
    copies: Copies
    places: Places
    digest: str

    def __len__(self) -> int:
        return int(self.counts.sum())

    def dataset(self, X: NDArray[np.floating[Any]], y: NDArray[np.int64]) -> Dataset:
        """Some of its rows as samples."""
        encoding = self.encoding
        X = X.astype(np.float32)
        return Dataset(X, y, self.class_names, encoding.names, encoding.image_shape)

    def batches(self) -> Iterator[tuple[Table, Hashes]]:
        """The rows anew, a few thousand at a time, each with its hash.

        Raises:
            TableError: if they cannot be read any more, or are others than they were.
        """
        digest = hashlib.sha256()
        most = rows_of_piece(len(self.encoding.names))  # a word makes a feature
        for table, hashes in _hashed(self.source, self.kinds, self.reading, most):
            digest.update(hashes.tobytes())
            yield table, hashes
        if digest.hexdigest() != self.digest:
            file, *others = self.head.sources
            more = f", or one of {len(others)} more," if others else ""
            raise TableError(f"{file}{more} holds other rows than before.", file=file)


def scan(
    source: Any,
    target: str,
    *,
    leave_out: Collection[str] = (),
    missing: str = "refuse",
    progress: Callable[[int], None] = lambda _: None,
    **reading: Any,
) -> Scan:
    r"""Go through a table once, some thousand rows at a time.

    Args:
        source: a file, files or a frame, as for ``read_table``; not standard input.
        target: the column of the classes.
        leave_out: columns that are not to be used, or a single one.
        missing: ``refuse`` missing cells, or ``impute`` them: see ``Feature``.
        progress: called with the number of rows so far.
        **reading: more of ``read_table``'s arguments.

    Raises:
        ArgumentError: if an argument is not allowed, or there is no such column.
        TableError: if the table cannot be read or used.

    Example:
        >>> with open("points.csv", "w") as file:
        ...     _ = file.write("x,kind\n" + "1,a\n2,b\n" * 3)
        >>> found = scan("points.csv", "kind")
        >>> len(found), found.class_names, found.scaling.shift.tolist()
        (6, ('a', 'b'), [1.5])
    """
    if missing not in MISSING:
        raise ArgumentError(one_of("missing", missing, MISSING))
    if isinstance(source, str) and source == "-":
        raise ArgumentError(
            "source must be files, which are read several times; standard input is there once. "
            "Write it to a file first."
        )
    leave_out = (leave_out,) if isinstance(leave_out, str) else tuple(leave_out)
    head = read_head(source, HEAD_ROWS, HEAD_CELLS, **reading)
    chosen, left = chosen_columns(head, target, leave_out, partly=True)
    left += [LeftOut(each.name, "its first cells are empty") for each in chosen if _is_empty(each)]
    chosen = [each for each in chosen if not _is_empty(each)]
    refuse_none(head, chosen, left)
    reading = {**reading, "decimal": head.decimal}
    kinds = {column.name: _kind(column) for column in chosen}
    seen = {name: _Seen(kind) for name, kind in kinds.items()}
    classes: dict[str, int] = {}
    stretches: list[Stretch] = []
    digest, rows = hashlib.sha256(), 0
    copies, waiting = Copies(), list[Hashes]()
    kinds[target] = "category"
    for table, hashes in _hashed(source, kinds, reading, rows_of_piece(len(kinds))):
        _count_classes(table, target, classes)
        if missing == "refuse":
            refuse_missing(table, [table[name] for name in seen], partly=True)
        for name, each in seen.items():
            each.add(table, table[name])
        stretches.extend(table.places.stretches)
        digest.update(hashes.tobytes())
        rows += len(table)
        waiting.append(hashes)
        if sum(map(len, waiting)) >= _COUNTED:
            copies, waiting = copies.met(np.concatenate(waiting)), []
        progress(rows)
    features = []
    for name, each in seen.items():
        feature = each.feature(name)
        if feature is None and head.image_shape is None:
            left.append(LeftOut(name, "it is the same in every row"))
        else:
            features.append(feature or each.same(name))
    place = {name: at for at, name in enumerate(head.names) if name not in leave_out}
    left.sort(key=lambda each: place.get(each.column, -1))
    refuse_none(head, features, left)
    words = reading.get("missing_words", ())
    encoding = encoding_of(
        head, features, target, (words,) if isinstance(words, str) else tuple(words)
    )
    names = head.class_names(target, classes, rows, numeric=head[target].kind == "number")
    counts = np.array([classes[name] for name in names])
    return Scan(
        source,
        kinds,
        reading,
        head,
        encoding,
        tuple(left),
        (
            *cautions_of_classes(target, counts, names),
            *_cautions(head, target, rows, [feature.column for feature in features]),
        ),
        _scaling(encoding, seen),
        names,
        counts,
        copies.met(np.concatenate([*waiting, np.empty(0, np.uint64)])),
        Places.of(stretches),
        digest.hexdigest(),
    )


def _hashed(
    source: Any, kinds: Mapping[str, str], reading: Mapping[str, Any], most: int
) -> Iterator[tuple[Table, Hashes]]:
    for table in read_batches(source, kinds=kinds, most_rows=most, **reading):
        table.refuse_unusable(name for name, kind in kinds.items() if kind == "number")
        yield table, row_hashes(table, list(kinds))


def _is_empty(column: Column) -> bool:
    return column.missing == column.rows


def _kind(column: Column) -> str:
    """How a column that the head shows is to be read."""
    if column.kind in ("number", "boolean", "category"):
        return column.kind
    if column.trouble is not None:
        raise column.trouble
    if column.numbers is None and not read_numerals(column.texts).is_number.all():
        return "category"
    return "number"


def _count_classes(table: Table, target: str, classes: dict[str, int]) -> None:
    column = table[target]
    codes = codes_of(table, column)
    missing = column.missing_rows()
    if len(missing):
        raise table.places.at(int(missing[0])).error(
            f"column {short(target)} has no label there. "
            "Every row needs its class: fill it in or leave the row out.",
            target,
        )
    for word, count in zip(column.words, np.bincount(codes).tolist(), strict=False):
        classes[word] = classes.get(word, 0) + count
    if len(classes) > 2 * MOST_WORD_CLASSES:  # many more would only fill the memory
        raise TableError(
            f"{table.sources[0]}: column {short(target)} must name classes. Got more than "
            f"{2 * MOST_WORD_CLASSES:,} different values. Choose another column, or put the "
            "values into classes first.",
            file=table.sources[0],
            column=target,
        )


@dataclass
class _Seen:
    """What was seen of a column so far."""

    kind: str
    moments: Moments = field(default_factory=Moments)
    words: set[str] = field(default_factory=set)
    yes: int = 0
    missing: int = 0

    def add(self, table: Table, column: Column) -> None:
        self.missing += column.missing
        if self.kind == "number":
            numbers = numbers_of(table, column)
            there = numbers if not column.missing else numbers[~np.isnan(numbers)]
            self.moments = self.moments.joined(Moments.of(there.astype(np.float64)))
            return
        codes = codes_of(table, column)
        counts = np.bincount(codes[codes >= 0], minlength=len(column.words))
        self.words.update(column.words)
        self.moments = replace(self.moments, count=self.moments.count + int(counts.sum()))
        told = zip(column.words, counts.tolist(), strict=True)
        self.yes += sum(count for word, count in told if plain(word) in YES)
        if len(self.words) > _MOST_WORDS:
            raise TableError(
                f"{table.sources[0]}: column {short(column.name)} has more than {_MOST_WORDS:,} "
                "different words, and each would be a feature. Leave it out (--leave-out).",
                file=table.sources[0],
                column=column.name,
            )

    def feature(self, name: str) -> Feature | None:
        """What becomes of it; None if it is the same in every row."""
        gaps, there = self.missing > 0, self.moments.count
        if self.kind == "number":
            if not there or (self.moments.low == self.moments.high and not gaps):
                return None
            return self.same(name)
        if len(self.words) < 2 and not (gaps and self.words):
            return None
        met = {plain(word) for word in self.words}
        pair = next((pair for pair in BOOLEANS if met <= pair), None)
        if pair is not None:
            words = tuple(sorted(pair, key=YES.__contains__))
            fill = self.yes / there if gaps else None
            return Feature(name, "boolean", words, fill=fill, missing=gaps)
        return Feature(name, "category", tuple(sorted(self.words)), missing=gaps)

    def same(self, name: str) -> Feature:
        """A number, which may be the same in every row, as a picture's pixel may."""
        moments, gaps = self.moments, self.missing > 0
        fill = moments.mean if gaps else None
        return Feature(name, "number", low=moments.low, high=moments.high, fill=fill, missing=gaps)


def _scaling(encoding: Encoding, seen: Mapping[str, _Seen]) -> Scaling:
    """As ``Encoding.scaling`` makes it of all rows at once."""
    moments = [seen[feature.column] for feature in encoding.features]
    known = [each.moments.filled(each.missing) for each in moments if each.kind == "number"]
    if encoding.image_shape is not None:
        every = Moments()
        for each in known:
            every = every.joined(each)
        known = [every] * len(known)
    shift, scale = np.zeros(len(encoding.names)), np.ones(len(encoding.names))
    for place, each in zip(np.flatnonzero(encoding.numbers), known, strict=True):
        shift[place], scale[place] = each.mean, each.spread
    return Scaling(shift, scale)


def _cautions(head: Table, target: str, rows: int, features: Collection[str]) -> Iterator[Caution]:
    """What is noticed of the columns in the head, if it shows two classes at all."""
    try:
        found = cautions(head, target, list(features))
    except TableError:
        return
    for each in found:
        if each.columns == (target,) and each.kind != "conflict":
            continue  # of the classes, of which all rows are known
        first = "" if len(head) == rows else f"in the first {len(head):,} rows, "
        yield replace(each, message=first + each.message)
