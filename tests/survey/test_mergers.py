"""Merged classes as text, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classlens.survey.mergers import names_in, pairs_in, text_of


@given(
    st.lists(st.text(alphabet=' +;"\\abü\n', max_size=6), min_size=2, max_size=5, unique=True),
    st.data(),
)
def test_whatever_the_names_are(names: list[str], data: Any) -> None:
    into = [
        data.draw(st.sampled_from([-1, *(k for k in range(len(names)) if k != lost)]))
        for lost in range(len(names))
    ]
    pairs = {frozenset((lost, each)) for lost, each in enumerate(into) if each >= 0}
    text = text_of(np.array(into), names)
    if not pairs:
        assert text == ""
        return
    found = [names_in(pair) for pair in pairs_in(text)]
    assert {frozenset(map(names.index, pair)) for pair in found} == pairs
    assert len(found) == len(pairs)
    assert all(len(pair) == 2 for pair in found)
