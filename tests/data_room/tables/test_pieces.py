"""Pieces are small however wide a table is, and it does not matter how rows fall into them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from classlens.data.tables import pieces
from classlens.data.tables.pieces import rows_of_piece
from classlens.data.tables.places import Places
from classlens.data.tables.reading import read_batches, read_head, read_table
from classlens.data.tables.table import Table

KINDS = {"x": "number", "word": "category"}


@pytest.fixture(params=["t.csv", "quoted.csv", "t.parquet", "t.feather", "t.jsonl", "t.npz"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / str(request.param)
    frame = pd.DataFrame({"x": np.arange(50) / 4, "word": [f"w{row % 3}" for row in range(50)]})
    if path.name == "quoted.csv":
        frame.loc[20, "word"] = "w\n0"
    if path.suffix == ".csv":
        frame.to_csv(path, index=False)
    elif path.suffix == ".npz":
        np.savez(path, x=frame["x"], word=frame["word"].to_numpy(str))
    elif path.suffix == ".jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        frame.to_parquet(path) if path.suffix == ".parquet" else frame.to_feather(path)
    return path


def test_the_same_rows_in_small_batches(source: Path) -> None:
    whole = read_table(source, kinds=KINDS)
    batches = list(read_batches(source, kinds=KINDS, most_rows=7))
    assert [len(batch) for batch in batches] == [7] * 7 + [1]
    numbers = [batch["x"].numbers for batch in batches]
    assert np.array_equal(np.concatenate(numbers), whole["x"].numbers)  # type: ignore[arg-type]
    assert [word for batch in batches for word in words(batch)] == words(whole)
    together = Places.of(each for batch in batches for each in batch.places.stretches)
    for row in range(50):
        place = whole.places.at(row)
        assert batches[row // 7].places.at(row % 7) == place == together.at(row)


def words(table: Table) -> list[str]:
    column = table["word"]
    assert column.codes is not None
    return [column.words[code] for code in column.codes]


def test_lines_that_follow_each_other_are_not_kept(source: Path) -> None:
    stretches = read_table(source).places.stretches
    assert stretches[0].is_regular == (source.name != "quoted.csv")


def test_a_head_has_few_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "_CELLS", 20)
    frame = pa.table({"x": np.arange(50) / 4, "word": ["a", "b"] * 25})
    assert len(read_head(frame, 25, 1000)) == 30
    assert len(read_head(frame, 25, 30)) == 20
    assert len(read_head(frame, 25, 1)) == 10


@pytest.mark.parametrize("name", ["t.parquet", "t.feather", "t.npz", "frame"])
def test_pieces_of_a_wide_table_have_few_rows(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pieces, "_CELLS", 100)
    frame = pd.DataFrame({f"c{column}": np.arange(30.0) for column in range(10)})
    path = tmp_path / name
    if name == "t.npz":
        np.savez(path, **{str(key): frame[key].to_numpy() for key in frame})  # type: ignore[arg-type]
    elif name != "frame":
        frame.to_parquet(path) if name == "t.parquet" else frame.to_feather(path)
    kinds = dict.fromkeys(map(str, frame), "number")
    batches = read_batches(frame if name == "frame" else path, kinds=kinds)
    assert [len(batch) for batch in batches] == [10, 10, 10]
    assert rows_of_piece(1000) == 1
