"""What the tests of a page's conversation share: requests, and the events that answer them."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from typing import Any

from classlens.playground.playground import Playground

Event = dict[str, Any]

# It would take minutes.
LONG = {
    "data": {"source": "spirals", "samples": 5_000},
    "settings": {"epochs": 20_000, "hidden": [64, 64]},
}


def recipe(source: str = "blobs", /, **settings: Any) -> dict[str, Any]:
    """A recipe of few epochs."""
    return {"data": {"source": source}, "settings": {"epochs": 5, **settings}}


def ask(playground: Playground, do: Any, /, **parts: Any) -> list[Event]:
    """All events of a request; each is JSON that a browser reads."""
    events: list[Event] = []
    playground.answer({"do": do, **parts}, events.append)
    json.dumps(events, allow_nan=False)
    return events


def answer(playground: Playground, do: Any, /, **parts: Any) -> Event:
    """The one event that is no news."""
    (event,) = (e for e in ask(playground, do, **parts) if e["event"] != "progress")
    return event


def file(event: Event, name: str) -> bytes:
    """The content of a file that was saved."""
    assert (event["event"], event["name"]) == ("file", name), event
    return base64.b64decode(event["content"], validate=True)


class Going:
    """A request that is answered in another thread."""

    def __init__(
        self, playground: Playground, request: Event, gone: Callable[[], bool] = lambda: False
    ) -> None:
        self.events: list[Event] = []
        self._begun = threading.Event()
        self._thread = threading.Thread(target=playground.answer, args=(request, self._emit, gone))
        self._thread.start()

    def _emit(self, event: Event) -> None:
        self.events.append(event)
        if event["event"] == "progress" and event["epoch"] > 0:
            self._begun.set()

    def wait(self) -> None:
        """Until a whole epoch is done."""
        assert self._begun.wait(60), self.events

    def ended(self) -> list[Event]:
        """All its events, when there are no more."""
        self._thread.join(30)
        assert not self._thread.is_alive()
        return self.events
