"""The pace of a run's calls: they come to be short, however fast the machine."""

from __future__ import annotations

import pytest

from classlens.training.pacing import CALL_SECONDS, Pace


@pytest.mark.parametrize("seconds_a_step", [1e-7, 1e-5, 1e-3, 0.02])
def test_calls_come_to_take_a_25th_of_a_second(seconds_a_step: float) -> None:
    pace, seconds = Pace.assumed(numbers=52_000, rows=32), 0.0
    for _ in range(30):
        seconds = seconds_a_step * pace.steps
        pace = pace.after(pace.steps, seconds)
    assert 0.5 * CALL_SECONDS <= seconds <= 1.25 * CALL_SECONDS


def test_a_slow_step_is_one_call() -> None:
    pace = Pace.assumed(numbers=10**9, rows=10**6)
    assert pace.steps == 1
    assert pace.after(1, 60.0).steps == 1


def test_one_slow_call_slows_the_next_by_a_fourth_at_most() -> None:
    assert Pace(100.0).after(100, 10.0) == Pace(25.0)
    assert Pace(100.0).after(100, 0.0) == Pace(400.0)
