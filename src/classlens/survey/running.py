"""The parts of a sweep, carried out on all of the machine."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import MappingProxyType
from typing import NamedTuple

import pyarrow as pa

from classlens.data.dataset import Dataset
from classlens.survey.plan import Part, Plan
from classlens.survey.rows import rows
from classlens.training.prepare import prepare
from classlens.training.processes import ALONE, Share

# Seconds between two words on how far it is.
_GLANCE = 0.1


class Progress(NamedTuple):
    """Where a sweep stands.

    Attributes:
        done: networks that are trained, as a fraction where some are half way.
        networks: all of them.
    """

    done: float
    networks: int


class Stopped(Exception):  # noqa: N818 - a signal between threads
    """The sweep has been interrupted."""


def check_data(plan: Plan, data: Dataset) -> None:
    """Refuse data that the first of the networks cannot learn from, before anything is made.

    Raises:
        ArgumentError: as ``fit``.
        DataError: as ``fit``.
    """
    first = plan.settings_of(0)
    prepare(data, first, validation_data=None, sample_weight=None)


def carried_out(
    plan: Plan,
    data: Dataset,
    progress: Callable[[Progress], None],
    *,
    weights: bool,
    without: Mapping[int, int] = MappingProxyType({}),
    share: Share = ALONE,
) -> Iterator[tuple[Part, pa.Table]]:
    """Train the networks of a plan; give each part with its rows, in their order.

    The parts are trained by as many threads as there are cores: neither the compiled kernel nor
    JAX holds Python's lock. So many and no more are ahead of the one that is given, so that the
    memory is bounded.

    Args:
        plan: the networks.
        data: what they learn.
        progress: called with the news.
        weights: whether the rows hold the networks' weights.
        without: the numbers of parts that are there already, and how many networks each has.
        share: which of several processes this is: it trains every so-many-th part.

    Raises:
        ArgumentError: as ``fit``.
        DataError: as ``fit``.
    """
    stop, lock = threading.Event(), threading.Lock()
    shares: dict[int, float] = {}
    finished = sum(without.values())

    def train(part: Part) -> pa.Table:
        def news(share: float) -> None:
            if stop.is_set():
                raise Stopped
            with lock:
                shares[part.number] = share * len(part.group)

        news(0.0)
        place = part.number // share.count
        return rows(data, part, place, news, weights=weights)

    def tell() -> None:
        with lock:
            done = finished + sum(shares.values())
        progress(Progress(done, len(plan)))

    parts = plan.parts(data)
    waiting: deque[tuple[Part, Future[pa.Table]]] = deque()
    cores = _cores()
    workers = ThreadPoolExecutor(cores, "classlens-sweep")
    try:
        tell()
        while True:
            while len(waiting) < 2 * cores and (part := next(parts, None)):
                if part.number % share.count != share.index:
                    continue
                if part.number not in without:
                    waiting.append((part, workers.submit(train, part)))
            if not waiting:
                tell()
                return
            part, future = waiting[0]
            while not future.done():
                tell()
                wait([future], timeout=_GLANCE)
            waiting.popleft()
            table = future.result()
            with lock:
                shares.pop(part.number, None)
            finished += len(part.group)
            tell()
            yield part, table
    finally:
        stop.set()
        workers.shutdown(wait=True, cancel_futures=True)


def _cores() -> int:
    """How many cores this process may use, where the system says so: a cluster gives it some."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
