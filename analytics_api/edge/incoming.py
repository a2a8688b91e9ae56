"""What a request has to be before it reaches the routes: one spelling of its address, bounded, and GET for HEAD."""

from litestar.types import HTTPScope, Message, Receive, Send

from analytics_api.edge.asgi import UNMATCHED, HttpLayer, respond
from analytics_api.problems.responses import PROBLEM_JSON, plain_problem


class Addresses(HttpLayer):
    """Takes `//api` for `/api`, so that no spelling reaches anything else than what it means."""

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["path"].startswith("//"):
            scope["path"] = "/" + scope["path"].lstrip("/")
            scope["raw_path"] = b"/" + scope["raw_path"].lstrip(b"/")
        await self.app(scope, receive, send)


MAX_TARGET_BYTES = 4096
MAX_HEADER_BYTES = 16_384


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
