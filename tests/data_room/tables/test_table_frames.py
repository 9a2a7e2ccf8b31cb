"""Frames of pandas, polars and pyarrow give the table that their values are."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from corpus import cells

from classlens.data.tables.reading import read_batches, read_table
from classlens.errors import TableError

DATA = {
    "x": [0.5, None, 2.5, 3.5],
    "n": [1, 2, 1, 2],
    "code": ["01", "1", "001", "1"],
    "flag": [True, False, True, True],
    "y": ["a", "b", "a", "NA"],
}
FRAMES = {
    "pandas": pd.DataFrame(DATA, index=[9, 8, 7, 6]),
    "pandas with categories": pd.DataFrame(DATA).astype({"y": "category", "code": "category"}),
    "polars": pl.DataFrame(DATA),
    "polars, lazy": pl.LazyFrame(DATA),
    "pyarrow": pa.table(DATA),
}


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame(name: str) -> None:
    table = read_table(FRAMES[name])
    kinds = {column.name: column.kind for column in table.columns}
    assert kinds == {
        "x": "number",
        "n": "number",
        "code": "category",
        "flag": "boolean",
        "y": "category",
    }
    assert table["x"].numbers is not None
    np.testing.assert_array_equal(table["x"].numbers, [0.5, np.nan, 2.5, 3.5])
    assert table["x"].missing == 1
    assert cells(table, "code") == DATA["code"]
    assert table.labels("y").names == ("NA", "a", "b")
    assert table.labels("n").names == ("1", "2")
    assert table.labels("flag").names == ("false", "true")
    assert str(table.places.at(3)) == "the frame, row 3"
    assert len(list(read_batches(FRAMES[name], kinds=kinds))) == 1


def test_categories_that_are_not_there_are_no_classes() -> None:
    frame = pd.DataFrame({"x": [1.5, 2.5], "y": pd.Categorical(["b", "a"], ["a", "z", "b"])})
    assert read_table(frame).labels("y").names == ("a", "b")


def test_numbers_as_names() -> None:
    assert read_table(pd.DataFrame(np.eye(3))).names == ("0", "1", "2")


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"x": [1, "a", 2.5]}), "the frame: column 'x' must hold cells of one type. "),
        (pd.DataFrame({"x": [[1], [2]]}), "the frame: column 'x' must hold words or numbers. Got "),
        (pd.DataFrame([[1, 2]], columns=["x", "x"]), "the frame: two columns have the same name. "),
        (pl.DataFrame({"x": [], "y": []}), "the frame has no rows."),
        (pa.table({"x ": [1], "x": [2]}), "the frame: columns 1 and 2 have the same name, "),
    ],
)
def test_a_frame_that_is_refused(frame: object, words: str) -> None:
    with pytest.raises(TableError) as caught:
        read_table(frame).refuse_unusable(["x"])
    assert str(caught.value).startswith(words)


def test_infinity_is_refused_by_its_row() -> None:
    table = read_table(pd.DataFrame({"x": [1.5, np.inf, 2.5]}))
    with pytest.raises(TableError) as caught:
        table.refuse_unusable(["x"])
    assert str(caught.value).startswith("the frame, row 1: column 'x' ")
    assert caught.value.line == 1
    assert caught.value.column == "x"


def test_a_type_that_the_reader_can_do_nothing_with() -> None:
    numbers = pa.array([Decimal(i) for i in range(9)], pa.decimal32(5, 0))
    with pytest.raises(
        TableError, match=r"column 'x' of the type decimal32\(5, 0\) cannot be read"
    ):
        read_table(pa.table({"x": numbers, "y": ["a", "b", "c"] * 3}))
