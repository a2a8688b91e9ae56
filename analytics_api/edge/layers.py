"""The small layers around the routes, in the order in which a request passes them, and what every layer is made of.

What a request has to be before it reaches the routes (one spelling of its address, bounded, GET for HEAD), and the
headers that browsers go by, whatever the response is.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Receive, Scope, Send

from analytics_api.problems.responses import PROBLEM_JSON, plain_problem

UNMATCHED = "unmatched"
"""The route of what reached none."""
MAX_TARGET_BYTES = 4096
MAX_HEADER_BYTES = 16_384

_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
# JSON and CSV hold nothing that a browser should run or load, should it ever show them as a document.
_DATA_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Authorization, If-None-Match, Traceparent",
    "Access-Control-Max-Age": "600",
    "Vary": "Origin",
}
_EXPOSED = b"As-Of, ETag, Content-Disposition, Retry-After, WWW-Authenticate"


class HttpLayer(ABC):
    """An ASGI application around another that concerns itself with HTTP alone."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection, or the process's start and end."""
        if scope["type"] == ScopeType.HTTP:
            await self.handle(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    @abstractmethod
    async def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Handle one request."""


class SecurityHeaders(HttpLayer):
    """Adds the headers that are the same everywhere, and a policy where the response has none of its own."""

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        def add(message: HTTPResponseStartEvent) -> None:
            present = {name.lower() for name, _ in message["headers"]}
            added = [*_HEADERS] if _DATA_POLICY[0] in present else [*_HEADERS, _DATA_POLICY]
            message["headers"] = [*message["headers"], *added]

        await self.app(scope, receive, on_start(send, add))


class Cors(HttpLayer):
    """Answers preflights, and marks responses to allowed origins as readable.

    Litestar's own layer overwrites `Vary`, which our caching needs as it is. There are no cookies, so nothing here
    allows credentials: a page elsewhere has to hold a token.
    """

    def __init__(self, app: ASGIApp, allowed_origins: frozenset[str]) -> None:
        super().__init__(app)
        self._allowed = allowed_origins

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        origin = header(scope, b"origin")
        if origin is None or not self._allowed & {origin, "*"}:
            await self.app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and header(scope, b"access-control-request-method") is not None:
            await respond(send, 204, {"Access-Control-Allow-Origin": origin, **_PREFLIGHT})
            return

        def mark(message: HTTPResponseStartEvent) -> None:
            headers = list(message["headers"])
            headers.append((b"access-control-allow-origin", origin.encode("latin-1")))
            headers.append((b"access-control-expose-headers", _EXPOSED))
            if not any(name.lower() == b"vary" for name, _ in headers):
                headers.append((b"vary", b"Origin"))
            message["headers"] = headers

        await self.app(scope, receive, on_start(send, mark))


class Bounds(HttpLayer):
    """414 for a long address, 431 for long headers."""

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if len(scope["raw_path"]) + len(scope["query_string"]) > MAX_TARGET_BYTES:
            await _refuse(send, 414, f"the address is longer than {MAX_TARGET_BYTES} bytes")
        elif sum(len(name) + len(value) for name, value in scope["headers"]) > MAX_HEADER_BYTES:
            await _refuse(send, 431, f"the headers are longer than {MAX_HEADER_BYTES} bytes")
        else:
            await self.app(scope, receive, send)


async def _refuse(send: Send, status: int, detail: str) -> None:
    await respond(send, status, {"Content-Type": PROBLEM_JSON}, plain_problem(status, detail))


class Addresses(HttpLayer):
    """Takes `//api` for `/api`, so that no spelling reaches anything else than what it means."""

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["path"].startswith("//"):
            scope["path"] = "/" + scope["path"].lstrip("/")
            scope["raw_path"] = b"/" + scope["raw_path"].lstrip(b"/")
        await self.app(scope, receive, send)


class Head(HttpLayer):
    """Asks the routes for GET, and keeps the body back."""

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message["body"] = b""
            await send(message)

        # The server looks at the method of its own scope, to know how much of a body to expect.
        inner: HTTPScope = {**scope, "method": "GET"}
        try:
            await self.app(inner, receive, without_body)
        finally:
            scope["path_template"] = inner.get("path_template", UNMATCHED)


def header(scope: HTTPScope, name: bytes) -> str | None:
    """Return the first header of that (lower case) name."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def on_start(send: Send, change: Callable[[HTTPResponseStartEvent], None]) -> Send:
    """Return a `send` that lets `change` see, and alter, the start of the response."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            change(message)
        await send(message)

    return sending


async def respond(send: Send, status: int, headers: Mapping[str, str], body: bytes = b"") -> None:
    """Send a whole response."""
    encoded = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    if status not in {204, 304}:
        encoded.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether the client already holds this answer (weak comparison, RFC 9110 section 13.1.2)."""
    if if_none_match is None:
        return False
    tags = [tag.strip() for tag in if_none_match.split(",")]
    return "*" in tags or etag.removeprefix("W/") in {tag.removeprefix("W/") for tag in tags}
