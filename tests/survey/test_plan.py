"""Which networks a sweep trains."""

from __future__ import annotations

from typing import Any

import numpy as np
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


def test_the_choices_of_each_network() -> None:
    plan = Plan.of(3, {}, {"l1": [0, 0.1], "hidden": [3, (4, 5)], "momentum": [0.0]})
    choices = list(plan.choices())
    assert len(plan) == 3 * len(choices) == 12
    for network in range(12):
        own = plan.settings_of(network)
        assert choices[network // 3] == {"l1": own.l1, "hidden": own.hidden, "momentum": 0.0}
    found = {
        number: group.settings_of(row)
        for numbers, group in plan.groups_of([11, 0, 2, 7])
        for row, number in enumerate(numbers)
    }
    assert found == {number: plan.settings_of(number) for number in (11, 0, 2, 7)}


@settings(max_examples=60, deadline=None)
@given(
    hidden=st.lists(st.integers(1, 9), min_size=1, max_size=4, unique=True),
    rates=st.lists(st.sampled_from([0.1, 0.01, 0.02]), min_size=1, max_size=3, unique=True),
    share=st.floats(0, 1),
    seed=st.integers(0, 2**63 - 1),
)
def test_a_sample_has_nothing_twice(hidden: Any, rates: Any, share: float, seed: int) -> None:
    grid = {"hidden": hidden, "learning_rate": rates}
    every = [repr(each) for each in Plan.of(2, {}, grid).choices()]
    sample = max(1, round(share * len(every)))
    plan = Plan.of(2, {}, grid, sample=sample, sample_seed=seed)
    drawn = [repr(each) for each in plan.choices()]
    assert len(set(drawn)) == len(drawn) == sample
    assert set(drawn) <= set(every)
    assert len(plan) == 2 * sample == sum(len(part.group) for part in plan.parts(DATA))
    again = Plan.of(2, {}, grid, sample=sample, sample_seed=seed)
    assert drawn == [repr(each) for each in again.choices()]


def test_a_sample_from_ranges() -> None:
    grid = {"learning_rate": "0.001:0.1", "momentum": "0:0.9", "hidden": [2, 3]}
    plan = Plan.of(1, {"optimizer": "sgd"}, grid, sample=4000)
    choices = list(plan.choices())
    rates = np.array([each["learning_rate"] for each in choices])
    momenta = np.array([each["momentum"] for each in choices])
    for even in ((np.log10(rates) + 3) / 2, momenta / 0.9):
        assert 0 <= even.min() < 0.01
        assert 0.99 < even.max() <= 1
        assert np.histogram(even, 8, (0, 1))[0].min() > 400
    units = [each["hidden"] for each in choices]
    assert units == sorted(units)
    assert 1850 < units.count((2,)) < 2150
    assert len({repr(each) for each in choices}) == 4000
    assert list(Plan.of(1, {"optimizer": "sgd"}, grid, sample=4000).choices()) == choices
    others = Plan.of(1, {"optimizer": "sgd"}, grid, sample=4000, sample_seed=1).choices()
    assert not {repr(each) for each in others} & {repr(each) for each in choices}


def test_what_is_drawn_stays_the_same() -> None:
    """Networks that were named once are found again: in other versions, on other machines."""
    plan = Plan.of(1, {}, {"hidden": list(range(1, 30))}, sample=6)
    assert [each["hidden"] for each in plan.choices()] == [(10,), (14,), (15,), (17,), (23,), (25,)]


@pytest.mark.parametrize(
    ("grid", "sample", "words"),
    [
        ({"l1": "0.1:1"}, None, "l1 is a range, 0.1:1.0: say with sample how many choices of sett"),
        ({"l1": "0:1"}, 3, "must have LOW above 0, as it is drawn by its logarithm, and HIGH abov"),
        ({"momentum": "0.5:0.5"}, 3, "range of momentum must have HIGH above LOW. Got '0.5:0.5'"),
        ({"momentum": "0:1"}, 3, "momentum must be a finite number of at least 0 and below 1. Got"),
        ({"l1": "a:b"}, 3, "the range of l1 must be LOW:HIGH, such as 0.001:0.1. Got 'a:b' instea"),
        ({"l1": "1:2:3"}, 3, "the range of l1 must be LOW:HIGH, such as 0.001:0.1. Got '1:2:3'"),
        ({"epochs": "1:9"}, 3, "epochs cannot be drawn from a range, only learning_rate, momentum"),
        ({"hidden": [1, 2]}, 3, "sample must be at most 2, as many as the grid has choices. Got 3"),
        ({}, 0, "sample must be a whole number from 1 to 100,000. Got 0 instead."),
        (
            {"epochs": range(1, 500), "batch_size": range(1, 500)},
            None,
            "at most 100,000 choices of settings. Got 249,001 instead: draw some of them with samp",
        ),
    ],
)
def test_what_cannot_be_drawn(grid: Any, sample: Any, words: str) -> None:
    with pytest.raises(cl.ArgumentError, match=words):
        Plan.of(1, {}, grid, sample=sample)


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
