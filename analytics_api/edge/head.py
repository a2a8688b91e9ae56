"""HEAD for every GET: the same headers, no body."""

from litestar.types import HTTPScope, Message, Receive, Send

from analytics_api.edge.asgi import UNMATCHED, HttpLayer


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
