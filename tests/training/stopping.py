"""Runs that end in the middle, and go on; what the tests of checkpoints share."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import classlens as cl
from classlens.training import pacing
from classlens.training.standing import Progress

OFTEN = 1e-9  # minutes: as soon as the last write is done
OPTIONS: dict[str, Any] = {"epochs": 2000, "hidden": (5,), "seed": 3}


def call_by_call(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call is of 64 epochs, however fast the machine."""
    monkeypatch.setattr(pacing.Pace, "assumed", lambda numbers, rows: pacing.Pace(256))
    monkeypatch.setattr(pacing.Pace, "after", lambda pace, steps, seconds: pace)


def wait_for(path: Path) -> None:
    for _ in range(12_000):
        if path.exists():
            return
        time.sleep(0.005)
    raise AssertionError(f"{path} does not come")


class Stop(Exception):
    """The program ends here, as far as the run can tell."""


def stopped(path: Path, *, reason: type[BaseException] = Stop, **options: Any) -> list[int]:
    """A run that is ended after 512 epochs, when there is a checkpoint; the epochs it told."""
    told: list[int] = []
    given = {**OPTIONS, **options}

    def stop(news: Progress) -> None:
        told.append(news.epoch)
        if news.epoch == 512:
            wait_for(path)
            raise reason

    often = cl.Checkpoint(path, OFTEN)
    if reason is KeyboardInterrupt:
        run = cl.fit(cl.blobs(), progress=stop, checkpoint=often, **given)
        assert run.ending == "interrupted"
        assert len(run.history) == told[-1]
    else:
        with pytest.raises(reason):
            cl.fit(cl.blobs(), progress=stop, checkpoint=often, **given)
    return told


def resumed(path: Path, **options: Any) -> tuple[cl.Run, list[int]]:
    told: list[int] = []
    run = cl.fit(
        cl.blobs(),
        progress=lambda news: told.append(news.epoch),
        checkpoint=cl.Checkpoint(path, resume=True),
        **{**OPTIONS, **options},
    )
    return run, told


def same(one: cl.Run, other: cl.Run) -> bool:
    first, second = one.history, other.history
    return first.columns() == second.columns() and all(
        np.array_equal(a, b)
        for a, b in zip(
            (first.kept, *first.parameters), (second.kept, *second.parameters), strict=True
        )
    )
