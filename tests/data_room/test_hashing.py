"""Which part a row goes to: the same wherever it stands, and by chance otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from classlens.data.hashing import (
    Hashes,
    buckets,
    of_their_own,
    parts_by_hash,
    row_hashes,
)
from classlens.data.tables.reading import read_batches

KINDS = {"x": "number", "word": "category", "yes": "boolean"}


def hashes(table: dict[str, Any] | pa.Table, names: list[str] | None = None) -> Hashes:
    table = table if isinstance(table, pa.Table) else pa.table(table)
    (read,) = read_batches(table, kinds=KINDS)
    return row_hashes(read, names or list(KINDS))


def rows(count: int) -> dict[str, list[Any]]:
    return {
        "x": [None if n % 7 == 3 else n / 8 for n in range(count)],
        "word": [None if n % 5 == 2 else "abc"[n % 3] for n in range(count)],
        "yes": [("yes", "no")[n % 2] for n in range(count)],
    }


@given(st.permutations(range(40)), st.permutations(list(KINDS)))
def test_neither_the_order_of_rows_nor_that_of_columns_matters(
    order: list[int], names: list[str]
) -> None:
    table = pa.table(rows(40))
    found = hashes(table)
    assert np.array_equal(hashes(table.take(order), names), found[order])


def test_bits_of_numbers_do_not_matter() -> None:
    short = {**rows(30), "x": pa.array(rows(30)["x"], pa.float32())}
    assert np.array_equal(hashes(short), hashes(rows(30)))
    zeros = {**rows(2), "x": [0.0, -0.0]}, {**rows(2), "x": [-0.0, 0.0]}
    assert np.array_equal(hashes(zeros[0]), hashes(zeros[1]))


def test_capitals_of_yes_and_no_do_not_matter() -> None:
    """A CSV file of pandas has True where its Parquet file has true."""
    other = {**rows(30), "yes": [word.title() for word in rows(30)["yes"]]}
    assert np.array_equal(hashes(other), hashes(rows(30)))
    other = {**rows(30), "word": [word and word.upper() for word in rows(30)["word"]]}
    assert not np.array_equal(hashes(other), hashes(rows(30)))


def test_every_cell_matters() -> None:
    table = rows(30)
    found = hashes(table)
    for name, value in (("x", 99.5), ("x", None), ("word", "c"), ("word", None), ("yes", "no")):
        other = hashes({**table, name: [value, *table[name][1:]]})
        assert other[0] != found[0]
        assert np.array_equal(other[1:], found[1:])
    # What two columns hold is not the same when they change places.
    assert hashes(table, ["x", "word"])[0] != hashes({**table, "word": table["yes"]})[0]


def test_rows_are_as_good_as_random() -> None:
    """A chi-squared of 63 degrees of freedom, at four places among the bits; and the parts."""
    rng = np.random.default_rng(0)
    table = pa.table({"x": np.arange(64_000.0), "word": rng.choice(["a", "b"], 64_000)})
    (read,) = read_batches(table, kinds={"x": "number", "word": "category"})
    found = row_hashes(read, ["x", "word"])
    assert len(np.unique(found)) == 64_000
    for shift in (0, 20, 40, 58):
        assert chi_squared((found >> np.uint64(shift)) % np.uint64(64), 64) < 120
    assert chi_squared(buckets(5, 64_000, 3, 64), 64) < 120
    parts = parts_by_hash(found, 1, [0.25, 0.5])
    assert np.bincount(parts) / 64_000 == pytest.approx([0.25, 0.25, 0.5], abs=0.01)
    other = parts_by_hash(found, 2, [0.25, 0.5])
    assert np.mean(parts == other) == pytest.approx(0.25**2 + 0.25**2 + 0.5**2, abs=0.01)


def test_copies_may_have_hashes_of_their_own() -> None:
    found = of_their_own(np.full(64_000, 5, np.uint64), 7)
    assert len(np.unique(found)) == 64_000
    assert chi_squared(found % np.uint64(64), 64) < 120
    assert np.array_equal(of_their_own(np.full(10, 5, np.uint64), 17), found[10:20])
    assert of_their_own(np.full(1, 6, np.uint64), 7) != found[0]


def chi_squared(numbers: NDArray[Any], among: int) -> float:
    counts = np.bincount(numbers.astype(np.intp), minlength=among)
    expected = len(numbers) / among
    return float(((counts - expected) ** 2 / expected).sum())


def test_a_larger_share_holds_the_smaller_one() -> None:
    found = hashes(rows(200))
    few, many = (parts_by_hash(found, 4, [share]) == 1 for share in (0.1, 0.4))
    assert many[few].all()
    assert not parts_by_hash(found, 4, [0.0, 0.0]).any()


def test_buckets_follow_the_rows_numbers() -> None:
    whole = buckets(0, 1000, 7, 5)
    assert np.array_equal(whole[300:500], buckets(300, 200, 7, 5))
    assert not np.array_equal(whole, buckets(0, 1000, 8, 5))


def test_it_stays_the_same_from_version_to_version() -> None:
    """Or else a model's held-out rows would be learned from by the next one."""
    table = {"x": [0.5, -1.0, None], "word": ["a", "b", None], "yes": ["yes", "no", "yes"]}
    assert hashes(table).tolist() == [
        9959177568337931317,
        11817781284494697527,
        9444414744199748004,
    ]
