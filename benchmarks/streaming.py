"""Training from the disk: how fast beside the memory, and in how much of it."""

from __future__ import annotations

import sysconfig
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from startup import launch, megabytes
from timing import Goal, Row, at_most, compared, interleaved, limited, seconds

import classlens as cl

_COMMAND = str(Path(sysconfig.get_path("scripts")) / "classlens")
_FEATURES, _CLASSES = 20, 4
_PIECE = 250_000
_HIDDEN, _BATCH = (64, 32), 256
_MEMORY = "1GB"
_NEARLY = Goal("at least 0.7 times as fast", lambda ratio: ratio >= 0.7)


def streaming(quick: bool) -> Iterator[Row]:
    """Tables of 20 numbers in Parquet files; 64 and 32 units, 256 samples in a batch.

    The samples' rate is that of the epochs after the first call, on a million rows in a memory that
    holds a quarter of them at once, beside ``fit`` on all of them in memory. What comes before is
    done once: the table is read twice, and written in a random order. Peaks are those of
    ``classlens train --memory 1GB`` in a process of its own, an epoch, from the file to the score.
    """
    rows, rounds, large = (
        (2_000, 1, (2_000, 4_000))
        if quick
        else (
            *(1_000_000, 3),
            (1_000_000, 10_000_000, 50_000_000),
        )
    )
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.parquet"
        _write(table, rows)
        yield from _rates(table, rows, rounds)
        for count in large:
            _write(table, count)
            done = _trained(table)
            what = f"classlens train --memory {_MEMORY}, {count:,} rows"
            yield limited(
                f"{what}, peak memory", [done.peak], at_most(1e9, megabytes), show=megabytes
            )
            yield Row(f"{what}, from start to end", seconds(done.seconds))


def _rates(table: Path, rows: int, rounds: int) -> Iterator[Row]:
    epochs = 3
    how: dict[str, Any] = {
        "hidden": _HIDDEN,
        "batch_size": _BATCH,
        "epochs": epochs,
        "optimizer": "adam",
        "schedule": "constant",
        "weight_decay": 0.0,
        "test_fraction": 0.01,
        "validation_fraction": 0.0,
        "patience": None,
    }
    whole = cl.read_table(table)
    X = np.stack([np.asarray(whole[name].numbers) for name in whole.names[:-1]], axis=1)
    data = cl.Dataset(X.astype(np.float32), whole.labels("class").codes)
    before: list[float] = []

    def from_disk() -> float:
        started = time.perf_counter()
        clock = _Clock()
        cl.train_from_disk(table, "class", **how, memory="600MB", progress=clock)
        before.append(clock.first - started)
        return clock.each()

    def in_memory() -> float:
        clock = _Clock()
        cl.fit(data, **{**how, "test_fraction": 0.0}, progress=clock)
        return clock.each()

    done = interleaved({"ours": from_disk, "memory": in_memory}, rounds)
    yield compared(
        f"an epoch of {rows:,} samples from the disk",
        done["ours"],
        done["memory"],
        "in memory",
        goal=_NEARLY,
    )
    yield Row("what comes before the first epoch", seconds(float(np.median(before[1:]))))


class _Clock:
    """Seconds of an epoch, from the first news of a run to the last: without its compilation."""

    def __init__(self) -> None:
        self.first = 0.0
        self._told: list[tuple[float, float]] = []

    def __call__(self, news: Any) -> None:
        self._told.append((time.perf_counter(), news.done * news.epochs))
        self.first = self._told[0][0]

    def each(self) -> float:
        """Seconds of an epoch."""
        (begun, start), (ended, end) = self._told[0], self._told[-1]
        return (ended - begun) / max(end - start, 1e-9)


def _trained(table: Path) -> Any:
    """The command on a table, an epoch; seconds and bytes."""
    model = table.with_name("model.safetensors")
    sizes = ("--hidden", ",".join(map(str, _HIDDEN)), "--batch-size", str(_BATCH))
    return launch(
        *(_COMMAND, "train", str(table), "--memory", _MEMORY, "--epochs", "1", *sizes),
        *("-o", str(model)),
    )


def _write(path: Path, rows: int) -> None:
    """A table whose classes are told by sums of the numbers, and some noise."""
    rng = np.random.default_rng(0)
    kernel = rng.normal(size=(_FEATURES, _CLASSES))
    names = np.array([f"class {k}" for k in range(_CLASSES)])
    columns = [(f"x{k}", pa.float32()) for k in range(_FEATURES)]
    schema = pa.schema([*columns, ("class", pa.string())])
    with pq.ParquetWriter(path, schema) as file:
        for first in range(0, rows, _PIECE):
            count = min(_PIECE, rows - first)
            X = rng.normal(size=(count, _FEATURES)).astype(np.float32)
            y = (X @ kernel + rng.normal(size=(count, _CLASSES))).argmax(axis=1)
            file.write_table(pa.table([*X.T, pa.array(names[y])], schema=schema))
