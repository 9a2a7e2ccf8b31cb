"""Whatever the bytes, a table comes of them or a refusal: no other error, no hang."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest
from corpus import lines
from corpus_typed import FLOATS, npy, npz
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classlens.data.tables.reading import read_batches, read_table
from classlens.errors import ClasslensError

PLAIN = lines().encode()
QUIET = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
SEEDS = {
    "a.csv": PLAIN,
    "b.csv": lines(sep=";").replace(".", ",").replace("w1", '"w\n1"').encode(),
    "a.csv.gz": gzip.compress(PLAIN, mtime=0),
    "a.jsonl": b'{"x": 1.5, "y": "a"}\n{"x": 2, "y": null}\n' * 5,
    "a.parquet": FLOATS,
    "a.npy": npy(np.arange(12.0).reshape(4, 3)),
    "a.npz": npz(X=np.arange(12.0).reshape(4, 3), y=np.array(["a", "b"] * 2)),
}


def read(path: Path) -> None:
    try:
        table = read_table(path)
        assert len(table) == len(table.columns[0]) > 0
        assert len(table.describe()) == len(table.columns) or table.image_shape
        kinds = {column.name: column.kind for column in table.columns}
        rows = sum(len(batch) for batch in read_batches(path, kinds=kinds, header=None))
        assert rows in {len(table), len(table) - 1, len(table) + 1}  # the header may be a row
    except ClasslensError:
        return  # a refusal, the one other thing that may happen


@given(data=st.binary(max_size=300))
@QUIET
def test_any_bytes(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    read(path)


@given(text=st.text(st.sampled_from('ab,;"\n\r\t .1e-5é{}:[]NA'), max_size=200))
@QUIET
def test_any_text_of_the_usual_signs(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, newline="")
    read(path)


@pytest.mark.parametrize("name", SEEDS)
@given(data=st.data())
@settings(QUIET, max_examples=60)
def test_damaged_files(name: str, data: st.DataObject, tmp_path: Path) -> None:
    content = bytearray(SEEDS[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        match data.draw(st.sampled_from(["change", "cut", "repeat"])):
            case "change":
                content[at] = data.draw(st.integers(0, 255))
            case "cut":
                del content[at : at + data.draw(st.integers(1, 20))]
            case _:
                content[at:at] = content[at : at + 30]
        if not content:
            content = bytearray(b"x")
    path = tmp_path / name
    path.write_bytes(bytes(content))
    read(path)
