"""The server as a person starts it: for whom it answers, and how it ends."""

from __future__ import annotations

import contextlib
import signal
import socket
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from playing import LONG, Server, playing

import classlens as cl
from classlens.server import serve as module

WORKERS = module._WORKERS

# Each starts processes of its own, which load JAX.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with playing() as server:
        yield server


def ended(server: Server) -> None:
    """It has ended tidily, soon after Ctrl-C: what goes on would take minutes."""
    server.process.send_signal(signal.SIGINT)
    assert server.process.wait(20) == 0, server.errors()
    assert server.rest() == "Ended.\n"
    assert server.errors() == ""


def test_it_answers_at_the_address_that_it_prints(server: Server) -> None:
    with httpx.Client(trust_env=False) as page:
        found = page.get(server.address)
        assert found.status_code == 200
        assert found.headers["content-type"] == "text/html; charset=utf-8"
        assert "server" not in found.headers
        assert page.get(server.address.replace(server.token, "x" * 32)).status_code == 403
        assert page.get(server.base).status_code == 403
        assert page.get(f"http://localhost:{server.port}/?token={server.token}").status_code == 200


def test_it_trains(server: Server) -> None:
    made = server.ask(1, do="train", recipe={"data": {"source": "blobs"}})[-1]["payload"]
    assert made["history"]["loss"] == cl.fit(cl.blobs()).history.loss.tolist()


def test_nobody_outside_of_this_machine_reaches_it(server: Server) -> None:
    own = socket.gethostbyname(socket.gethostname())
    for address in {"127.0.0.2", own} - {"127.0.0.1"}:
        with pytest.raises(OSError, match=r"refused|unreachable"):
            socket.create_connection((address, server.port), timeout=5)
    with pytest.raises(OSError, match=r"refused|unreachable|assign|not supported"):
        socket.create_connection(("::1", server.port), timeout=5)
    socket.create_connection(("127.0.0.1", server.port), timeout=5).close()


def test_a_port_that_is_taken(server: Server) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "classlens", "play", "--no-browser", "--port", str(server.port)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"Error: port {server.port} cannot be used (Address already in use). Choose another one, "
        "or 0 for any that is free.\n"
    )


def test_it_ends_when_nothing_goes_on() -> None:
    with playing() as server:
        ended(server)


@pytest.mark.slow
def test_it_ends_at_once() -> None:
    """While it is getting warm, before any page has come, and with a table that takes long."""
    with playing("digits") as server:
        ended(server)


@pytest.mark.slow
def test_it_ends_while_a_training_goes_on_and_the_page_is_open() -> None:
    with playing() as server, server.asked(1, do="train", recipe=LONG) as events:
        assert next(events)["event"] == "progress"
        ended(server)


def test_the_token_is_in_no_log() -> None:
    """Whatever is asked: nothing at all is printed while it runs."""
    with playing("--link", "https://elsewhere/#r=1&x=%20") as server:
        assert server.address.endswith("#r=1&x=%20")
        with httpx.Client(trust_env=False, base_url=server.base) as page:
            page.get(f"/?token={server.token}")
            page.get(f"/nothing?token={server.token}")
            page.post("/ask", headers={"Authorization": f"Bearer {server.token}"})
        for nonsense in (b"GET /?token=%s\r\n\r\n", b"\x16\x03\x01%s\r\n\r\n", b"GET /%s"):
            with socket.create_connection(("127.0.0.1", server.port), timeout=5) as raw:
                raw.sendall(nonsense % server.token.encode())
                raw.settimeout(0.5)
                with contextlib.suppress(TimeoutError):
                    raw.recv(100)
        server.ask(1, do="train", recipe={"data": {"source": "none"}})
        ended(server)


def test_twenty_visitors_at_once(server: Server) -> None:
    """Each trains with a seed of its own, and gets what that training gives alone."""

    def visit(seed: int) -> Any:
        recipe = {"data": {"source": "blobs"}, "settings": {"seed": seed, "epochs": 100}}
        return server.ask(100 + seed, do="train", recipe=recipe)[-1]["payload"]["history"]["loss"]

    with ThreadPoolExecutor(20) as visitors:
        found = [*visitors.map(visit, range(20))]
    for seed, losses in enumerate(found):
        assert losses == cl.fit(cl.blobs(), seed=seed, epochs=100).history.loss.tolist()


