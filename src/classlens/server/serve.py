"""serve: the live page on this machine, until Ctrl-C."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import threading
import webbrowser
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import Any

import uvicorn
from starlette.applications import Starlette

from classlens.errors import ArgumentError
from classlens.kinds import Whole
from classlens.playground.playground import Playground
from classlens.playground.trial import Given
from classlens.playground.welcome import welcome
from classlens.server.app import application

ADDRESS = "127.0.0.1"
# Seconds that answers under way are given when the server ends.
_GRACE = 1
# Trainings take turns at the processor: more of them than it has cores, so that nobody waits for a
# long one to end.
_WORKERS = 32


def serve(
    given: Given | None = None,
    *,
    name: str = "",
    reading: Mapping[str, Any] = MappingProxyType({}),
    port: int = 0,
    state: str = "",
    browse: bool = True,
    ready: Callable[[str], None] = print,
) -> None:
    """Serve the live page until SIGINT, which is passed on when everything has ended.

    Args:
        given: the samples or the table that the page opens with.
        name: what they are called; without them the data set of that name, by default the lab's.
        reading: how the table was read, as arguments of ``read_table``.
        port: 0 for a free one.
        state: what the page is to show, as its address has it after the #.
        browse: open a browser, where there is one.
        ready: told the address as soon as it answers.

    Raises:
        ArgumentError: if the port is none, or taken.
    """
    port = Whole(0, 65_535).check("port", port)
    with _listening(port) as listening, ThreadPoolExecutor(_WORKERS, "classlens") as workers:
        port = listening.getsockname()[1]
        token = secrets.token_urlsafe(24)
        address = f"http://{ADDRESS}:{port}/?token={token}" + (f"#{state}" if state else "")
        opened = welcome(given, name)

        def make() -> Playground:
            return Playground(given, name=name, reading=reading)

        @contextlib.asynccontextmanager
        async def lifespan(_: Starlette) -> AsyncIterator[None]:
            # Loading JAX and compiling takes a second, which passes while the browser opens. It is
            # done when there is the first news.
            warm = threading.Event()
            request = {"do": "train", "recipe": opened["recipe"]}
            workers.submit(make().answer, request, lambda _: warm.set(), warm.is_set)
            ready(address)
            if browse:  # some browsers keep their caller waiting
                threading.Thread(target=_browse, args=(address,), daemon=True).start()
            yield
            warm.set()

        app = application(
            make,
            opened,
            token=token,
            hosts=(f"{ADDRESS}:{port}", f"localhost:{port}"),
            workers=workers,
            lifespan=lifespan,
        )
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="critical",  # addresses hold the token
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE,
        )
        uvicorn.Server(config).run(sockets=[listening])


def _listening(port: int) -> socket.socket:
    """A socket that takes connections from this machine alone."""
    listening = socket.socket()
    try:
        if os.name == "posix":  # elsewhere it would take a port that another program has
            # A port that was just left can be taken again at once.
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((ADDRESS, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise ArgumentError(
            f"port {port} cannot be used ({error.strerror}). Choose another one, or 0 for any that "
            "is free."
        ) from None
    return listening


def _browse(address: str) -> None:
    """Open a browser; where there is none the address has been printed."""
    with contextlib.suppress(webbrowser.Error):
        webbrowser.open(address)
