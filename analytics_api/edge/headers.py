"""The headers that browsers go by, whatever the response is.

Litestar's own layer for other origins overwrites `Vary`, which our caching needs as it is. There are no cookies, so
nothing here allows credentials: a page elsewhere has to hold a token.
"""

from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Receive, Send

from analytics_api.edge.asgi import HttpLayer, header, on_start, respond

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Authorization, If-None-Match, Traceparent",
    "Access-Control-Max-Age": "600",
    "Vary": "Origin",
}
_EXPOSED = b"As-Of, ETag, Content-Disposition, Retry-After, WWW-Authenticate"


class Cors(HttpLayer):
    """Answers preflights, and marks responses to allowed origins as readable."""

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


_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
# JSON and CSV hold nothing that a browser should run or load, should it ever show them as a document.
_DATA_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


class SecurityHeaders(HttpLayer):
    """Adds the headers that are the same everywhere, and a policy where the response has none of its own."""

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        def add(message: HTTPResponseStartEvent) -> None:
            present = {name.lower() for name, _ in message["headers"]}
            added = [*_HEADERS] if _DATA_POLICY[0] in present else [*_HEADERS, _DATA_POLICY]
            message["headers"] = [*message["headers"], *added]

        await self.app(scope, receive, on_start(send, add))
