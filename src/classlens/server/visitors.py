"""Visitors: a playground for each open page, so that nobody sees another one's work."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from classlens.errors import ArgumentError, short
from classlens.playground.playground import Playground

# A page draws its own name; one that has not been heard of for so long may be forgotten.
_NAME = re.compile(r"[A-Za-z0-9_-]{16,64}")
_MOST = 64
_SECONDS = 3600.0


class Visitors:
    """The playgrounds of the pages that are open.

    Args:
        make: makes one for a new visitor.
        clock: the time in seconds.
    """

    def __init__(
        self, make: Callable[[], Playground], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._make = make
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Playground]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._known)

    def playground(self, name: object) -> Playground:
        """The playground of a visitor.

        Args:
            name: what the page calls itself: 16 to 64 letters, digits, - or _, drawn at random.

        Raises:
            ArgumentError: if it is no such name.
        """
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ArgumentError(
                f"visitor must be 16 to 64 letters, digits, - or _. Got {short(name)} instead."
            )
        now = self._clock()
        with self._lock:
            _, found = self._known.pop(name, (now, None))
            found = found or self._make()
            self._known[name] = now, found
            for other, (heard, _) in list(self._known.items()):
                if now - heard <= _SECONDS and len(self._known) <= _MOST:
                    break
                del self._known[other]
        return found
