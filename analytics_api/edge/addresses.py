"""One address for what several spellings mean: proxies and clients join a base and a path with too many slashes."""

from litestar.types import HTTPScope, Receive, Send

from analytics_api.edge.asgi import HttpLayer


class Addresses(HttpLayer):
    """Takes `//api` for `/api`, so that no spelling reaches anything else than what it means."""

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["path"].startswith("//"):
            scope["path"] = "/" + scope["path"].lstrip("/")
            scope["raw_path"] = b"/" + scope["raw_path"].lstrip(b"/")
        await self.app(scope, receive, send)
