"""Which networks a sweep trains."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import classlens as cl
from classlens.data.dataset import Dataset
from classlens.survey import plan as module
from classlens.survey.plan import Plan

DATA = cl.blobs(samples=20)


@settings(max_examples=50, deadline=None)
@given(
    seeds=st.integers(1, 40),
    hidden=st.lists(st.integers(1, 9), max_size=3, unique=True),
    rates=st.lists(st.sampled_from([0.1, 0.01, 0.02]), max_size=3, unique=True),
    optimizers=st.lists(st.sampled_from(["adam", "sgd"]), max_size=2, unique=True),
    own_order=st.booleans(),
    rows=st.integers(1, 50),
)
def test_each_network_is_in_one_part(
    seeds: int, hidden: Any, rates: Any, optimizers: Any, own_order: bool, rows: int
) -> None:
    lists = {"hidden": hidden, "learning_rate": rates, "optimizer": optimizers}
    grid = {name: values for name, values in lists.items() if values}
    plan = Plan.of(seeds, {"epochs": 3}, grid, own_order=own_order)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_MOST_ROWS", rows)
        parts = list(plan.parts(DATA))
    assert [part.number for part in parts] == list(range(len(parts)))
    found = []
    for part in parts:
        assert part.first == len(found)
        assert 1 <= len(part.group) <= rows
        found += [part.group.settings_of(k) for k in range(len(part.group))]
    assert len(found) == len(plan)
    assert found == [plan.settings_of(k) for k in range(len(plan))]
    assert len({repr(each) for each in found}) == len(plan)
    assert {each.seed for each in found} == set(range(seeds))
    assert {each.shuffle_seed for each in found} == {None if own_order else 1234}
    assert {each.hidden for each in found} == {(units,) for units in hidden or [2]}


def test_seeds_count_fastest() -> None:
    plan = Plan.of(2, {}, {"learning_rate": [0.1, 0.2], "hidden": [3, (4, 5)]})
    found = [plan.settings_of(k) for k in range(8)]
    assert [each.seed for each in found] == [0, 1] * 4
    assert [each.learning_rate for each in found] == [0.1, 0.1, 0.2, 0.2] * 2
    assert [each.hidden for each in found] == [(3,)] * 4 + [(4, 5)] * 4


def test_an_order_of_one_s_own() -> None:
    assert Plan.of(2, {"shuffle_seed": 7}, {}).settings_of(1).shuffle_seed == 7


def test_large_networks_are_few_in_a_part() -> None:
    wide = Dataset([[0.0] * 784] * 64, [0, 1] * 32)
    sizes = [len(part.group) for part in Plan.of(300, {"hidden": 512}, {}).parts(wide)]
    assert max(sizes) < 30


@pytest.mark.parametrize(
    ("seeds", "options", "grid", "words"),
    [
        (0, {}, {}, "seeds must be a whole number from 1 to 1,000,000,000. Got 0 instead."),
        (10**9, {}, {"l1": [0, 1]}, "at most 1,000,000,000 networks. Got 2,000,000,000 instead."),
        (1, {"seed": 3}, {}, "a sweep draws its own seeds, 0 and up. Say how many with seeds."),
        (1, {"hiden": 3}, {}, "there is no setting 'hiden'. Did you mean 'hidden'?"),
        (1, {"l1": 0.1}, {"l1": [0, 1]}, "l1 is given by itself and in the grid. Leave one out."),
        (1, {}, {"hiden": [3]}, "there is no setting 'hiden'. Did you mean 'hidden'?"),
        (1, {}, {"seed": [1, 2]}, "seed cannot be in a grid. Choose another setting."),
        (1, {}, {"epochs": 3}, "the grid's epochs must be a list of values. Got 3 instead."),
        (1, {}, {"epochs": []}, r"the grid's epochs must be a list of values. Got \[\] instead."),
        (1, {}, {"optimizer": "sgd"}, "the grid's optimizer must be a list of values. Got 'sgd'"),
        (1, {}, {"epochs": [3, 0]}, "epochs must be a whole number from 1"),
        (1, {}, {"hidden": [3, (3,)]}, r"the grid's hidden has \(3,\) twice. Leave one out."),
        (
            1,
            {},
            {"momentum": [0.0, 0.5]},
            "momentum is used by sgd and rmsprop only. Got 0.5 with optimizer 'adam' instead.",
        ),
    ],
)
def test_what_is_no_plan(seeds: int, options: Any, grid: Any, words: str) -> None:
    with pytest.raises(cl.ArgumentError, match=words):
        Plan.of(seeds, options, grid)


def test_one_order_or_many() -> None:
    words = "shuffle_seed is the one of all networks. Got own_order too: leave one out."
    with pytest.raises(cl.ArgumentError, match=words):
        Plan.of(1, {"shuffle_seed": 3}, {}, own_order=True)
