"""How fast training is, beside the same training in other libraries."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from unittest import mock

import numpy as np
from peers import PEERS, Work, ours
from timing import (
    Goal,
    Row,
    at_least,
    at_most,
    compared,
    installed,
    interleaved,
    missing,
    seconds,
    timed,
)

import classlens as cl
from classlens.training import loop


def lab(quick: bool) -> Iterator[Row]:
    """The lab's training, warm: 100 samples, 2-2-4, batch 32, 200 epochs, the whole of `fit`."""
    work = Work(cl.blobs(), hidden=2, batch_size=32, epochs=5 if quick else 200, learning_rate=0.01)
    return _against_peers(
        "lab fit", work, 1 if quick else 15, seconds, {"scikit-learn": at_least(20)}
    )


def rates(quick: bool) -> Iterator[Row]:
    """Samples a second on an MLP 784-128-10 with Adam, the whole of `fit`, compiled before."""
    goals = {32: {"scikit-learn": at_least(3)}, 256: {"scikit-learn": at_least(1.5)}}
    for batch_size, epochs in ((32, 10), (256, 20)):
        data = _images(300 if quick else 20_000)
        work = Work(data, 128, batch_size, 1 if quick else epochs, learning_rate=0.001)

        def rate(taken: float, samples: int = work.samples) -> str:
            return f"{samples / taken:,.0f} / s"

        rounds = 1 if quick else 5
        yield from _against_peers(
            f"784-128-10, batch {batch_size}", work, rounds, rate, goals[batch_size]
        )


def progress(quick: bool) -> Iterator[Row]:
    """What progress costs, and how often it comes: an MLP 784-128-10, batch 32, long epochs."""
    little = Goal("at most 5 % slower", lambda ratio: ratio >= 1 / 1.05)
    work = Work(_images(300 if quick else 60_000), 128, 32, 1 if quick else 4, 0.001)
    calls: list[float] = []
    listening = ours(
        work, progress=lambda _: calls.append(time.perf_counter()), validation_fraction=0.1
    )
    silent = ours(work, validation_fraction=0.1)

    def in_one_call() -> None:
        with mock.patch.object(loop, "_CALL_SECONDS", 1e6):
            silent()

    gaps: list[float] = []

    def listen() -> float:
        calls.clear()
        taken = timed(listening)()
        gaps.extend(after - before for before, after in itertools.pairwise(calls))
        return taken

    times = interleaved(
        {"listening": listen, "silent": timed(silent), "whole": timed(in_one_call)},
        1 if quick else 5,
    )
    with_progress = times["listening"]
    yield compared(
        "fit with a callback", with_progress, times["silent"], "without one", goal=little
    )
    yield compared(
        "fit in calls of 0.04 s", with_progress, times["whole"], "an epoch a call", goal=little
    )
    often = at_most(0.1, seconds)
    if gaps:
        longest = max(gaps)
        yield Row(
            "time between calls, median",
            seconds(median(gaps)),
            goal=often.words,
            reached=often.holds(median(gaps)),
        )
        yield Row(
            "time between calls, longest",
            seconds(longest),
            goal=often.words,
            reached=often.holds(longest),
        )


def _against_peers(
    what: str,
    work: Work,
    rounds: int,
    show: Callable[[float], str],
    goals: Mapping[str, Goal],
) -> Iterator[Row]:
    """A row for each of the other libraries, all measured in the same rounds."""
    present = {name: peer for name, peer in PEERS.items() if installed(peer.module)}
    contestants = {"ours": timed(ours(work))}
    contestants |= {name: timed(peer.start(work)) for name, peer in present.items()}
    times = interleaved(contestants, rounds)
    for name in PEERS:
        if name in present:
            yield compared(what, times["ours"], times[name], name, show=show, goal=goals.get(name))
        else:
            yield missing(what, times["ours"], name, show)


def _images(count: int) -> cl.Dataset:
    """Samples of 784 features in 10 classes, each class around a centre of its own."""
    random = np.random.default_rng(0)
    y = random.integers(0, 10, count)
    X = random.normal(size=(10, 784))[y] + random.normal(scale=4.0, size=(count, 784))
    return cl.Dataset(X.astype(np.float32), y, tuple(map(str, range(10))))
