"""How long a client may hold a connection, and for what: uvicorn bounds the wait between two requests alone.

At each moment a connection is in one phase, and each phase but our own work on an answer has a time and a size. One
look over all connections each second ends what is over, so that nothing has a timer of its own.
"""

import asyncio
import resource
from collections.abc import Iterable
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from analytics_api.problems.responses import PROBLEM_JSON, plain_problem

HEAD_SECONDS = 5.0
"""From a connection's begin, or a further request's first byte, to the end of the request's head."""
BODY_SECONDS = 5.0
"""From there to the end of its body, which no question of ours has."""
IDLE_SECONDS = 75.0
"""Between two requests. The page asks every 30 s: the same connection serves it."""
CROWDED_IDLE_SECONDS = 5.0
"""The same where connections are many."""
CROWD = 250
"""As many are many, or a quarter of the limit where that is less."""
WRITE_SECONDS = 10.0
"""Without anything of an answer being taken."""
MAX_HEAD_BYTES = 65_536
MAX_BODY_BYTES = 65_536
MAX_PIPELINED = 16
"""Requests that wait for the answer before theirs. No browser sends any; a packet holds thousands."""
MAX_CONNECTIONS = 10_000
OTHER_DESCRIPTORS = 100
"""Files, the database's connections, and what is just being accepted."""
LOOK_SECONDS = 1.0


class Phase(Enum):
    """What a connection is held for."""

    HEAD = auto()
    BODY = auto()
    ANSWER = auto()
    IDLE = auto()


_SECONDS = {Phase.HEAD: HEAD_SECONDS, Phase.BODY: BODY_SECONDS}


def connection_limit() -> int:
    """Return how many connections may be open, well below the descriptors that the process may have."""
    descriptors, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(10, min(MAX_CONNECTIONS, descriptors - OTHER_DESCRIPTORS, descriptors * 3 // 4))


class GuardedProtocol(HttpToolsProtocol):
    """A connection that ends when its client takes too long, sends too much, or is one too many."""

    limit = connection_limit()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Await the first head, if there is room for one more."""
        super().connection_made(transport)
        self._received = 0
        self._unread_since: float | None = None
        self._enter(Phase.HEAD)
        if len(self.connections) > self.limit:
            self._make_room()

    def data_received(self, data: bytes) -> None:
        """Take part of a request, or what follows it."""
        super().data_received(data)
        self._received += len(data)
        if self.transport.is_closing():
            return
        if self.phase is Phase.HEAD and self._received > MAX_HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, f"the head is longer than {MAX_HEAD_BYTES} bytes")
        elif self._received > MAX_HEAD_BYTES + MAX_BODY_BYTES and self._answered:
            self.transport.close()

    def on_message_begin(self) -> None:
        """Await the rest of the head.

        Raises:
            ValueError: too many requests wait on this connection; the parser stops, and it is closed.
        """
        if len(self.pipeline) >= MAX_PIPELINED:
            raise ValueError(MAX_PIPELINED)
        super().on_message_begin()
        if self._answered:
            self._enter(Phase.HEAD)

    def on_headers_complete(self) -> None:
        """Await the body."""
        if self.phase is Phase.HEAD:
            self._enter(Phase.BODY)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Await the answer."""
        super().on_message_complete()
        self._enter(Phase.ANSWER)
        if self._answered:
            self._enter(Phase.IDLE)

    def on_response_complete(self) -> None:
        """Await the next request, or the rest of this one for a little longer."""
        if self.phase is Phase.ANSWER:
            self._enter(Phase.ANSWER if self.pipeline else Phase.IDLE)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Note that the client does not take what it asked for."""
        super().pause_writing()
        self._unread_since = self.loop.time()

    def resume_writing(self) -> None:
        """Note that it does again."""
        super().resume_writing()
        self._unread_since = None

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP as everything else is refused."""
        self._refuse(HTTPStatus.BAD_REQUEST, msg)

    def look(self, now: float, *, crowded: bool) -> None:
        """End the connection where its phase has lasted too long."""
        if self.transport.is_closing():
            # What is still unsent then has a little longer, and not forever: a client that reads nothing blocks it.
            self._unread_since = self._unread_since or now
        if self._unread_since is not None and now - self._unread_since > WRITE_SECONDS:
            self.transport.abort()
        elif now - self.since > self._seconds(crowded=crowded):
            self.transport.close()

    @property
    def _answered(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _seconds(self, *, crowded: bool) -> float:
        if self.phase is Phase.IDLE:
            return CROWDED_IDLE_SECONDS if crowded else IDLE_SECONDS
        return _SECONDS.get(self.phase, float("inf"))

    def _enter(self, phase: Phase) -> None:
        self.phase = phase
        self.since = self.loop.time()
        if phase is not Phase.BODY:
            self._received = 0

    def _make_room(self) -> None:
        """Close what has stalled longest, else what has been idle longest, or this one where all others are at work."""
        others = [each for each in self.connections if isinstance(each, GuardedProtocol) and each is not self]
        stalled = [each for each in others if each.phase in _SECONDS or each._unread_since is not None]  # noqa: SLF001  of its own kind
        idle = [each for each in others if each.phase is Phase.IDLE]
        longest = min(stalled or idle, key=lambda each: each.since, default=self)
        longest.transport.abort()

    def _refuse(self, status: HTTPStatus, detail: str) -> None:
        """Close the connection, with an answer unless it would come in the midst of another."""
        if self.pipeline or (not self._answered and self.cycle.response_started):
            self.transport.close()
            return
        body = plain_problem(status, detail)
        head = f"content-type: {PROBLEM_JSON}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self.transport.write(STATUS_LINE[status] + head.encode() + body)
        self.transport.close()


async def watch_over(connections: Iterable[Any], limit: int = GuardedProtocol.limit) -> None:
    """Look over all connections again and again."""
    loop = asyncio.get_running_loop()
    crowded_at = float("-inf")
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        present = list(connections)
        if len(present) > min(limit // 4, CROWD):
            crowded_at = loop.time()
        crowded = loop.time() - crowded_at < IDLE_SECONDS  # or the last ones of a crowd would stay
        for connection in present:
            connection.look(loop.time(), crowded=crowded)
