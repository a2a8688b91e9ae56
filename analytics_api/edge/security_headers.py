"""What every response tells a browser, whatever it is."""

from litestar.types import HTTPResponseStartEvent, HTTPScope, Receive, Send

from analytics_api.edge.asgi import HttpLayer, on_start

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
