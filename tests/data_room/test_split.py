"""Stratified parts: the same share of every class, and every row in exactly one of them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classlens.data.split import stratified

LABELS = st.lists(st.integers(1, 30), min_size=1, max_size=5).flatmap(
    lambda counts: st.permutations(
        [2 * index for index, count in enumerate(counts) for _ in range(count)]
    )
)


@given(labels=LABELS, fraction=st.floats(0.001, 0.999), seed=st.integers())
def test_the_parts_have_every_row_once_and_the_share_of_each_class(
    labels: list[int], fraction: float, seed: int
) -> None:
    y = np.array(labels)
    first, second = stratified(y, fraction, seed)
    assert sorted([*first, *second]) == list(range(len(y)))
    for part in (first, second):
        assert (np.diff(part) > 0).all()
    assert set(y[first]) == set(labels)
    for each in set(labels):
        count, taken = labels.count(each), int((y[second] == each).sum())
        if count == 1:
            assert taken == 0
            continue
        assert taken >= 1
        assert abs(taken - fraction * count) <= 0.5 or taken in (1, count - 1)


def test_the_seed_decides() -> None:
    y = np.repeat([0, 1, 2], 20)

    def held_out(seed: int) -> tuple[int, ...]:
        return tuple(stratified(y, 0.5, seed)[1].tolist())

    assert held_out(7) == held_out(7)
    assert len({held_out(seed) for seed in (0, 1, 7, -7, 2**70, -(2**70))}) == 6


def test_every_row_is_as_likely_to_be_held_out() -> None:
    y = np.array([0] * 10 + [1] * 30)
    times = np.zeros(len(y))
    for seed in range(2000):
        times[stratified(y, 0.2, seed)[1]] += 1
    # Five standard deviations of a share of 0.2 among 2000 draws.
    np.testing.assert_allclose(times / 2000, 0.2, atol=5 * np.sqrt(0.2 * 0.8 / 2000))
