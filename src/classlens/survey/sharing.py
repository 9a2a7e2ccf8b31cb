"""One sweep by several processes: each trains its parts, and they see one another's in the folder.

They tell one another of the sweep by empty files, whose names hold a word that only those have that
have been joined: process 0 makes one when the folder is ready and takes it away when the table is
there, and each other one makes one when its parts are there. So no connection is held for long.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from classlens.data.dataset import Dataset
from classlens.errors import OutputError, ProcessesError
from classlens.files import checked_path
from classlens.survey.folder import Folder
from classlens.survey.plan import Plan
from classlens.survey.running import Progress, carried_out, check_data
from classlens.training.processes import Share

# Seconds between two looks into the folder, at least: a large one takes longer to look through.
_GLANCE = 0.2
# Seconds that a shared file system may take to show what another machine has written.
PATIENCE = 120
_SIGN = ".together-"

Tell = Callable[[Progress], None]


def lead(
    folder: Folder, plan: Plan, data: Dataset, progress: Tell, *, weights: bool, share: Share
) -> None:
    """Train process 0's parts into the folder, and wait until those of the others are there.

    Args:
        folder: the sweep's.
        plan: the networks.
        data: what they learn.
        progress: called with the news of all processes.
        weights: keep the networks' weights in the table.
        share: how many processes there are.

    Raises:
        OutputError: if a part cannot be written, or one that is there is damaged.
    """
    parts = plan.part_count(data)
    glance = _Glance(folder, share)

    def tell(news: Progress) -> None:
        others = glance().others * len(plan) / parts
        progress(news._replace(done=min(news.done + others, len(plan))))

    _train(folder, plan, data, tell if share.count > 1 else progress, weights=weights, share=share)
    while (seen := glance()).all < parts or not _others_ready(folder.path, share):
        progress(Progress(seen.all * len(plan) / parts, len(plan)))
        time.sleep(_GLANCE)
    progress(Progress(len(plan), len(plan)))


def take_part(
    path: str | Path,
    plan: Plan,
    data: Dataset,
    *,
    share: Share,
    weights: bool = False,
    progress: Tell = lambda _: None,
) -> int:
    """Train a share of a sweep that process 0 carries out with ``sweep_into``.

    Args:
        path: the folder, which process 0 makes; all must see the same.
        plan: the networks.
        data: what they learn.
        share: which process this is, not 0.
        weights: keep the networks' weights in the table.
        progress: called with the news.

    Returns:
        How many networks it has trained.

    Raises:
        ArgumentError: if the sweep in the folder is another one.
        DataError: as ``fit``.
        OutputError: if something cannot be written, or a part is damaged.
        ProcessesError: if process 0 does not begin in this folder, or ends before the table is
            there.
    """
    path = checked_path(path)
    check_data(plan, data)
    sign = _sign(path, share)
    told = Progress(0, len(plan))
    deadline = time.monotonic() + PATIENCE
    while not sign.exists():
        if time.monotonic() > deadline:
            raise ProcessesError(
                f"process 0 has not begun a sweep in the folder {path} for {PATIENCE} s, or "
                f"{share} does not see that folder. Give all processes the same --out, in a file "
                "system that all machines share."
            )
        progress(told)
        time.sleep(_GLANCE)
    folder = Folder(path, plan, data, weights=weights, resume=True, own=False)
    networks = 0
    if not folder.finished:
        networks = _train(folder, plan, data, progress, weights=weights, share=share)
    _make(path / f"{sign.name}-{share.index}")
    while sign.exists():
        progress(told)
        time.sleep(_GLANCE)
    if not folder.table.exists():
        raise ProcessesError(
            f"process 0 has ended before the table was there; what it said tells why. What {share} "
            "has trained is kept: start all processes again with --resume."
        )
    return networks


@contextlib.contextmanager
def led(path: Path, share: Share, ask: Callable[[], None]) -> Iterator[None]:
    """Inside, the others work in the folder, as process 0 does; it comes out when they are ready.

    Args:
        path: the folder.
        share: process 0's.
        ask: called while it waits; what it raises ends that.

    Raises:
        OutputError: if the folder cannot be written to.
    """
    _clear(path)
    if share.count > 1:
        _make(_sign(path, share))
    try:
        yield
        while not _others_ready(path, share):  # they may not have seen yet that it was finished
            ask()
            time.sleep(_GLANCE)
    finally:
        _clear(path)


def _train(
    folder: Folder, plan: Plan, data: Dataset, tell: Tell, *, weights: bool, share: Share
) -> int:
    """Train what is this process's and not there yet; how many networks that were."""
    done, networks = folder.done(data, share), 0
    for part, table in carried_out(plan, data, tell, weights=weights, without=done, share=share):
        folder.keep(part, table)
        networks += len(part.group)
    return networks


class _Seen(NamedTuple):
    """How many parts are there: all, and those of other processes."""

    all: int
    others: int


class _Glance:
    """Looks into the folder, but so seldom that it costs little where there are many parts."""

    def __init__(self, folder: Folder, share: Share) -> None:
        self._folder, self._share = folder, share
        self._seen, self._next = _Seen(0, 0), 0.0

    def __call__(self) -> _Seen:
        started = time.monotonic()
        if started >= self._next:
            numbers = set(self._folder.numbers())
            others = sum(number % self._share.count != self._share.index for number in numbers)
            self._seen = _Seen(len(numbers), others)
            took = time.monotonic() - started
            self._next = started + took + max(_GLANCE, 10 * took)
        return self._seen


def _sign(path: Path, share: Share) -> Path:
    return path / f"{_SIGN}{share.token}"


def _others_ready(path: Path, share: Share) -> bool:
    """Whether each has said that its parts are there."""
    return sum(1 for _ in path.glob(f"{_sign(path, share).name}-*")) >= share.count - 1


def _make(path: Path) -> None:
    try:
        path.touch()
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}.") from error


def _clear(path: Path) -> None:
    with contextlib.suppress(OSError):
        for each in path.glob(f"{_SIGN}*"):
            each.unlink(missing_ok=True)
