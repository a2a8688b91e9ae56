"""/livez, /readyz and /metrics: three answers to GET, which need no web framework beside the loop."""

import asyncio
import json
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from psa_event_consumer import metrics
from psa_event_consumer.health.state import State
from psa_event_consumer.kafka.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Callable

_READ_SECONDS = 5.0
Reply = tuple[HTTPStatus, str, bytes]


class Health:
    """Answers the probes of Kubernetes and Prometheus."""

    def __init__(self, state: State, gate: Gate) -> None:
        self._state = state
        self._gate = gate
        metrics.PROBLEMS.set_function(lambda: len(self.problems()))
        self._server: asyncio.Server | None = None
        self._pages: dict[str, Callable[[], Reply]] = {
            "/livez": self._alive,
            "/readyz": self._ready,
            "/metrics": _metrics,
        }

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

    def problems(self) -> list[str]:
        """Why this process is not ready; empty when it is."""
        found = [] if self._state.problem is None else [self._state.problem]
        found.extend(self._state.rollup_problems)
        if not self._gate.joined:
            found.append("not in the group yet")
        found.extend(
            f"{partition.topic} {partition.partition} is paused: {problem}"
            for partition, problem in sorted(self._gate.stuck.items())
        )
        return found + self._gate.problems

    def _alive(self) -> Reply:
        alive = self._state.is_alive()
        return _json(HTTPStatus.OK if alive else HTTPStatus.SERVICE_UNAVAILABLE, {"alive": alive})

    def _ready(self) -> Reply:
        problems = self.problems()
        status = HTTPStatus.SERVICE_UNAVAILABLE if problems else HTTPStatus.OK
        return _json(status, {"ready": not problems, "problems": problems})

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_READ_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
                status, kind, body = self._answer(head)
                writer.write(
                    f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {kind}\r\n"
                    f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
                )
                if not head.startswith(b"HEAD "):
                    writer.write(body)
                await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    def _answer(self, head: bytes) -> Reply:
        method, _, rest = head.decode("latin-1").partition(" ")
        path = rest.partition(" ")[0].partition("?")[0]
        page = self._pages.get(path)
        if page is None:
            return _json(HTTPStatus.NOT_FOUND, {"pages": sorted(self._pages)})
        if method not in {"GET", "HEAD"}:
            return _json(HTTPStatus.METHOD_NOT_ALLOWED, {"allowed": ["GET", "HEAD"]})
        return page()


def _metrics() -> Reply:
    return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(metrics.METRICS.registry)


def _json(status: HTTPStatus, body: object) -> Reply:
    return status, "application/json", json.dumps(body).encode()
