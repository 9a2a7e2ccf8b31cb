"""Now and then a plain line on how far a long command is, where no terminal shows a bar."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from datetime import timedelta

from rich.console import Console

# Seconds from one line to the next, and before the first: a short command says none.
SECONDS = 60.0


class Lines:
    """Says on standard error, about every minute, how far the work is.

    Args:
        out: what the command prints to: nothing is said where it is a terminal, or quiet.
        tell: prints a line.
    """

    def __init__(self, out: Console, tell: Callable[[str], None]) -> None:
        self._silent = out.is_terminal or out.quiet
        self._tell = tell
        self._said = time.monotonic()
        self._first: tuple[float, float] | None = None

    def __call__(self, done: float, total: float | None, words: Callable[[float], str]) -> None:
        """Say it, if a line is due.

        Args:
            done: how much of the work is done; what is done at the first call was there before.
            total: how much there is, or None if nobody knows.
            words: what is said of it, given how much is done in a second.
        """
        if self._silent:
            return
        now = time.monotonic()
        if self._first is None:
            self._first = (now, done)
        if now - self._said < SECONDS:
            return
        self._said = now
        since, before = self._first
        rate = (done - before) / (now - since) if now > since else 0.0
        left = ""
        if total is not None and rate > 0:
            left = f", about {timedelta(seconds=round((total - done) / rate))} left"
        with contextlib.suppress(OSError):  # nobody reads it: the work goes on
            self._tell(words(rate) + left)
