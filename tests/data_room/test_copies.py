"""Frequent rows are found in one pass, against counting them all."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classlens.data import copies
from classlens.data.copies import Copies
from classlens.data.hashing import Hashes


def words(numbers: list[int]) -> Hashes:
    return np.array(numbers, np.uint64)


@given(st.lists(st.lists(st.integers(0, 30), max_size=60), max_size=8))
def test_the_counts_are_exact_while_there_is_room(pieces: list[list[int]]) -> None:
    found = Copies()
    for piece in pieces:
        found = found.met(words(piece))
    exact = Counter(number for piece in pieces for number in piece)
    assert found.of(words(list(range(40)))).tolist() == [exact[number] for number in range(40)]


@given(st.lists(st.lists(st.integers(0, 30), max_size=60), max_size=8))
def test_of_more_rows_the_frequent_ones_are_kept(pieces: list[list[int]]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "_KEPT", 4)
        found = Copies()
        for piece in pieces:
            found = found.met(words(piece))
    exact = Counter(number for piece in pieces for number in piece)
    assert len(found.hashes) <= 4
    for number, count in exact.items():
        (told,) = found.of(words([number]))
        assert count - exact.total() / 5 <= told <= count
