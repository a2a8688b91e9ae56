"""The few ASGI pieces that the layers of the edge share."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Message, Receive, Scope, Send

UNMATCHED = "unmatched"
"""The route of what reached none."""


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
