"""Places that several examples share."""

from __future__ import annotations

import numpy as np
import pytest

from classlens.analysis.coincidences import coincidences


def on_a_line(at):
    x = np.asarray(at, dtype=float)
    return np.stack((x, 2 * x), axis=1)


def test_the_fullest_first_and_at_least_three() -> None:
    places = on_a_line(np.repeat([1.0, 2.0, 3.0, 4.0], [2, 3, 5, 1]))
    found = coincidences(places, np.arange(11) % 2, 2)
    assert [(each.place.tolist(), each.total) for each in found] == [([3, 6], 5), ([2, 4], 3)]
    assert found[0].counts.tolist() == [2, 3]


def test_nearly_equal_counts_as_equal_and_near_does_not() -> None:
    at = [0.0, 1.0, 1.0 + 1e-8, 1.0 - 1e-8, 2.0, 2.0 + 1e-4, 2.0 - 1e-4]
    (found,) = coincidences(on_a_line(at), np.zeros(7, int), 1)
    assert found.total == 3
    assert found.place[0] == pytest.approx(1.0)


def test_a_few_of_very_many_are_no_news() -> None:
    at = np.r_[np.linspace(0, 1, 600), np.full(4, 0.5), np.full(9, 0.7)]
    (found,) = coincidences(on_a_line(at), np.zeros(613, int), 1)
    assert found.total == 9
