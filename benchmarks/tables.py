"""How fast tables are read and judged, and in how much memory."""

from __future__ import annotations

import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from startup import launch, megabytes
from timing import Goal, Row, at_most, compared, interleaved, limited, seconds, timed

import classlens as cl

_COLUMNS = 20
_COMMAND = str(Path(sysconfig.get_path("scripts")) / "classlens")
# Rows that are made, and written, at once.
_PIECE = 100_000
_HALF = Goal("at most 2 times slower", lambda ratio: ratio >= 0.5)


def tables(quick: bool) -> Iterator[Row]:
    """A million rows of 20 columns, read, guarded and typed, beside ``pandas.read_csv``.

    pandas has its defaults, but for the separator, which it is told. Then ``classlens predict``,
    from the file of a table to that of the predictions. Seconds of reading are those of one process
    that does both in turn; peaks are those of processes of their own.
    """
    rows, many, rounds = (1_000, 10_000, 1) if quick else (1_000_000, 10_000_000, 5)
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.csv"
        for kind, sign in (("numbers", ","), ("numbers and words", ";")):
            _write(table, rows, sign, words="words" in kind)
            yield from _read(f"{rows:,} x {_COLUMNS} {kind}", table, sign, rounds)
        yield from _predicted(Path(folder), many)


def _read(what: str, table: Path, sign: str, rounds: int) -> Iterator[Row]:
    times = interleaved(
        {
            "ours": timed(lambda: cl.read_table(table)),
            "pandas": timed(lambda: pd.read_csv(table, sep=sign)),
        },
        rounds,
    )
    yield compared(what, times["ours"], times["pandas"], "pandas", goal=_HALF)
    ours, theirs = (
        launch(sys.executable, "-c", f"import {line}").peak
        for line in (
            f"classlens as cl; cl.read_table({str(table)!r})",
            f"pandas as pd; pd.read_csv({str(table)!r}, sep={sign!r})",
        )
    )
    yield compared(f"{what}, peak memory", [ours], [theirs], "pandas", show=megabytes)


def _predicted(folder: Path, rows: int) -> Iterator[Row]:
    model, table = folder / "model.safetensors", folder / "many.csv"
    _write(table, 2_000, ",", words=False)
    cl.train(table, "kind", epochs=2).model.save(model)
    _write(table, rows, ",", words=False)
    command = (_COMMAND, "predict", str(model), str(table), "-o", str(folder / "out.csv"))
    done = launch(*command)
    what = f"predict, {rows:,} x {_COLUMNS}"
    yield Row(what, seconds(done.seconds))
    yield limited(f"{what}, peak memory", [done.peak], at_most(500e6, megabytes), show=megabytes)


def _write(path: Path, rows: int, sign: str, *, words: bool) -> None:
    """A table of numbers, or of as many words, with two kinds to tell apart."""
    random = np.random.default_rng(0)
    for start in range(0, rows, _PIECE):
        count = min(_PIECE, rows - start)
        frame = pd.DataFrame(random.normal(size=(count, _COLUMNS - 1)).round(6))
        frame.columns = [f"x{number}" for number in range(_COLUMNS - 1)]
        if words:
            for number in range(0, _COLUMNS - 1, 2):
                frame[f"x{number}"] = random.choice(["red", "green", "blue"], count)
        frame["kind"] = random.choice(["yes", "no"], count)
        frame.to_csv(path, index=False, sep=sign, mode="a" if start else "w", header=not start)
