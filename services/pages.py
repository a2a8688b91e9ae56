"""A few pages for probes and scrapes, which need no web framework, and on which no client holds anything for long."""

import asyncio
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Final

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

SECONDS: Final = 5.0
"""From a connection's begin to the end of its answer."""
MOST: Final = 64
"""Connections; one more ends the oldest, since whoever asks in earnest is answered within milliseconds."""

Reply = tuple[HTTPStatus, str, bytes]


class PageServer:
    """Answers GET with what a page's function returns, one request a connection."""

    def __init__(self, pages: Mapping[str, Callable[[], Reply]]) -> None:
        self._pages = pages
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.StreamWriter, None] = {}

    async def start(self, port: int) -> None:
        """Listen on all interfaces: the probes come from outside of the container.

        Raises:
            OSError: the port is taken.
        """
        self._server = await asyncio.start_server(self._serve, host=None, port=port)

    def stop(self) -> None:
        """Take no more requests."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._open) == MOST:
            oldest = next(iter(self._open))
            del self._open[oldest]
            oldest.transport.abort()
        self._open[writer] = None
        try:
            async with asyncio.timeout(SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                status, kind, body = self._answer(head)
                writer.write(
                    f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {kind}\r\n"
                    f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                )
                if not head.startswith(b"HEAD "):
                    writer.write(body)
                writer.close()
                await writer.wait_closed()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            writer.transport.abort()
        finally:
            self._open.pop(writer, None)

    def _answer(self, head: bytes) -> Reply:
        method, _, rest = head.decode("latin-1").partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        page = self._pages.get(path)
        if page is None:
            return json_reply(HTTPStatus.NOT_FOUND, {"pages": sorted(self._pages)})
        if method not in {"GET", "HEAD"}:
            return json_reply(HTTPStatus.METHOD_NOT_ALLOWED, {"allowed": ["GET", "HEAD"]})
        return page()


def metrics_reply(registry: CollectorRegistry) -> Reply:
    """Return the registry as Prometheus reads it."""
    return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(registry)


def json_reply(status: HTTPStatus, body: object) -> Reply:
    """Return JSON."""
    return status, "application/json", json.dumps(body).encode()
