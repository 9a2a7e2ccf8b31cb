"""Guard: what stands before every request, whatever it asks for.

The server does what its page asks, so only its page may ask. Three things are compared, exactly:
the Host, or another site's name could be made to point here (DNS rebinding); the Origin of what is
sent, or another site's script could send it; the token, or any user of this machine could.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A request holds a recipe, or a file that the page sends, in base64.
MOST_BYTES = 36_000_000

_NO_LENGTH = "The request does not say how long it is."

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


@dataclass(frozen=True)
class Guard:
    """Lets the page's own requests through, and no others.

    Attributes:
        app: what answers them.
        hosts: the values of Host that are this server's.
        token: what a request must bring: as ``token`` in the address it gets, or as
            ``Authorization: Bearer ...`` with what it sends.
    """

    app: ASGIApp
    hosts: frozenset[str]
    token: str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks through web sockets
            await send({"type": "websocket.close", "code": 1008})
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = self._refusal(scope)
        if refusal is None:
            await self.app(scope, receive, guarded)
            return
        status, words = refusal
        await PlainTextResponse(words + "\n", status)(scope, receive, guarded)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = headers.getlist("host")
        if len(host) != 1 or host[0] not in self.hosts:
            return 421, "This server answers to its own address only."
        origin = headers.getlist("origin")
        sends = scope["method"] not in ("GET", "HEAD")
        if (origin or sends) and origin != [f"http://{host[0]}"]:
            return 403, "This server answers its own page only."
        if not self._is_token(_given_token(scope, headers)):
            return 403, (
                "The address lacks the token, or has another server's. Open the address that "
                "classlens play has printed. A link that somebody has shared is opened with: "
                "classlens play --link 'LINK'"
            )
        if "transfer-encoding" in headers:  # which goes before a length that is said, too
            return 411, _NO_LENGTH
        return _refused_length(headers.getlist("content-length"), sends=sends)

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self.token.encode())


def _given_token(scope: Scope, headers: Headers) -> str:
    """The token of a request: of what it gets in the address, of what it sends in a header."""
    if scope["method"] in ("GET", "HEAD"):
        return QueryParams(scope["query_string"]).get("token", "")
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token if scheme == "Bearer" else ""


def _refused_length(lengths: list[str], *, sends: bool) -> tuple[int, str] | None:
    if not lengths and not sends:
        return None
    if len(lengths) != 1 or not lengths[0].isdecimal():
        return 411, _NO_LENGTH
    # Of a number of thousands of digits Python makes none.
    if len(lengths[0]) > len(str(MOST_BYTES)) or int(lengths[0]) > MOST_BYTES:
        return 413, (
            f"The request may have at most {MOST_BYTES:,} bytes. Got {lengths[0][:20]} instead."
        )
    return None
