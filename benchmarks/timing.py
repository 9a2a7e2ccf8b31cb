"""Shared by all benchmarks: contestants timed in turn, and the rows of the table."""

from __future__ import annotations

import gc
import importlib.util
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

# Some libraries' threads spin for a while when their work is done, and would disturb the next one.
_PAUSE_SECONDS = 0.1

Result = TypeVar("Result")


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        what: what was measured.
        ours: our median.
        theirs: the other library's median, with its name; or that it is not installed.
        ratio: how many times faster ours is: the median of the rounds, and their range.
        goal: what we want.
        reached: whether we have it; None without a goal.
    """

    what: str
    ours: str
    theirs: str = "-"
    ratio: str = "-"
    goal: str = "-"
    reached: bool | None = None

    def cells(self) -> tuple[str, ...]:
        """The line's words, from left to right."""
        reached = "-" if self.reached is None else "yes" if self.reached else "no"
        return (self.what, self.ours, self.theirs, self.ratio, self.goal, reached)


HEADINGS = ("what", "ours (median)", "theirs (median)", "ratio (range)", "goal", "reached")


@dataclass(frozen=True)
class Goal:
    """A goal in words, and whether a number reaches it."""

    words: str
    holds: Callable[[float], bool]


def at_least(ratio: float) -> Goal:
    """So many times faster than the other one."""
    return Goal(f"at least {ratio:g} times faster", lambda number: number >= ratio)


def at_most(limit: float, show: Callable[[float], str]) -> Goal:
    """No more than a limit, which ``show`` puts into words."""
    return Goal(f"at most {show(limit)}", lambda number: number <= limit)


def seconds(value: float) -> str:
    """A duration in seconds, in words."""
    return f"{value * 1e3:.4g} ms" if value < 1 else f"{value:.4g} s"


def installed(module: str) -> bool:
    """Whether a library can be imported, without importing it."""
    return importlib.util.find_spec(module) is not None


def timed(work: Callable[[], object]) -> Callable[[], float]:
    """The work as a contestant: it gives the seconds that it took."""

    def measure() -> float:
        started = time.perf_counter()
        work()
        return time.perf_counter() - started

    return measure


def interleaved(
    contestants: Mapping[str, Callable[[], Result]], rounds: int
) -> dict[str, list[Result]]:
    """What each contestant gives in each round, after a warm-up that is not counted.

    They take turns, A B C A B C, so that a machine that grows slower or faster does so for all of
    them, and the numbers of one round can be compared with each other.
    """
    for measure in contestants.values():
        measure()
    results: dict[str, list[Result]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, measure in contestants.items():
            gc.collect()
            time.sleep(_PAUSE_SECONDS)
            results[name].append(measure())
    return results


def compared(
    what: str,
    ours: Sequence[float],
    theirs: Sequence[float],
    peer: str,
    *,
    show: Callable[[float], str] = seconds,
    goal: Goal | None = None,
) -> Row:
    """A row about two contestants of the same rounds.

    Args:
        what: what was measured.
        ours: our number in each round; less is better.
        theirs: the other one's number in each round.
        peer: the other one's name.
        show: puts a number into words.
        goal: what the ratio ``theirs / ours`` should be.
    """
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
    ratio = statistics.median(ratios)
    return Row(
        what=what,
        ours=show(statistics.median(ours)),
        theirs=f"{peer} {show(statistics.median(theirs))}",
        ratio=f"{ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
        goal=goal.words if goal else "-",
        reached=goal.holds(ratio) if goal else None,
    )


def limited(
    what: str, ours: Sequence[float], goal: Goal, *, show: Callable[[float], str] = seconds
) -> Row:
    """A row about ourselves alone: the median of the rounds against a limit."""
    middle = statistics.median(ours)
    return Row(what, show(middle), goal=goal.words, reached=goal.holds(middle))


def missing(what: str, ours: Sequence[float], peer: str, show: Callable[[float], str]) -> Row:
    """A row for another library that is not there to be compared with."""
    return Row(what, show(statistics.median(ours)), f"{peer} not installed")
