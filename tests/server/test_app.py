"""The application: its page and files, and the events of what the page asks for."""

from __future__ import annotations

import asyncio
import html
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from raw import HOSTS, TOKEN, Answer, answer, awaited, get, post

import classlens as cl
from classlens.playground.playground import Playground
from classlens.playground.welcome import welcome
from classlens.server import app as module
from classlens.server.app import application
from classlens.server.guard import HEADERS
from classlens.view.bundle import bundle, page_file
from classlens.view.payload import payload

VISITOR, OTHER = "visitor-0123456789", "another-0123456789"
RECIPE = {"data": {"source": "blobs"}, "settings": {"epochs": 5}}


@pytest.fixture(scope="module")
def workers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as workers:
        yield workers


@pytest.fixture
def app(workers: ThreadPoolExecutor) -> Any:
    return application(Playground, welcome(), token=TOKEN, hosts=HOSTS, workers=workers)


def ask(app: Any, visitor: Any = VISITOR, /, **request: Any) -> list[dict[str, Any]]:
    """The events of a request."""
    found = post(app, "/ask", json.dumps({"visitor": visitor, **request}).encode())
    assert found.status == 200, found.body
    assert found.header("content-type").startswith("text/event-stream")
    return events(found)


def events(found: Answer) -> list[dict[str, Any]]:
    """As the page reads them: each is a line of its own, and an empty one ends it."""
    *parts, rest = found.body.decode().split("\n\n")
    assert rest == ""
    assert all(part.startswith("data: ") and "\n" not in part for part in parts)
    return [json.loads(part.removeprefix("data: ")) for part in parts]


def refusal(found: Answer) -> str:
    assert found.status == 400
    event = json.loads(found.body)
    assert event["event"] == "error"
    return str(event["message"])


def test_the_page(app: Any) -> None:
    found = get(app, "/")
    assert (found.status, found.header("content-type")) == (200, "text/html; charset=utf-8")
    text = found.body.decode()
    given = re.search(r'<script type="application/json" id="welcome">(.*?)</script>', text)
    assert given is not None
    assert json.loads(given[1]) == json.loads(json.dumps(welcome()))
    # Everything else that it loads is on this server, and asked for with the token.
    for address in re.findall(r'(?:src|href)="([^"]*)"', text):
        if address != "data:,":
            assert get(app, html.unescape(address), token=None).status == 200
    assert "<script>" not in text  # which the policy would not run


def test_the_page_s_files(app: Any) -> None:
    script = get(app, "/page.js")
    assert script.header("content-type").startswith("text/javascript")
    assert script.body.decode().startswith(bundle("http"))
    assert TOKEN not in script.body.decode()
    style = get(app, "/style.css")
    assert style.header("content-type").startswith("text/css")
    assert page_file("style.css") in style.body.decode()


@pytest.mark.parametrize(
    "name", ["</script><b>x", '"><img src=x>', "{token}", "{0}", "\u2028", "日本"]
)
def test_names_in_the_page_are_only_names(name: str, workers: ThreadPoolExecutor) -> None:
    opened = welcome(cl.rings(), name)
    text = get(
        application(Playground, opened, token=TOKEN, hosts=HOSTS, workers=workers), "/"
    ).body.decode()
    (given,) = re.findall(r'id="welcome">(.*?)</script>', text)
    assert json.loads(given)["datasets"][0]["label"] == name
    assert text.count("<script") == text.count("</script>") == 2
    assert "<img" not in text


def test_a_training(app: Any) -> None:
    *news, last = ask(app, do="train", recipe=RECIPE)
    assert {each["event"] for each in news} <= {"progress"}
    own = json.loads(json.dumps(payload(cl.fit(cl.blobs(), epochs=5), cl.blobs(), told=False)))
    assert {name: last["payload"][name] for name in own} == own


def test_mistakes_of_a_page_s_user_are_events(app: Any) -> None:
    (event,) = ask(app, do="train", recipe={"data": {"source": "ring"}})
    assert event["event"] == "error"
    assert "Did you mean 'rings'?" in event["message"]
    (event,) = ask(app, do="trian")
    assert "do must be one of train, stop," in event["message"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"no",
        b"\xff\xfe\xfd",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"visitor": ' + b"9" * 5_000 + b"}",
    ],
)
def test_what_is_no_json(app: Any, body: bytes) -> None:
    words = "a request must be JSON. Got something else instead."
    assert refusal(post(app, "/ask", body)) == words


