"""The application: the page and its two files, and one address that the page's requests go to."""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import Executor
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Lifespan

from classlens.errors import ArgumentError
from classlens.playground.playground import Playground
from classlens.playground.recipe import mapping
from classlens.server.guard import Guard
from classlens.server.visitors import Visitors
from classlens.view.bundle import bundle, embedded, page_file

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Classlens</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css?token={token}">
</head>
<body>
<div id="page" class="classlens"><noscript>The playground needs JavaScript.</noscript></div>
<script type="application/json" id="welcome">{welcome}</script>
<script type="module" src="/page.js?token={token}"></script>
</body>
</html>
"""

_START = """
start(document.getElementById("page"), {
  welcome: JSON.parse(document.getElementById("welcome").textContent),
  token: new URLSearchParams(location.search).get("token"),
});
"""

_BODY = "html, body { margin: 0; height: 100%; }\n"

# What is done even while all workers have work: it ends some of that.
_AT_ONCE = ("stop",)

# What ends a stream, in the queue between the thread that works and the one that answers.
_END = None

# So many events of a request wait for a slow page, and then the work waits, too: what nobody reads
# would fill the memory. Seconds between two glances at whether the page has gone meanwhile; and
# seconds after which it counts as gone, for its work keeps a worker.
_AHEAD = 4
_GLANCE = 0.1
_PATIENCE = 60.0


def application(
    make: Callable[[], Playground],
    opened: dict[str, Any],
    *,
    token: str,
    hosts: Iterable[str],
    workers: Executor,
    lifespan: Lifespan[Starlette] | None = None,
) -> ASGIApp:
    """The server's application, guarded.

    Args:
        make: makes the playground of a new visitor.
        opened: what the page begins with, as ``welcome`` gives it.
        token: what requests must bring.
        hosts: the values of Host that are this server's.
        workers: what the trainings run in.
        lifespan: what is done when the server begins and ends.
    """
    visitors = Visitors(make)
    first = embedded(opened)

    async def page(_: Request) -> Response:
        return HTMLResponse(_PAGE.format(token=html.escape(token), welcome=first))

    async def script(_: Request) -> Response:
        return Response(bundle("http") + _START, media_type="text/javascript")

    async def style(_: Request) -> Response:
        return Response(_BODY + page_file("style.css"), media_type="text/css")

    async def ask(request: Request) -> Response:
        try:
            given = mapping(_json(await request.body()), "request", None)
            playground = visitors.playground(given.pop("visitor", None))
        except ArgumentError as error:
            return JSONResponse({"event": "error", "message": str(error)}, 400)
        events = _events(playground, given, workers)
        return StreamingResponse(events, media_type="text/event-stream")

    app = Starlette(
        routes=[
            Route("/", page),
            Route("/page.js", script),
            Route("/style.css", style),
            Route("/ask", ask, methods=["POST"]),
        ],
        lifespan=lifespan,
    )
    return Guard(app, frozenset(hosts), token)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise ArgumentError("a request must be JSON. Got something else instead.") from None


async def _events(
    playground: Playground,
    given: dict[str, Any],
    workers: Executor,
) -> AsyncIterator[str]:
    """The events of a request, as they come; when the page is gone, the work ends."""
    loop = asyncio.get_running_loop()
    events: asyncio.Queue[str | None] = asyncio.Queue()
    gone, room = threading.Event(), threading.Semaphore(_AHEAD)

    def put(text: str | None) -> None:
        with contextlib.suppress(RuntimeError):  # the server has ended, and its loop is closed
            loop.call_soon_threadsafe(events.put_nowait, text)

    def emit(event: dict[str, Any]) -> None:
        text = f"data: {json.dumps(event, separators=(',', ':'))}\n\n"
        waited = 0.0
        while not room.acquire(timeout=_GLANCE):
            waited += _GLANCE
            if waited > _PATIENCE:
                gone.set()
            if gone.is_set():
                return
        put(text)

    def work() -> None:
        try:
            playground.answer(given, emit, gone.is_set)
        finally:
            put(_END)

    job = loop.run_in_executor(None if given.get("do") in _AT_ONCE else workers, work)
    try:
        while (text := await events.get()) is not _END:
            yield text
            room.release()
    finally:
        gone.set()
        job.cancel()  # one that has not begun
