"""How fast training is, beside the same training in other libraries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from peers import PEERS, Work, images, ours
from timing import Goal, Row, at_least, compared, installed, interleaved, missing, seconds, timed

import classlens as cl


def lab(quick: bool) -> Iterator[Row]:
    """The lab's training, warm: 100 samples, 2-2-4, batches of 32, 200 epochs, all of ``fit``."""
    work = Work(cl.blobs(), hidden=2, batch_size=32, epochs=5 if quick else 200, learning_rate=0.01)
    goals = {"scikit-learn": at_least(20)}
    return _against_peers("lab fit", work, seconds, goals, rounds=1 if quick else 15)


def rates(quick: bool) -> Iterator[Row]:
    """Samples a second on an MLP 784-128-10 with Adam, compiled before, all of ``fit``."""
    data = images(300 if quick else 20_000)
    for batch_size, epochs, ratio in ((32, 6, 3.0), (256, 12, 1.5)):
        work = Work(data, 128, batch_size, 1 if quick else epochs, learning_rate=0.001)

        def rate(taken: float, samples: int = work.samples) -> str:
            return f"{samples / taken:,.0f} / s"

        goals = {"scikit-learn": at_least(ratio)}
        what = f"784-128-10, batch {batch_size}"
        yield from _against_peers(what, work, rate, goals, rounds=1 if quick else 5)


def _against_peers(
    what: str,
    work: Work,
    show: Callable[[float], str],
    goals: Mapping[str, Goal],
    *,
    rounds: int,
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
