"""Visitors: each has its own playground, and who is not heard of is forgotten."""

from __future__ import annotations

import re
import threading
from typing import Any

import pytest

import classlens as cl
from classlens.playground.playground import Playground
from classlens.server.visitors import Visitors


class Clock:
    def __init__(self) -> None:
        self.now = 1e6

    def __call__(self) -> float:
        return self.now


def name(number: int) -> str:
    return f"visitor-{number:016}"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def visitors(clock: Clock) -> Visitors:
    return Visitors(Playground, clock)


def test_each_has_its_own(visitors: Visitors) -> None:
    first, second = (visitors.playground(name(number)) for number in (1, 2))
    assert first is not second
    assert visitors.playground(name(1)) is first
    assert visitors.playground(name(2)) is second
    assert len(visitors) == 2


@pytest.mark.parametrize("length", [16, 64])
def test_names_that_are_allowed(visitors: Visitors, length: int) -> None:
    assert visitors.playground(("aZ09_-" * 11)[:length])


@pytest.mark.parametrize(
    "given",
    [
        None,
        5,
        ["a" * 16],
        "",
        "a" * 15,
        "a" * 65,
        "a" * 16 + "\n",
        "a" * 15 + " ",
        "a" * 15 + "/",
        "a" * 15 + "é",
        "a" * 15 + "\0",
        "a" * 15 + "٣",
        b"a" * 16,
    ],
)
def test_names_that_are_none(visitors: Visitors, given: Any) -> None:
    words = "visitor must be 16 to 64 letters, digits, - or _. Got "
    with pytest.raises(cl.ArgumentError, match=f"^{re.escape(words)}.* instead"):
        visitors.playground(given)
    assert len(visitors) == 0


def test_who_is_not_heard_of_for_an_hour_is_forgotten(visitors: Visitors, clock: Clock) -> None:
    first, second = (visitors.playground(name(number)) for number in (1, 2))
    clock.now += 3_000
    assert visitors.playground(name(2)) is second
    clock.now += 600
    visitors.playground(name(3))
    assert len(visitors) == 3  # an hour to the second is not too long
    clock.now += 1
    visitors.playground(name(4))
    assert len(visitors) == 3
    assert visitors.playground(name(2)) is second
    assert visitors.playground(name(1)) is not first


def test_all_may_be_forgotten_at_once(visitors: Visitors, clock: Clock) -> None:
    for number in range(20):
        visitors.playground(name(number))
    clock.now += 3_601
    visitors.playground(name(99))
    assert len(visitors) == 1


def test_of_more_than_64_the_one_heard_of_longest_ago_is_forgotten(
    visitors: Visitors, clock: Clock
) -> None:
    first = [visitors.playground(name(number)) for number in range(64)]
    assert len(visitors) == 64
    assert visitors.playground(name(0)) is first[0]  # and so is heard of
    visitors.playground(name(64))
    assert len(visitors) == 64
    assert visitors.playground(name(0)) is first[0]
    assert visitors.playground(name(2)) is first[2]
    assert visitors.playground(name(1)) is not first[1]


def test_who_comes_twice_at_once_is_one(clock: Clock) -> None:
    """Whatever thread a request is answered in."""
    made: list[Playground] = []
    begin = threading.Barrier(16)

    def make() -> Playground:
        made.append(Playground())
        return made[-1]

    visitors = Visitors(make, clock)

    def come() -> None:
        begin.wait(30)
        for _ in range(50):
            visitors.playground(name(1))

    threads = [threading.Thread(target=come) for _ in range(16)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert len(made) == len(visitors) == 1


def test_the_clock_is_the_machine_s_own() -> None:
    assert Visitors(Playground).playground(name(1)) is not None
