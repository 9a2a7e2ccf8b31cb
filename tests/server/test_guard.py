"""The guard: the page's own requests come through, and no others do."""

from __future__ import annotations

import re

import pytest
from raw import HOST, HOSTS, ORIGIN, TOKEN, Answer, answer, get, post, request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from classlens.server.guard import HEADERS, MOST_BYTES, Guard

ELSEWHERE = "This server answers to its own address only.\n"
FOREIGN = "This server answers its own page only.\n"
LACKING = (
    "The address lacks the token, or has another server's. Open the address that classlens play "
    "has printed. A link that somebody has shared is opened with: classlens play --link 'LINK'\n"
)


class Inside:
    """What the guard stands before: it counts who has come through."""

    def __init__(self) -> None:
        self.through = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.through += 1
        await PlainTextResponse("inside", headers={"cache-control": "public"})(scope, receive, send)


@pytest.fixture
def inside() -> Inside:
    return Inside()


@pytest.fixture
def guard(inside: Inside) -> Guard:
    return Guard(inside, frozenset(HOSTS), TOKEN)


def refused(found: Answer, status: int, words: str) -> None:
    assert (found.status, found.body.decode()) == (status, words)
    assert_guarded(found)


def assert_guarded(found: Answer) -> None:
    for name, value in HEADERS.items():
        assert found.header(name) == value  # once, whatever the application says


def test_the_page_s_own_requests(guard: Guard, inside: Inside) -> None:
    for found in (
        get(guard, "/"),
        get(guard, "/", ("origin", ORIGIN)),
        answer(guard, "HEAD", f"/?token={TOKEN}", [("host", HOST)]),
        answer(guard, "GET", f"/?token={TOKEN}", [("host", HOSTS[1])]),
        get(guard, "/?x=1&token=" + TOKEN, token=None),
        post(guard, "/ask", b"{}"),
        post(guard, "/ask", b"{}", host=HOSTS[1], origin=f"http://{HOSTS[1]}"),
        post(guard, "/ask", b""),
    ):
        assert found.status == 200
        assert_guarded(found)
    assert inside.through == 8


def test_what_the_headers_forbid() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in HEADERS["content-security-policy"]
    assert HEADERS["referrer-policy"] == "no-referrer"  # the address holds the token
    assert HEADERS["x-frame-options"] == "DENY"
    assert HEADERS["x-content-type-options"] == "nosniff"
    assert HEADERS["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [""],
        [HOST, HOST],
        [HOST, "evil.example"],
        [f"{HOST}, {HOST}"],
        ["127.0.0.1"],
        ["127.0.0.1:80"],
        ["127.0.0.1:81234"],
        ["localhost"],
        ["LOCALHOST:8123"],
        ["localhost.:8123"],
        ["[::1]:8123"],
        ["0.0.0.0:8123"],
        ["127.0.0.2:8123"],
        ["127.1:8123"],
        ["2130706433:8123"],
        [f"x{HOST}"],
        [f"evil.{HOSTS[1]}"],
        ["127.0.0.1.evil.example:8123"],
        [f"evil.example@{HOST}"],
        [f"{HOST}.evil.example"],
        [f"{HOST}@evil.example"],
        [f" {HOST}"],
        [f"{HOST} "],
        [f"http://{HOST}"],
        ["evil.example:8123"],
    ],
)
def test_other_hosts(guard: Guard, inside: Inside, hosts: list[str]) -> None:
    """A name of somebody else's that points here is not this server's (DNS rebinding)."""
    headers = [("host", host) for host in hosts]
    refused(answer(guard, "GET", f"/?token={TOKEN}", headers), 421, ELSEWHERE)
    more = [("origin", ORIGIN), ("authorization", f"Bearer {TOKEN}"), ("content-length", "2")]
    refused(answer(guard, "POST", "/ask", [*headers, *more], b"{}"), 421, ELSEWHERE)
    assert inside.through == 0


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "http://evil.example",
        f"http://{HOSTS[1]}",  # the other name of this server: not where this page is from
        f"https://{HOST}",
        f"HTTP://{HOST}",
        f"//{HOST}",
        HOST,
        f"{ORIGIN}/",
        f"{ORIGIN}.evil.example",
        f"{ORIGIN}0",
        f"x{ORIGIN}",
        "http://127.0.0.1",
        "http://127.0.0.1:8124",
        "http://[::1]:8123",
        f"{ORIGIN} ",
        f"{ORIGIN}, {ORIGIN}",
        f"http://evil.example, {ORIGIN}",
        "file://",
    ],
)
def test_other_origins(guard: Guard, inside: Inside, origin: str) -> None:
    refused(post(guard, "/ask", b"{}", origin=origin), 403, FOREIGN)
    refused(get(guard, "/", ("origin", origin)), 403, FOREIGN)
    assert inside.through == 0


