"""Keeper: writes where a run stands, in the background, and finds it again."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from typing import Any

import jax

from classlens.files import check_target
from classlens.training import machines, snapshot
from classlens.training.checkpoint import Checkpoint
from classlens.training.standing import Standing


class Keeper:
    """Writes where a run stands, and does not let it wait for the disk.

    A write that fails does not end the run: the older file stays, the next one is tried at its
    time, and a warning says so in the end. Of several processes that work on one run, the first
    one writes.

    Args:
        checkpoint: where, and how often.
        fingerprint: says which run it is; called when that is first needed.

    Raises:
        ArgumentError: if a file is there that is not to go on.
        ModelFileError: if the file is no checkpoint.
        OutputError: if no file can be written there.
    """

    def __init__(self, checkpoint: Checkpoint, fingerprint: Callable[[], dict[str, Any]]) -> None:
        self._checkpoint = checkpoint
        self._path = checkpoint.file
        self._seconds = 60 * checkpoint.minutes
        self._fingerprint = fingerprint
        self._found = checkpoint.found()
        check_target(self._path)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="classlens-checkpoint")
        self._writing: Future[None] | None = None
        self._failures = 0
        self._reason = ""
        self._next = time.monotonic() + self._seconds

    @cached_property
    def _run(self) -> dict[str, Any]:
        return self._fingerprint()

    def begin(self, like: Standing) -> Standing:
        """Where the run goes on; where there is no file, that is its beginning.

        Raises:
            ArgumentError: if the file is of another run.
            ModelFileError: if it is damaged.
        """
        return like if self._found is None else snapshot.read(self._found, like, self._run)

    def offer(self, standing: Standing) -> None:
        """Write where the run stands now, in the background, if it is time and the disk is free."""
        free = self._writing is None or self._writing.done()
        if free and standing.ended is None and time.monotonic() >= self._next:
            self._write(standing)

    def keep(self, standing: Standing) -> None:
        """Bring a file that is there up to date, for a run that is ended before its time."""
        self._settle()
        if standing.ended is None and self._path.exists():
            self._write(standing)

    def close(self) -> None:
        """Wait for what is being written, and warn of what could not be."""
        self._settle()
        self._pool.shutdown()
        if self._failures:
            times = "" if self._failures == 1 else f" {self._failures} times; the last time"
            warnings.warn(
                f"the checkpoint was not written{times}: {self._reason}",
                RuntimeWarning,
                stacklevel=6,  # of the call of ``fit``
            )

    @property
    def stays(self) -> bool:
        """Whether the file outlives a run that ends well."""
        return self._checkpoint.stays

    def forget(self) -> None:
        """Remove the file: the run needs it no more."""
        if machines.process_index() == 0:
            self._checkpoint.remove()

    def _write(self, standing: Standing) -> None:
        self._settle()
        self._next = time.monotonic() + self._seconds
        if machines.process_index() == 0:
            # Here, because a trainer may give a state's memory away in its next call.
            state, sums = jax.device_get((standing.state, standing.sums))
            whole = replace(standing, state=state, sums=sums)
            self._writing = self._pool.submit(self._written, whole)

    def _written(self, standing: Standing) -> None:
        snapshot.write(self._path, standing, self._run)

    def _settle(self) -> None:
        """Wait for what is being written; note it if it failed."""
        if self._writing is None:
            return
        error = self._writing.exception()
        self._writing = None
        if error is not None:  # whatever it is, the training is worth more than its checkpoint
            self._failures += 1
            self._reason = str(error) or type(error).__name__
