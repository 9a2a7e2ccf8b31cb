"""Rows on the disk in a random order, so that a training can read more than the memory holds."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from classlens.data.hashing import buckets
from classlens.errors import OutputError

Rows = tuple[NDArray[np.float32], NDArray[np.int32]]

_MOST_BUCKETS = 4096


class Spool:
    """Rows in buckets, one file each, into which they are drawn.

    An epoch reads the buckets in a random order, and each one's rows in a random order. The first
    epoch's order is as random as any; of a later one, which rows share a bucket is known from the
    first. What is drawn depends on the seed, the epoch and the rows' numbers only: an epoch can be
    read again, and from its middle.

    Args:
        folder: where to keep the files; it is made, and must not be there yet.
        features: how many numbers a row has, besides its class.
        rows: how many rows there will be, about.
        memory: bytes that a bucket may take, up to 4,096 of them. An epoch holds three at a time.
        seed: decides the orders.
        shuffle: False keeps the rows in their own order.

    Raises:
        OutputError: if it cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        *,
        features: int,
        rows: int,
        memory: float,
        seed: int,
        shuffle: bool = True,
    ) -> None:
        self._folder = folder
        self._width = features + 1
        self._seed = seed
        self._shuffle = shuffle
        size = 4 * self._width * rows
        self._counts = np.zeros(min(_MOST_BUCKETS, int(size // memory) + 1), np.int64)
        self._expected = max(rows, 1)
        self._waiting: list[NDArray[np.float32]] = []
        self._held, self._most_held = 0, memory
        self._rows = 0
        with self._writing():
            folder.mkdir(parents=True)

    def __len__(self) -> int:
        return int(self._counts.sum())

    def add(self, X: NDArray[np.float32], y: NDArray[np.int32]) -> None:
        """More rows.

        Args:
            X: shape (rows, features).
            y: their classes, shape (rows,).

        Raises:
            OutputError: if they cannot be written.
        """
        rows = np.empty((len(X), self._width), np.float32)
        rows[:, :-1], rows[:, -1] = X, y.view(np.float32)
        self._waiting.append(rows)
        self._held += rows.nbytes
        if self._held >= self._most_held:
            self._flush()

    def close(self) -> None:
        """All rows are there.

        Raises:
            OutputError: if they cannot be written.
        """
        self._flush()

    def epoch(self, number: int, first: int = 0) -> Iterator[Rows]:
        """The rows of an epoch in their order, many at a time.

        Args:
            number: of the epoch, counted from 0.
            first: how many of its rows to leave out.

        Yields:
            Features, shape (rows, features), and classes, shape (rows,).

        Raises:
            OutputError: if a file that was written cannot be read any more.
        """
        order = np.arange(len(self._counts))
        if self._shuffle:
            order = self._drawn(number, 0).permutation(order)
        for bucket in order.tolist():
            count = int(self._counts[bucket])
            if first >= count:
                first -= count
                continue
            rows = self._read(bucket)
            if self._shuffle:
                rows = rows[self._drawn(number, bucket + 1).permutation(count)]
            yield rows[first:, :-1], rows[first:, -1].view(np.int32)
            first = 0

    def _drawn(self, epoch: int, what: int) -> np.random.Generator:
        return np.random.default_rng([abs(self._seed), int(self._seed < 0), epoch, what])

    def _flush(self) -> None:
        if not self._waiting:
            return
        rows = np.concatenate(self._waiting)
        self._waiting, self._held = [], 0
        if self._shuffle:
            place = buckets(self._rows, len(rows), self._seed, len(self._counts))
        else:  # in their own order, as many in each as in the others
            numbers = np.arange(self._rows, self._rows + len(rows))
            place = numbers * len(self._counts) // self._expected
            place = np.minimum(place, len(self._counts) - 1)
        order = np.argsort(place, kind="stable")
        rows, counts = rows[order], np.bincount(place, minlength=len(self._counts))
        ends = np.cumsum(counts)
        with self._writing():
            for bucket in np.flatnonzero(counts).tolist():
                with self._file(bucket).open("ab") as file:
                    file.write(rows[ends[bucket] - counts[bucket] : ends[bucket]].data)
        self._counts += counts
        self._rows += len(rows)

    def _file(self, bucket: int) -> Path:
        return self._folder / f"{bucket:03}.rows"

    def _read(self, bucket: int) -> NDArray[np.float32]:
        file = self._file(bucket)
        try:
            rows = np.fromfile(file, np.float32)
        except OSError as error:
            raise OutputError(f"cannot read {file} again: {error.strerror or error}.") from None
        if rows.size != self._counts[bucket] * self._width:
            raise OutputError(f"{file} was changed while the training read it. Train again.")
        return rows.reshape(-1, self._width)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError(
                f"cannot write the rows into {self._folder}: {error.strerror or error}. Choose a "
                "folder on a disk with more room (--scratch, scratch=)."
            ) from None
