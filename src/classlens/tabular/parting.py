"""The rows of a scanned table, each brought to its part by the hash of its cells."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.data.hashing import Hashes, of_their_own, parts_by_hash
from classlens.data.spool import Spool
from classlens.data.tables.table import Table
from classlens.data.weights import class_weights
from classlens.errors import DataError, TableError
from classlens.settings import Settings
from classlens.tabular.judging import known_classes
from classlens.tabular.scanning import Scan
from classlens.training.limits import check_updates
from classlens.training.prepare import check_mean
from classlens.training.stream import StreamJob

# Of a class with fewer rows all are learned from: the hash might leave none of them. For the same
# reason a row's copies do not all go one way if they are more than one in so many of its class.
FEW = 20

# Features, shape (rows, features), and classes, shape (rows,).
Rows = tuple[NDArray[np.floating[Any]], NDArray[np.int64]]


class Parted:
    """The rows of a table, each brought to where it belongs.

    Attributes:
        spool: the rows to learn from, on the scale of training.
        rows: the numbers in the table of those that score.
        watched: how many rows decide when to stop.

    Args:
        found: the table.
        settings: how large the parts are, with the seeds that are used.
        folder: of the spool.
        bucket: bytes that the spool may hold at once.
        progress: called with the number of rows so far.

    Raises:
        ArgumentError: if a weight is of no class.
        DataError: if the weights are too small or too large.
        OutputError: if the spool cannot be written.
        TableError: if the table was changed since it was gone through.
    """

    def __init__(
        self,
        found: Scan,
        settings: Settings,
        folder: Path,
        bucket: float,
        progress: Callable[[int], None],
    ) -> None:
        self._found = found
        self._weights = _weights(found, settings)
        order = settings.order_seed
        assert order is not None  # noqa: S101 - for the type checker
        shares = [settings.test_fraction, settings.validation_fraction]
        self.spool = Spool(
            folder,
            features=len(found.encoding.names),
            rows=round(len(found) * (1 - sum(shares))),
            memory=bucket,
            seed=order,
            shuffle=settings.shuffle,
        )
        self._few = found.counts < FEW
        self._tested: list[Rows] = []
        self._watched: list[Rows] = []
        rows, first = [], 0
        with _as_before():
            for table, hashes in found.batches():
                y = known_classes(table, found.encoding.target, found.class_names)
                part = parts_by_hash(self._drawn_by(hashes, y, first), order, shares)
                part = np.where(self._few[y], 0, part)
                self._add(table, y, part)
                rows.append(first + np.flatnonzero(part == 1))
                first += len(table)
                progress(first)
        self.spool.close()
        self.rows = np.concatenate(rows)
        self.watched = sum(len(y) for _, y in self._watched)

    def _drawn_by(self, hashes: Hashes, y: NDArray[np.int64], first: int) -> Hashes:
        """The hashes by which rows are drawn."""
        found = self._found
        frequent = found.copies.of(hashes) > np.maximum(2, found.counts[y] / FEW)
        return np.where(frequent, of_their_own(hashes, first), hashes)

    def _add(self, table: Table, y: NDArray[np.int64], part: NDArray[np.intp]) -> None:
        """Take some rows in, each to its part."""
        found = self._found
        X = found.encoding.encode(table)
        scaled = found.scaling.scaled(X).astype(np.float32)
        own = part == 0
        self.spool.add(scaled[own], y[own].astype(np.int32))
        if (part == 1).any():
            self._tested.append((X[part == 1], y[part == 1]))
        if (part == 2).any():
            self._watched.append((scaled[part == 2], y[part == 2]))

    @property
    def tested(self) -> Rows | None:
        """The rows that only score, in their own units, float64; None if there are none."""
        return _joined(self._tested)

    def job(self, settings: Settings) -> StreamJob:
        """What the training does with them.

        Raises:
            ArgumentError: if there are too many updates.
            DataError: if no row is left to learn from.
        """
        names, counts = self._found.class_names, self._found.counts
        if not len(self.spool):
            raise DataError(
                "there must be rows to learn from. All were held out. Give smaller fractions."
            )
        check_updates(settings.epochs, len(self.spool), settings.batch_size)
        watched = _joined(self._watched)
        validation = None if watched is None else self._found.dataset(*watched)
        here = replace(settings, test_fraction=0.0, validation_fraction=0.0)  # they are taken out
        if validation is None:
            here = replace(here, patience=None)
        return StreamJob(
            here,
            names,
            self._found.encoding.names,
            self.spool,
            self._weights.astype(np.float32),
            float(self._weights @ counts / counts.sum()),
            validation,
        )


@contextlib.contextmanager
def _as_before() -> Iterator[None]:
    """What is wrong with a table that was read before is not what its user has to mend first."""
    try:
        yield
    except TableError as error:
        raise TableError(
            f"{error} The table was changed after it was first read: train again.",
            file=error.file,
            line=error.line,
            column=error.column,
        ) from None


def _weights(found: Scan, settings: Settings) -> NDArray[np.float64]:
    """How much a row of each class counts, shape (classes,)."""
    names, counts = found.class_names, found.counts
    weights = np.ones(len(names))
    if settings.class_weight is not None:
        weights = class_weights(settings.class_weight, names, counts)
    check_mean(float(weights @ counts / counts.sum()))
    return weights


def _joined(pieces: list[Rows]) -> Rows | None:
    if not pieces:
        return None
    X, y = zip(*pieces, strict=True)
    return np.concatenate(X), np.concatenate(y)
