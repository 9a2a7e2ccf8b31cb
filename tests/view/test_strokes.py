"""Strokes: which segments are one line."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import in_order, segments, strokes
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from matplotlib.path import Path

from classlens.view.displays.strokes import draw

A, B, C, D, E = (0, 0), (1, 1), (2, 2), (2, 0), (4, 4)
CASES = {
    "none": ([], []),
    "apart, as they are given": ([(D, C), (B, A)], [[D, C], [B, A]]),
    "one after the other": ([(A, B), (B, C), (C, E)], [[A, B, C, E]]),
    "against each other, in any order": ([(C, E), (B, A), (C, B)], [[A, B, C, E]]),
    "three at a corner": ([(A, B), (B, C), (D, B)], [[A, B], [B, C], [D, B]]),
    "a ring": ([(A, C), (D, C), (D, A)], [[A, C, D, A]]),
    "a ring with a stem": ([(C, E), (A, C), (D, C), (D, A)], [[C, E], [C, D, A, C]]),
    "twice the same": ([(A, B), (A, B)], [[A, B, A]]),
    "of no length": ([(A, B), (B, B), (B, C)], [[A, B, C]]),
}


def drawn(ends) -> Path:
    ax = Figure().add_subplot()
    draw(ax, np.array(ends, float).reshape(-1, 2, 2), label="line")
    return strokes(ax, "line")


@pytest.mark.parametrize("case", CASES)
def test_lines_run_on_where_two_segments_meet(case: str) -> None:
    ends, lines = CASES[case]
    path = drawn(ends)
    assert path.vertices.tolist() == [list(place) for line in lines for place in line]
    assert path.codes is not None
    begins = np.cumsum([0, *map(len, lines)])
    assert np.flatnonzero(path.codes == Path.MOVETO).tolist() == begins[:-1].tolist()
    closed = [end - 1 for end, line in zip(begins[1:], lines, strict=True) if line[0] == line[-1]]
    assert np.flatnonzero(path.codes == Path.CLOSEPOLY).tolist() == closed


PLACES = st.tuples(st.integers(0, 3), st.integers(0, 3))


@given(st.lists(st.tuples(PLACES, PLACES), max_size=20))
def test_each_segment_is_drawn_once(ends) -> None:
    ax = Figure().add_subplot()
    given = np.array(ends, float).reshape(-1, 2, 2)
    draw(ax, given, label="line")
    proper = given[(given[:, 0] != given[:, 1]).any(axis=1)]
    np.testing.assert_array_equal(in_order(segments(ax, "line")), in_order(proper))
