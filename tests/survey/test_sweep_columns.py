"""Columns of Arrow over NumPy's arrays, against Arrow's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classlens.survey.columns import codes_in, lists, numbers, same, texts, values_in


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.arange(11)[::2], pa.int64()),
        (np.array([0.5, np.nan, -np.inf]), pa.float64()),
        (np.array([True, False, True] * 5), pa.bool_()),
        (np.arange(3, dtype=np.float32), pa.float64()),
    ],
)
def test_numbers(values: Any, kind: pa.DataType) -> None:
    found = numbers(values, kind)
    found.validate(full=True)
    assert str(found.to_pylist()) == str(pa.array(values.tolist(), kind).to_pylist())
    if kind != pa.bool_():
        several = pa.chunked_array([found, found[1:]])
        np.testing.assert_array_equal(values_in(several), [*values, *values[1:]])


@given(st.lists(st.text(), min_size=1, max_size=4, unique=True), st.data())
def test_texts(words: list[str], data: st.DataObject) -> None:
    which = data.draw(st.lists(st.integers(-1, len(words) - 1), max_size=30))
    wanted = [None if place < 0 else words[place] for place in which]
    found = texts(words, np.array(which, np.int64))
    found.validate(full=True)
    assert found.to_pylist() == wanted
    assert found.equals(pa.array(wanted, pa.string()))
    if wanted:
        column = pa.chunked_array([found[: len(wanted) // 2], found[len(wanted) // 2 :]])
        codes, seen = codes_in(column)
        assert [seen[code] for code in codes] == wanted
        assert len(set(seen)) == len(seen)


@pytest.mark.parametrize(
    ("value", "kind"),
    [("é", pa.string()), (None, pa.int64()), (2.5, pa.float64()), (True, pa.bool_())],
)
def test_one_value(value: Any, kind: pa.DataType) -> None:
    assert same(value, kind, 9).equals(pa.array([value] * 9, kind))


def test_lists() -> None:
    kind = pa.list_(pa.field("element", pa.float32()))
    values = np.arange(6, dtype=np.float32).reshape(3, 2).T
    found = lists(values, kind)
    found.validate(full=True)
    assert found.equals(pa.array(values.tolist(), kind))
