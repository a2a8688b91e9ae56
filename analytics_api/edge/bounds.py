"""Refuses requests whose address or headers are longer than anything we ever ask for."""

from litestar.types import HTTPScope, Receive, Send

from analytics_api.edge.asgi import HttpLayer, respond
from analytics_api.problems.responses import PROBLEM_JSON, plain_problem

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
