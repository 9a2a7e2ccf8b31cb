"""Writing checkpoints while a run goes on: a disk that is full, and whatever else goes wrong."""

from __future__ import annotations

import errno
import os
import warnings
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import pytest
from stopping import OFTEN, OPTIONS, call_by_call, resumed, same, stopped

import classlens as cl
from classlens.training import keeping, machines
from classlens.training.prepare import prepare
from classlens.training.standing import Progress, beginning


@pytest.fixture(autouse=True)
def _same_calls_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    call_by_call(monkeypatch)


@pytest.fixture(scope="module")
def whole() -> cl.Run:
    return cl.fit(cl.blobs(), **OPTIONS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.checkpoint"


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A disk that is full as long as the list is not empty."""
    state, real = [True], os.fsync

    def fsync(handle: int) -> None:
        if state:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return state


def test_a_full_disk_ends_no_training(path: Path, full: list[bool], whole: cl.Run) -> None:
    with pytest.warns(RuntimeWarning) as caught:
        run = cl.fit(cl.blobs(), checkpoint=cl.Checkpoint(path, OFTEN), **OPTIONS)
    assert same(run, whole)
    (told,) = caught
    words = f": cannot write {path}: No space left on device."
    assert str(told.message).startswith("the checkpoint was not written ")
    assert str(told.message).endswith(words)
    assert told.filename == __file__
    assert list(path.parent.iterdir()) == []


def test_the_older_file_survives_a_full_disk(path: Path, full: list[bool], whole: cl.Run) -> None:
    room = full.copy()
    full.clear()
    stopped(path)
    content = path.read_bytes()
    full.extend(room)

    def stop(news: Progress) -> None:
        raise KeyboardInterrupt

    going_on = cl.Checkpoint(path, resume=True)
    with pytest.warns(RuntimeWarning, match=r"^the checkpoint was not written: cannot write "):
        cl.fit(cl.blobs(), progress=stop, checkpoint=going_on, **OPTIONS)
    assert path.read_bytes() == content
    full.clear()
    assert same(resumed(path)[0], whole)


def test_a_disk_that_has_room_again_is_written_to(path: Path, full: list[bool]) -> None:
    job = prepare(cl.blobs(), cl.Settings(), validation_data=None, sample_weight=None)
    keeper = keeping.Keeper(cl.Checkpoint(path, OFTEN), lambda: {"epochs": 200})
    for _ in range(2):
        keeper.offer(beginning(job))
        wait([keeper._writing])
        assert path.exists() != bool(full)
        full.clear()
    with pytest.warns(RuntimeWarning) as caught:
        keeper.close()
    assert str(caught[0].message) == (
        f"the checkpoint was not written: cannot write {path}: No space left on device."
    )


def test_whatever_goes_wrong_in_writing_ends_no_training(
    path: Path, monkeypatch: pytest.MonkeyPatch, whole: cl.Run
) -> None:
    def fail(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(keeping.snapshot, "write", fail)
    with pytest.warns(RuntimeWarning, match=r"not written.*: MemoryError$"):
        run = cl.fit(cl.blobs(), checkpoint=cl.Checkpoint(path, OFTEN), **OPTIONS)
    assert same(run, whole)


def test_of_several_processes_the_first_one_writes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machines, "process_index", lambda: 1)
    path.with_name("other").touch()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cl.fit(cl.blobs(), checkpoint=cl.Checkpoint(path, OFTEN), **OPTIONS)
    assert [each.name for each in path.parent.iterdir()] == ["other"]


def test_nothing_is_written_before_it_is_time(path: Path) -> None:
    seen: list[bool] = []
    cl.fit(cl.blobs(), progress=lambda _: seen.append(path.exists()), checkpoint=path, **OPTIONS)
    assert not any(seen)