def test_what_is_sent_says_where_it_is_from(guard: Guard, inside: Inside) -> None:
    refused(post(guard, "/ask", b"{}", origin=None), 403, FOREIGN)
    both = [("host", HOST), ("origin", ORIGIN), ("origin", ORIGIN)]
    more = [("authorization", f"Bearer {TOKEN}"), ("content-length", "2")]
    refused(answer(guard, "POST", "/ask", [*both, *more], b"{}"), 403, FOREIGN)
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO", "get"):
        refused(answer(guard, method, f"/?token={TOKEN}", [("host", HOST)]), 403, FOREIGN)
    assert inside.through == 0


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?token=",
        "?token",
        f"?token={TOKEN[:-1]}",
        f"?token={TOKEN}x",
        f"?token=x{TOKEN}",
        f"?token={TOKEN.upper()}",
        f"?token=%20{TOKEN}",
        f"?Token={TOKEN}",
        f"?token={TOKEN}&token=x",
        "?token=t%C3%A9",
        "?token=%FF%FE",
        "?token=\xe9",
        f"?token={TOKEN}%00",
    ],
)
def test_addresses_without_the_token(guard: Guard, inside: Inside, query: str) -> None:
    refused(answer(guard, "GET", f"/{query}", [("host", HOST)]), 403, LACKING)
    # A header is no help to who has not the address.
    headers = [("host", HOST), ("authorization", f"Bearer {TOKEN}")]
    refused(answer(guard, "GET", f"/{query}", headers), 403, LACKING)
    assert inside.through == 0


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        TOKEN,
        f"bearer {TOKEN}",
        f"Basic {TOKEN}",
        f"Bearer  {TOKEN}",
        f"Bearer {TOKEN} ",
        f"Bearer {TOKEN[:-1]}",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN} x",
        "Bearer t\xe9",
        "Bearer \xff",
    ],
)
def test_requests_without_the_token(
    guard: Guard, inside: Inside, authorization: str | None
) -> None:
    refused(post(guard, "/ask", b"{}", authorization=authorization), 403, LACKING)
    # The address may be in a history or a log; what is sent must bring the header.
    in_address = post(guard, f"/ask?token={TOKEN}", b"{}", authorization=authorization)
    refused(in_address, 403, LACKING)
    assert inside.through == 0


@pytest.mark.parametrize(
    "length", [None, "", "x", "-1", "1.0", "1e3", "0x10", "+1", " 1", "²", "1,1"]
)
def test_requests_that_do_not_say_how_long_they_are(
    guard: Guard, inside: Inside, length: str | None
) -> None:
    words = "The request does not say how long it is.\n"
    refused(post(guard, "/ask", b"{}", content_length=length), 411, words)
    if length is not None:
        refused(get(guard, "/", ("content-length", length)), 411, words)
    twice = [("content-length", "2"), ("content-length", "2")]
    refused(get(guard, "/", *twice), 411, words)
    refused(post(guard, "/ask", b"{}", transfer_encoding="chunked"), 411, words)
    assert inside.through == 0


@pytest.mark.parametrize("length", [str(MOST_BYTES + 1), "9" * 19, "9" * 5_000])
def test_requests_that_are_too_long(guard: Guard, inside: Inside, length: str) -> None:
    for found in (
        post(guard, "/ask", b"{}", content_length=length),
        get(guard, "/", ("content-length", length)),
    ):
        assert found.status == 413
        words = rf"The request may have at most 36,000,000 bytes\. Got {length[:20]} instead\.\n"
        assert re.fullmatch(words, found.body.decode())
        assert_guarded(found)
    assert inside.through == 0
    assert post(guard, "/ask", b"{}", content_length=str(MOST_BYTES)).status == 200


def test_web_sockets_are_refused(guard: Guard, inside: Inside) -> None:
    headers = [("host", HOST), ("origin", ORIGIN), ("authorization", f"Bearer {TOKEN}")]
    sent = request(guard, "GET", f"/?token={TOKEN}", headers, kind="websocket")
    assert sent == [{"type": "websocket.close", "code": 1008}]
    assert inside.through == 0
