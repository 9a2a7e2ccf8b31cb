"""Requests as no client would send them: an application is asked directly."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

Result = TypeVar("Result")

TOKEN = "t0ken-of_24-characters-x"  # noqa: S105 - no secret
HOSTS = ("127.0.0.1:8123", "localhost:8123")
HOST, ORIGIN = HOSTS[0], f"http://{HOSTS[0]}"

Headers = Sequence[tuple[str, str]]


class Answer(NamedTuple):
    """What an application has answered."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        (value,) = (value for key, value in self.headers if key == name)
        return value


def awaited(work: Coroutine[Any, Any, Result]) -> Result:
    """What a coroutine gives; in a thread of its own, as a browser's loop may run in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def request(
    app: Any, method: str, target: str, headers: Headers, body: bytes = b"", kind: str = "http"
) -> list[dict[str, Any]]:
    """The messages that an application sends."""
    path, _, query = target.partition("?")
    scope = {
        "type": kind,
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http" if kind == "http" else "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode("latin-1"),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 8123),
    }
    sent: list[dict[str, Any]] = []
    given = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if given:
            return given.pop()
        await asyncio.sleep(3600)  # a page that stays
        raise AssertionError

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def run() -> None:
        await asyncio.wait_for(app(scope, receive, send), 60)

    awaited(run())
    return sent


def answer(app: Any, method: str, target: str, headers: Headers = (), body: bytes = b"") -> Answer:
    """An application's whole answer."""
    start, *parts = request(app, method, target, headers, body)
    assert start["type"] == "http.response.start"
    shown = [(name.decode(), value.decode("latin-1")) for name, value in start["headers"]]
    return Answer(start["status"], shown, b"".join(part.get("body", b"") for part in parts))


def get(app: Any, path: str, *more: tuple[str, str], token: str | None = TOKEN) -> Answer:
    """What the page's own request for a file is answered."""
    query = "" if token is None else f"?token={token}"
    return answer(app, "GET", path + query, [("host", HOST), *more])


def post(app: Any, path: str, body: bytes, **changed: str | None) -> Answer:
    """What the page's own request is answered, with headers changed, or left out where None."""
    headers = {
        "host": HOST,
        "origin": ORIGIN,
        "authorization": f"Bearer {TOKEN}",
        "content-type": "application/json",
        "content-length": str(len(body)),
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    given = [(name, value) for name, value in headers.items() if value is not None]
    return answer(app, "POST", path, given, body)
