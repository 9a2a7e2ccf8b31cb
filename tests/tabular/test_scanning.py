"""A table gone through in pieces is understood as one that is read whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import classlens as cl
from classlens.tabular import scanning
from classlens.tabular.preparing import prepare
from classlens.tabular.scanning import Scan, scan

ROWS = 600


def table(rows: int = ROWS, **columns: Any) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "age": rng.normal(1e6, 1, rows),
            "rooms": rng.integers(1, 9, rows),
            "town": rng.choice(["Rome", "Oslo", "Bern"], rows),
            "smokes": rng.choice(["yes", "no"], rows),
            "same": [7] * rows,
            "word": ["x"] * rows,
            "id": [f"row {n}" for n in range(rows)],
            "risk": rng.choice(["low", "high", "10", "9"], rows),
            **columns,
        }
    )


@pytest.fixture(autouse=True)
def short_head(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "HEAD_ROWS", 100)


def files(folder: Path, frame: pd.DataFrame, *, csv: bool = False, pieces: int = 3) -> list[Path]:
    """The frame in several files, the pieces that are read being no larger than a file."""
    made = []
    for number, rows in enumerate(np.array_split(np.arange(len(frame)), pieces)):
        made.append(folder / f"part{number}.{'csv' if csv else 'parquet'}")
        part = frame.iloc[rows]
        part.to_csv(made[-1], index=False) if csv else part.to_parquet(made[-1])
    return made


def same(found: Scan, source: Any, **options: Any) -> None:
    """As ``prepare`` has it of the whole table."""
    whole = prepare(source, "risk", **options)
    assert [each.column for each in found.left_out] == [each.column for each in whole.left_out]
    assert found.class_names == whole.labels.names
    assert found.counts.tolist() == np.bincount(whole.labels.codes).tolist()
    for own, other in zip(found.encoding.features, whole.encoding.features, strict=True):
        assert (own.column, own.kind, own.words, own.missing) == (
            *(other.column, other.kind, other.words, other.missing),
        )
        assert (own.low, own.high) == (other.low, other.high)
        assert (own.fill is None) == (other.fill is None)
        assert (own.fill or 0.0) == pytest.approx(other.fill or 0.0, rel=1e-12)
    scaling = whole.encoding.scaling(whole.X)
    np.testing.assert_allclose(found.scaling.shift, scaling.shift, rtol=1e-12)
    np.testing.assert_allclose(found.scaling.scale, scaling.scale, rtol=1e-6)
    X = np.concatenate([found.encoding.encode(each) for each, _ in found.batches()])
    np.testing.assert_allclose(X, whole.X, rtol=1e-12)
    assert len(found) == len(whole.X)


@pytest.mark.parametrize("csv", [False, True])
def test_as_when_it_is_read_whole(tmp_path: Path, csv: bool) -> None:
    made = files(tmp_path, table(), csv=csv)
    same(scan(made, "risk"), made)


def test_missing_cells_are_filled_as_when_it_is_read_whole(tmp_path: Path) -> None:
    frame = table()
    frame.loc[frame.index % 3 == 1, ["age", "town", "smokes"]] = None
    made = files(tmp_path, frame)
    same(scan(made, "risk", missing="impute"), made, missing="impute")
    assert scan(made, "risk", missing="impute").encoding.names[:2] == ("age", "age missing")


def test_what_the_head_does_not_show(tmp_path: Path) -> None:
    """A sorted table: its first rows are all alike, and of one class."""
    frame = table().sort_values("risk", ignore_index=True)
    for name, value in (("rooms", 3), ("town", "Rome"), ("smokes", "no")):
        frame.loc[frame.index < 250, name] = value
    made = files(tmp_path, frame)
    found = scan(made, "risk")
    same(found, made)
    assert {each.column for each in found.left_out} == {"same", "word", "id"}
    assert found.cautions == ()


def test_a_boolean_that_is_none_after_all(tmp_path: Path) -> None:
    frame = table()
    frame.loc[500, "smokes"] = "now and then"
    found = scan(files(tmp_path, frame), "risk")
    (smokes,) = (each for each in found.encoding.features if each.column == "smokes")
    assert (smokes.kind, smokes.words) == ("category", ("no", "now and then", "yes"))


def test_a_column_that_begins_empty_is_left_out(tmp_path: Path) -> None:
    late = table(age=[*[None] * 300, *[1.5] * 300])
    found = scan(files(tmp_path, late), "risk")
    assert ("age", "its first cells are empty") in found.left_out


def test_pictures_have_one_scale_for_all_pixels(tmp_path: Path) -> None:
    from PIL import Image

    rng = np.random.default_rng(0)
    for kind, level in (("dark", 60), ("light", 255)):
        (tmp_path / kind).mkdir()
        for number in range(5):
            pixels = rng.integers(0, level, (4, 4)).astype(np.uint8)
            pixels[0, 0] = 0
            Image.fromarray(pixels).save(tmp_path / kind / f"{number}.png")
    found, whole = scan(tmp_path, "class"), prepare(tmp_path, "class")
    assert found.encoding == whole.encoding
    scaling = whole.encoding.scaling(whole.X)
    np.testing.assert_allclose(found.scaling.shift, scaling.shift)
    np.testing.assert_allclose(found.scaling.scale, scaling.scale)


def test_the_digest_is_that_of_the_rows(tmp_path: Path) -> None:
    made = files(tmp_path, table())
    found = scan(made, "risk")
    assert found.digest == scan(table(), "risk").digest
    assert found.digest != scan(made[::-1], "risk").digest
    frame = table()
    frame.loc[599, "rooms"] = 99
    frame.iloc[400:].to_parquet(made[2])
    with pytest.raises(cl.TableError, match=r"part0.parquet, or one of 2 more, holds other rows"):
        list(found.batches())


def test_where_a_row_stands(tmp_path: Path) -> None:
    found = scan(files(tmp_path, table(), csv=True), "risk")
    assert str(found.places.at(450)) == f"{tmp_path / 'part2.csv'}, line 52"


def test_progress_counts_the_rows(tmp_path: Path) -> None:
    told: list[int] = []
    scan(files(tmp_path, table()), "risk", progress=told.append)
    assert told == [200, 400, 600]


def wrong(**columns: Any) -> pd.DataFrame:
    return table(**columns)


LATE = [*[1.5] * 300, None, *[2.5] * (ROWS - 301)]


@pytest.mark.parametrize(
    ("frame", "options", "kind", "words"),
    [
        (table(), {"target": "no"}, cl.ArgumentError, "has no column 'no'."),
        (table(), {"leave_out": "risk"}, cl.ArgumentError, "the target 'risk' cannot be left out"),
        (table(), {"missing": "x"}, cl.ArgumentError, "missing must be one of refuse, impute."),
        (
            wrong(age=LATE),
            {},
            cl.TableError,
            "cells are missing in 'age' (at least 1 cell); the first",
        ),
        (
            wrong(risk=[*["a", "b"] * 150, None, *["a"] * (ROWS - 301)]),
            {},
            cl.TableError,
            "part1.csv, line 102: column 'risk' has no label there. Every row needs its class",
        ),
        (
            wrong(age=[*["1.5", "2.5"] * 150, "three", *["1"] * (ROWS - 301)]),
            {},
            cl.TableError,
            "part1.csv, line 102: column 'age'",
        ),
        (wrong(risk=["a"] * ROWS), {}, cl.TableError, "must name at least two classes. Got only"),
        (
            wrong(risk=[f"class {2 * n // 3}" for n in range(ROWS)]),
            {},
            cl.TableError,
            "column 'risk' must name classes. Got 400 different values in 600 rows",
        ),
        (
            wrong(risk=np.arange(ROWS) / 4),
            {},
            cl.TableError,
            "Got 600 different numbers in 600 rows instead. That is regression",
        ),
        (
            table()[["same", "word", "risk"]],
            {},
            cl.TableError,
            "no column is left to learn from. 'same' was left out: it is the same in every row.",
        ),
    ],
)
def test_refusals(
    tmp_path: Path, frame: pd.DataFrame, options: dict[str, Any], kind: type[Exception], words: str
) -> None:
    made = files(tmp_path, frame, csv=True)
    with pytest.raises(kind, match=re.escape(words)):
        scan(made, **{"target": "risk", **options})


def test_what_the_first_rows_make_one_wary_of_is_said_of_them(tmp_path: Path) -> None:
    """Of the classes all rows are known."""
    risk = [*["low", "high"] * 100, *["low"] * 398, "rare", "Low"]
    frame = table(risk=risk, town=["Rome", "Oslo"] * 300)
    said = [each.message for each in scan(files(tmp_path, frame), "risk").cautions]
    assert said == [
        (
            "class 'Low' has 1 sample, too few to learn it from and to test it on. 1 more classes "
            "have fewer than 5."
        ),
        (
            "classes 'Low' and 'low' differ in spaces or capitals only. If they are one class, "
            "write them alike."
        ),
        (
            "in the first 200 rows, column 'town' alone tells the class of every row. Is it known "
            "before 'risk' is, or made from it?"
        ),
    ]
    assert scan(frame[:200], "risk").cautions == prepare(frame[:200], "risk").cautions
    late = files(tmp_path, frame[::-1])
    assert [each.message for each in scan(late, "risk").cautions] == said[:2]


def test_standard_input_is_there_once() -> None:
    with pytest.raises(cl.ArgumentError, match=r"standard input is there once. Write it to a file"):
        scan("-", "risk")


def test_too_many_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "_MOST_WORDS", 5)
    late = [*["a", "b"] * 150, *[f"town {n // 60}" for n in range(300)]]
    with pytest.raises(cl.TableError, match=r"column 'town' has more than 5 different words, and"):
        scan(files(tmp_path, table(town=late)), "risk")


def test_too_many_classes_end_the_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "MOST_WORD_CLASSES", 5)
    made = files(tmp_path, table(risk=[f"class {n // 20}" for n in range(ROWS)]))
    told: list[int] = []
    with pytest.raises(cl.TableError, match=r"Got more than 10 different values. Choose another"):
        scan(made, "risk", progress=told.append)
    assert told == [200]