def test_a_page_that_is_closed_leaves_its_place_to_others(server: Server) -> None:
    """As many as there are workers are closed; the next ones could not begin otherwise."""
    for visitor in range(2 * WORKERS):
        with server.asked(200 + visitor, do="train", recipe=LONG) as events:
            assert next(events)["event"] == "progress"
    # So do those that are closed in silence, before there was any news.
    for visitor in range(WORKERS):
        with server.asked(300 + visitor, do="look", recipe=LONG):
            pass
    assert (
        server.ask(400, do="train", recipe={"data": {"source": "rings"}})[-1]["event"] == "trained"
    )


def test_a_training_is_stopped_though_all_workers_have_work(server: Server) -> None:
    ends: list[dict[str, Any]] = []
    begun = threading.Barrier(WORKERS + 1)

    def visit(visitor: int) -> None:
        with server.asked(visitor, do="train", recipe=LONG) as events:
            begun.wait(60) if next(events)["event"] == "progress" else begun.abort()
            ends.append([*events][-1])

    threads = [threading.Thread(target=visit, args=(500 + n,)) for n in range(WORKERS)]
    for each in threads:
        each.start()
    begun.wait(60)
    assert server.ask(500, do="stop") == [{"event": "stopped"}]
    threads[0].join(60)
    assert not threads[0].is_alive()
    assert all(each.is_alive() for each in threads[1:])
    for number in range(1, WORKERS):
        server.ask(500 + number, do="stop")
    for each in threads:
        each.join(60)
        assert not each.is_alive()
    assert {each["event"] for each in ends} <= {"trained", "error"}
    assert any(each["event"] == "trained" for each in ends)


def test_a_table_from_the_command_line(tmp_path: Path) -> None:
    rows = "".join(f"{k * k % 97},5;{k * 7 % 83},25;{'uv'[k % 2]}\n" for k in range(60))
    (tmp_path / "t.csv").write_text(f"a;b;y\n{rows}")
    words = ("t.csv", "--target", "y", "--delimiter", ";", "--decimal", ",")
    with playing(*words, cwd=tmp_path) as server:
        recipe = {"data": {"source": "given"}, "settings": {"epochs": 2, "test_fraction": 0.2}}
        made = server.ask(1, do="train", recipe=recipe)[-1]["payload"]
        assert made["features"] == ["a", "b"]
        assert made["classes"] == ["u", "v"]


@pytest.mark.parametrize("port", [-1, 65_536, "80", 1.0, True])
def test_what_is_no_port(port: Any) -> None:
    words = f"port must be a whole number from 0 to 65,535. Got {port!r} instead."
    with pytest.raises(cl.ArgumentError, match=words):
        module.serve(port=port)


class Stoppable(module.uvicorn.Server):
    """A server that is told to end, and not by a signal."""

    last: Stoppable | None = None

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        Stoppable.last = self


def served(monkeypatch: pytest.MonkeyPatch, **options: Any) -> str:
    """The address of a server in this process, which has ended again."""
    monkeypatch.setattr(module.uvicorn, "Server", Stoppable)
    told: list[str] = []

    def ready(address: str) -> None:
        told.append(address)
        assert Stoppable.last is not None
        Stoppable.last.should_exit = True

    # In a thread of its own: a browser's driver may have an event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(module.serve, ready=ready, **options).result(60)
    (address,) = told
    return address


def test_a_browser_is_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    there = threading.Event()

    def browse(address: str) -> bool:
        opened.append(address)
        there.set()
        return True

    monkeypatch.setattr(webbrowser, "open", browse)
    address = served(monkeypatch, state="r=1")
    assert there.wait(10)
    assert opened == [address]
    assert address.endswith("#r=1")
    served(monkeypatch, browse=False)
    assert len(opened) == 1


def test_no_browser_is_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = threading.Event()

    def browse(_: str) -> bool:
        tried.set()
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(webbrowser, "open", browse)
    served(monkeypatch)
    assert tried.wait(10)


def test_getting_warm_ends_with_the_first_news(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table's whole training would keep a worker, and whoever waits for the end."""
    found: list[Any] = []

    class Watched(module.Playground):
        def answer(self, *given: Any) -> None:
            request, emit, gone = given
            found.extend([request["do"], gone()])
            emit({"event": "progress"})
            found.append(gone())

    monkeypatch.setattr(module, "Playground", Watched)
    served(monkeypatch, browse=False)
    assert found == ["train", False, True]


def test_tokens_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = {served(monkeypatch, browse=False).partition("token=")[2] for _ in range(3)}
    assert len(addresses) == 3
    assert all(len(token) == 32 for token in addresses)