@pytest.mark.parametrize(
    ("body", "got"), [(b"[]", "[]"), (b"5", "5"), (b'"do"', "'do'"), (b"null", "None")]
)
def test_what_is_no_object(app: Any, body: bytes, got: str) -> None:
    assert refusal(post(app, "/ask", body)) == f"request must be an object. Got {got} instead."


@pytest.mark.parametrize(
    "visitor", [None, "", "short", "a" * 65, "../../etc/passwd.x", 5, ["a"], {}]
)
def test_visitors_without_a_name(app: Any, visitor: Any) -> None:
    words = "visitor must be 16 to 64 letters, digits, - or _. Got "
    for given in ({"visitor": visitor}, {"visitor": visitor, "do": "train", "recipe": RECIPE}):
        assert refusal(post(app, "/ask", json.dumps(given).encode())).startswith(words)
    assert refusal(post(app, "/ask", b'{"do": "stop"}')).startswith(words)


def test_a_request_that_is_deep_but_is_json(app: Any) -> None:
    deep: Any = 5
    for _ in range(500):
        deep = [deep]
    (event,) = ask(app, do="train", recipe=RECIPE, window=deep)
    assert event["message"].startswith("window must be")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/ask", 405),
        ("GET", "/nothing", 404),
        ("GET", "/page/ask.js", 404),
        ("GET", "/../../etc/passwd", 404),
        ("POST", "/", 405),
        ("POST", "/page.js", 405),
        ("POST", "/nothing", 404),
    ],
)
def test_other_addresses(app: Any, method: str, path: str, status: int) -> None:
    found = get(app, path) if method == "GET" else post(app, path, b"{}")
    assert found.status == status
    for name, value in HEADERS.items():
        assert found.header(name) == value


def test_the_application_is_guarded(app: Any) -> None:
    """In every answer that it gives are the headers, and strangers get none."""
    for found in (
        get(app, "/"),
        get(app, "/page.js"),
        get(app, "/style.css"),
        post(app, "/ask", b"{"),
        post(app, "/ask", json.dumps({"visitor": VISITOR, "do": "stop"}).encode()),
    ):
        for name, value in HEADERS.items():
            assert found.header(name) == value
    assert get(app, "/", token=None).status == 403
    assert post(app, "/ask", b"{}", authorization=None).status == 403
    assert post(app, "/ask", b"{}", origin="http://evil.example").status == 403
    assert answer(app, "GET", f"/?token={TOKEN}", [("host", "evil.example")]).status == 421
    assert post(app, "/ask", b"{}", content_length=None).status == 411


def test_a_page_that_does_not_read_is_waited_for(workers: ThreadPoolExecutor) -> None:
    """What nobody reads would fill the memory."""
    emitted: list[int] = []
    ended = threading.Event()

    class Talkative(Playground):
        def answer(self, *given: Any) -> None:
            _, emit, gone = given
            while not gone():
                emit({"event": "progress", "epoch": len(emitted)})
                emitted.append(len(emitted))
            ended.set()

    async def read(count: int) -> list[str]:
        events = module._events(Talkative(), {"do": "train"}, workers)
        first = [await anext(events) for _ in range(count)]
        await asyncio.sleep(0.3)
        await events.aclose()
        return first

    first = awaited(read(10))
    assert first[9] == 'data: {"event":"progress","epoch":9}\n\n'
    assert ended.wait(10)
    assert 10 <= len(emitted) <= 10 + module._AHEAD + 1


def test_a_page_that_does_not_read_for_long_counts_as_gone(
    workers: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its work keeps a worker, which others wait for."""
    monkeypatch.setattr(module, "_PATIENCE", 0.3)
    ended = threading.Event()

    class Talkative(Playground):
        def answer(self, *given: Any) -> None:
            _, emit, gone = given
            while not gone():
                emit({"event": "progress"})
            ended.set()

    async def read() -> None:
        events = module._events(Talkative(), {"do": "train"}, workers)
        await anext(events)
        await asyncio.to_thread(ended.wait, 10)
        await events.aclose()

    awaited(read())
    assert ended.is_set()


def test_a_table_is_its_visitor_s(app: Any) -> None:
    (table,) = ask(
        app, do="table", name="t.csv", content="YSxiLHkKMSwyLHUKMiwxLHYKMyw1LHUKNCwzLHYK"
    )
    data = {"source": "file", "table": table["table"], "target": "y"}
    recipe = {"data": data, "settings": {"epochs": 2}}
    assert ask(app, do="train", recipe=recipe)[-1]["event"] == "trained"
    (event,) = ask(app, OTHER, do="train", recipe=recipe)
    assert event == {
        "event": "error",
        "message": "the file is not known here any more. Open it once more.",
    }
