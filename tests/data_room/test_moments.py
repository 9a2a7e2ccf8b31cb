"""Moments of numbers in pieces are those of all at once."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classlens.data.moments import Moments

NUMBERS = st.lists(st.floats(-1e30, 1e30), max_size=30)


@given(st.lists(NUMBERS, max_size=6))
def test_pieces_are_as_good_as_the_whole(pieces: list[list[float]]) -> None:
    joined = Moments()
    for piece in pieces:
        joined = joined.joined(Moments.of(np.array(piece)))
    whole = np.array([number for piece in pieces for number in piece])
    assert joined.count == len(whole)
    if not len(whole):
        assert (joined.low, joined.high) == (math.inf, -math.inf)
        return
    size = float(np.abs(whole).max())
    assert joined.mean == pytest.approx(whole.mean(), rel=1e-9, abs=1e-12 * size)
    spread = math.sqrt(joined.squares / joined.count)
    assert spread == pytest.approx(whole.std(), rel=1e-6, abs=1e-7 * size)
    assert (joined.low, joined.high) == (whole.min(), whole.max())


def test_a_large_mean_does_not_drown_the_spread() -> None:
    numbers = 1e9 + np.random.default_rng(0).normal(size=10_000)
    joined = Moments()
    for piece in np.array_split(numbers, 7):
        joined = joined.joined(Moments.of(piece))
    assert joined.spread == pytest.approx(numbers.std(), rel=1e-7)


def test_filled_with_the_mean() -> None:
    filled = Moments.of(np.array([1.0, 5.0])).filled(2)
    assert filled == Moments(4, 3.0, 8.0, 1.0, 5.0)


def test_numbers_that_are_all_the_same_have_no_spread_to_divide_by() -> None:
    assert Moments.of(np.full(1000, 0.1)).spread == 1.0
