"""A training that kills itself at a given moment, with no chance to tidy up.

Called as ``python kill_trainings.py CHECKPOINT MOMENT NUMBER``: MOMENT is ``call``, and it dies
after that many calls of the device, or ``write``, and it dies at that one of the moments of the
checkpoints' writes: five of each write, from the temporary file's start to the rename's end.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import classlens as cl
from classlens import files
from classlens.training import pacing
from classlens.training.standing import Progress

OPTIONS: dict[str, Any] = {
    "epochs": 30,
    "hidden": (8,),
    "batch_size": 16,
    "optimizer": "adamw",
    "schedule": "cosine",
    "validation_fraction": 0.2,
    "patience": 1000,
}


def train(path: Path, progress: Callable[[Progress], None] | None = None) -> cl.Run:
    """The training, from its checkpoint where there is one; an epoch is several calls."""
    often = cl.Checkpoint(path, minutes=1e-9, resume=True)
    return cl.fit(cl.blobs(600, spread=2.0), progress=progress, checkpoint=often, **OPTIONS)


class Moments:
    """Counts moments, and at one of them ends the process as a power cut would."""

    def __init__(self, last: int) -> None:
        self._left = last

    def pass_by(self, *_: Any) -> None:
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)


class DyingFile:
    """A file of which half may be written."""

    def __init__(self, file: Any, moments: Moments) -> None:
        self._file = file
        self._moments = moments

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def write(self, content: bytes) -> None:
        half = len(content) // 2
        self._file.write(content[:half])
        self._file.flush()
        self._moments.pass_by()
        self._file.write(content[half:])


class DyingSystem:
    """The operating system, as the writing of files sees it."""

    def __init__(self, moments: Moments) -> None:
        self._moments = moments

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)

    def fdopen(self, handle: int, mode: str) -> DyingFile:
        self._moments.pass_by()
        return DyingFile(os.fdopen(handle, mode), self._moments)

    def fsync(self, handle: int) -> None:
        self._moments.pass_by()
        os.fsync(handle)

    def open(self, path: Path, flags: int) -> int:
        self._moments.pass_by()  # the rename is done, and the folder not yet flushed
        return os.open(path, flags)


def main(path: Path, moment: str, number: int) -> None:
    moments = Moments(number)
    if moment == "write":
        files.os = DyingSystem(moments)  # type: ignore[attr-defined]

    def progress(_: Progress) -> None:
        time.sleep(0.005)  # so that there are several writes
        if moment == "call":
            moments.pass_by()

    pacing.Pace.after = lambda pace, *_: pace  # type: ignore[method-assign]
    pacing.Pace.assumed = lambda *_, **__: pacing.Pace(3)  # type: ignore[method-assign]
    train(path, progress)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
