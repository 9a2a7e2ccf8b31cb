"""Ctrl-C: at once where nothing is lost, else at the next point where the work can stop tidily."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator


@contextlib.contextmanager
def patiently() -> Iterator[Callable[[], None]]:
    """Inside, the first Ctrl-C is kept for the point where the work asks for it; a second one acts.

    An exception raised just anywhere would come to harm in libraries' native parts, and in files
    that are half written.

    Yields:
        What the work calls at its safe points: it raises KeyboardInterrupt after a Ctrl-C.
    """
    before = signal.getsignal(signal.SIGINT)
    pressed = False

    def keep(*_: object) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, before)

    def ask() -> None:
        if pressed:
            raise KeyboardInterrupt

    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, keep)
    try:
        yield ask
    finally:
        signal.signal(signal.SIGINT, before)
