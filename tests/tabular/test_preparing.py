"""What becomes of a table's columns before training, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import classlens as cl
from classlens.tabular.preparing import prepare

ROWS = 30
TABLE = {
    "age": [20.5 + i for i in range(ROWS)],
    "smokes": ["yes" if i % 4 else "no" for i in range(ROWS)],
    "town": ["Rome", "Oslo", "Bern"] * (ROWS // 3),
    "country": ["X"] * ROWS,
    "risk": ["low", "high"] * (ROWS // 2),
}
MISSING = {**TABLE, "age": [None, *TABLE["age"][1:]]}


def test_columns_become_features() -> None:
    prepared = prepare(pd.DataFrame(TABLE), "risk")
    assert prepared.encoding.names == (
        *("age", "smokes=yes", "town=Bern", "town=Oslo", "town=Rome"),
    )
    assert [each.column for each in prepared.left_out] == ["country"]
    assert prepared.labels.names == ("high", "low")
    assert prepared.X.shape == (ROWS, 5)
    np.testing.assert_array_equal(prepared.X[:, 0], TABLE["age"])
    np.testing.assert_array_equal(prepared.X[:, 1], [word == "yes" for word in TABLE["smokes"]])
    np.testing.assert_array_equal(prepared.X[:, 3], [word == "Oslo" for word in TABLE["town"]])


def test_frames_and_files_are_the_same(tmp_path: Path) -> None:
    frame = pd.DataFrame(TABLE)
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    first = prepare(frame, "risk")
    for source in (tmp_path / "t.csv", tmp_path / "t.parquet", pl.DataFrame(TABLE)):
        other = prepare(source, "risk")
        assert other.encoding == first.encoding
        np.testing.assert_array_equal(other.X, first.X)
        np.testing.assert_array_equal(other.labels.codes, first.labels.codes)


def test_missing_cells() -> None:
    with pytest.raises(cl.TableError, match=re.escape("cells are missing in 'age' (1 cell)")):
        prepare(pl.DataFrame(MISSING), "risk")
    prepared = prepare(pl.DataFrame(MISSING), "risk", missing="impute")
    assert prepared.encoding.names[:2] == ("age", "age missing")
    assert prepared.X[0, 0] == pytest.approx(np.mean(TABLE["age"][1:]))
    np.testing.assert_array_equal(prepared.X[:, 1], [1.0] + [0.0] * (ROWS - 1))


def test_columns_that_are_left_out() -> None:
    prepared = prepare(pd.DataFrame(TABLE), "risk", leave_out="town")
    assert [(each.column, each.why) for each in prepared.left_out] == [
        ("town", "as was asked for"),
        ("country", "it is the same in every row"),
    ]


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        ("risks", {}, "has no column 'risks'"),
        ("risk", {"missing": "guess"}, "missing must be one of refuse, impute. Got 'guess'"),
        ("risks", {}, "Name the column to predict: --target, target=."),
        ("risk", {"leave_out": ["twon"]}, "Did you mean 'town'?"),
        ("risk", {"leave_out": ["risk"]}, "the target 'risk' cannot be left out"),
        ("risk", {"kinds": {"town": "number"}}, "column 'town'"),
    ],
)
def test_refusals(target: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(cl.ClasslensError, match=re.escape(message)):
        prepare(pd.DataFrame(TABLE), target, **options)


def test_nothing_to_learn_from() -> None:
    with pytest.raises(cl.TableError, match="no column is left to learn from"):
        prepare(pd.DataFrame({"country": TABLE["country"], "risk": TABLE["risk"]}), "risk")


def test_a_target_without_features() -> None:
    with pytest.raises(cl.TableError) as caught:
        prepare(pd.DataFrame({"risk": TABLE["risk"]}), "risk")
    assert str(caught.value) == (
        "the frame: no column is left to learn from. There is none but the target."
    )


def test_many_columns_of_nothing_make_a_short_message() -> None:
    frame = pd.DataFrame({f"c{k}": ["same"] * 20 for k in range(300)})
    with pytest.raises(cl.TableError, match=r"'c4' was left out: .* So were 295 more\.$") as caught:
        prepare(frame.assign(risk=["low", "high"] * 10), "risk")
    assert len(str(caught.value)) < 500


def test_features_of_one_name_are_refused_in_words() -> None:
    frame = pd.DataFrame(
        {"a": ["b=c", "d"] * 15, "a=b": ["c", "e"] * 15, "risk": ["low", "high"] * 15}
    )
    with pytest.raises(
        cl.TableError, match="columns 'a' and 'a=b' would both make a feature called"
    ):
        prepare(frame, "risk")
    gaps = pd.DataFrame({"x": [None, 1.5, 2.5] * 10, "x missing": [0.5, 1.5, 3.5] * 10})
    with pytest.raises(cl.TableError, match="columns 'x' and 'x missing' would both make"):
        prepare(gaps.assign(risk=["low", "high"] * 15), "risk", missing="impute")


def test_fractions_after_both_signs_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"{i % 7},5;{i}.25;{'uv'[i % 2]}\n" for i in range(40))
    (tmp_path / "t.csv").write_text(f"a;b;kind\n{rows}")
    with pytest.raises(
        cl.TableError, match="column 'a' has commas before its fractions, and column"
    ):
        prepare(tmp_path / "t.csv", "kind")
    assert prepare(tmp_path / "t.csv", "kind", decimal=",").X[0, 0] == 0.5


def test_more_numbers_than_fit() -> None:
    words = [f"w{i % 900}" for i in range(2700)]
    frame = pd.DataFrame({f"c{k}": words for k in range(60)})
    with pytest.raises(cl.TableError, match=r"would make 145,800,000 numbers(.|\n)*900 features"):
        prepare(frame.assign(risk=["low", "high"] * 1350), "risk")
