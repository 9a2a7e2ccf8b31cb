"""What it costs to watch a run, and how often there is something to see."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import NamedTuple
from unittest import mock

from peers import Work, images, ours
from timing import Goal, Row, at_most, compared, interleaved, limited, seconds, timed

from classlens.training import pacing

_LITTLE = Goal("at most 5 % slower", lambda ratio: ratio >= 1 / 1.05)


class Watched(NamedTuple):
    """A run that was watched."""

    seconds: float
    gaps: list[float]  # seconds between one progress call and the next


def progress(quick: bool) -> Iterator[Row]:
    """An MLP 784-128-10 with long epochs: 54,000 samples in batches of 32, and 6,000 to check.

    Beside the run that is watched: the same without a progress callback, and the same in calls of
    whole epochs, which could be neither watched nor interrupted between.
    """
    work = Work(images(600 if quick else 60_000), 128, 32, 2 if quick else 4, 0.001)
    silent = timed(ours(work, validation_fraction=0.1))

    def watched() -> Watched:
        calls: list[float] = []
        fit = ours(
            work, validation_fraction=0.1, progress=lambda _: calls.append(time.perf_counter())
        )
        taken = timed(fit)()
        return Watched(taken, [after - before for before, after in itertools.pairwise(calls)])

    def unwatchable() -> Watched:
        with mock.patch.object(pacing, "CALL_SECONDS", 1e6):
            return Watched(silent(), [])

    contestants = {
        "watched": watched,
        "without a callback": lambda: Watched(silent(), []),
        "whole epochs": unwatchable,
    }
    runs = interleaved(contestants, 1 if quick else 5)
    times = {name: [run.seconds for run in each] for name, each in runs.items()}
    for peer in list(contestants)[1:]:
        yield compared("fit with progress", times["watched"], times[peer], peer, goal=_LITTLE)
    often = at_most(0.1, seconds)
    gaps = [gap for run in runs["watched"] for gap in run.gaps] or [0.0]
    yield limited("between progress calls", gaps, often)
    yield limited("between progress calls, longest of all", [max(gaps)], often)
