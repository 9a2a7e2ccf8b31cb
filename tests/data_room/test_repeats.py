"""Merged samples against a plain dictionary, and the words about weights."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classlens.data.repeats import merged

rows = st.lists(
    st.tuples(
        st.sampled_from([0.0, -0.0, 1.0, 0.1]), st.integers(-1, 1), st.integers(0, 2),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=12,
)  # fmt: skip


def columns(
    table: list[tuple[float, int, int, int]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    X = np.array([[a, b] for a, b, _, _ in table], dtype=np.float64)
    return X, np.array([y for _, _, y, _ in table]), np.array([w for *_, w in table], dtype=float)


@given(rows)
def test_equal_samples_are_counted_together(table: list[tuple[float, int, int, int]]) -> None:
    expected: dict[tuple[float, float, int], float] = defaultdict(float)
    for a, b, y, w in table:
        if w:
            expected[a, b, y] += w  # 0.0 and -0.0 are one key
    X, y, weight = merged(*columns(table))
    found = {(a, b, c): w for (a, b), c, w in zip(X.tolist(), y.tolist(), weight, strict=True)}
    assert found == expected
    assert len(found) == len(X)


@given(rows, st.randoms())
def test_copies_are_weights_and_the_order_does_not_matter(
    table: list[tuple[float, int, int, int]], random: object
) -> None:
    copies = [(a, b, y, 1) for a, b, y, w in table for _ in range(w)]
    random.shuffle(copies)  # type: ignore[attr-defined]
    if not copies:
        return
    for one, other in zip(merged(*columns(table)), merged(*columns(copies)), strict=True):
        assert np.array_equal(one, other)
        assert one.dtype == other.dtype


def test_float32_stays() -> None:
    X = np.array([[0.1], [0.1]], dtype=np.float32)
    assert merged(X, np.array([0, 0]), np.ones(2))[0].dtype == np.float32
