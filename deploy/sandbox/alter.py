"""Answers that are not as the PSA would give them: odd bytes, too many of them, or too few items."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

import msgspec

from deploy.sandbox.faults import Fault

_DRIP_SECONDS: Final = 0.2
_BOMB_BYTES: Final = 256 * 1024**2
_CRUMBS: Final = 30_000


@dataclass(frozen=True)
class Reply:
    """A response before it is sent."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    pieces: Callable[[bytes], AsyncIterator[bytes]] | None = field(default=None, compare=False)
    """How the body is sent, where that is not at once."""

    def with_body(self, body: bytes, *headers: tuple[bytes, bytes]) -> "Reply":
        """Return the same with another body."""
        kept = tuple(header for header in self.headers if header[0] != b"content-length")
        return replace(self, body=body, headers=(*kept, (b"content-length", str(len(body)).encode()), *headers))

    def in_pieces(self, pieces: Callable[[bytes], AsyncIterator[bytes]]) -> "Reply":
        """Return the same in chunks."""
        kept = tuple(header for header in self.headers if header[0] != b"content-length")
        return replace(self, pieces=pieces, headers=kept)


@cache
def bomb() -> bytes:
    """Return a quarter of a gigabyte of blanks, compressed twice: a kilobyte."""
    return gzip.compress(gzip.compress(b" " * _BOMB_BYTES))


def _with_values(body: bytes, *values: bytes) -> bytes:
    """Give each JSON object of the answer's top with further fields of these values."""
    fields = b"".join(b',"odd_%d":%s' % (number, value) for number, value in enumerate(values))
    return body.replace(b"}", fields + b"}") if body.rstrip().endswith((b"}", b"}]")) else body


def _cut(reply: Reply) -> Reply:
    """Halve a list, which goes on saying how many it has."""
    body: Any = msgspec.json.decode(reply.body) if reply.body else None
    if isinstance(body, list):
        return reply.with_body(msgspec.json.encode(body[: len(body) // 2]))
    if isinstance(body, dict) and isinstance(body.get("actions"), list):
        half = body["actions"][: len(body["actions"]) // 2]
        return reply.with_body(msgspec.json.encode(body | {"actions": half}))
    return reply


async def _drip(_body: bytes) -> AsyncIterator[bytes]:
    while True:
        yield b" "
        await asyncio.sleep(_DRIP_SECONDS)


async def _crumbs(body: bytes) -> AsyncIterator[bytes]:
    for _ in range(_CRUMBS):
        yield b" "
    yield body


ALTERATIONS: Final[Mapping[Fault, Callable[[Reply], Reply]]] = {
    Fault.GZIP_BOMB: lambda reply: reply.with_body(bomb(), (b"content-encoding", b"gzip, gzip")),
    Fault.MANY_HEADERS: lambda reply: replace(
        reply, headers=(*reply.headers, *((b"x-%d" % number, b"y") for number in range(5_000)))
    ),
    Fault.ENDLESS: lambda reply: reply.in_pieces(_drip),
    Fault.CRUMBS: lambda reply: reply.in_pieces(_crumbs),
    Fault.BYTE_ORDER_MARK: lambda reply: reply.with_body(b"\xef\xbb\xbf" + reply.body),
    Fault.LATIN_1: lambda reply: reply.with_body(_with_values(reply.body, b'"caf\xe9"')),
    Fault.SURROGATE: lambda reply: reply.with_body(_with_values(reply.body, b'"\\ud83d"', b'"\\udc00\\u0000"')),
    Fault.NAN: lambda reply: reply.with_body(_with_values(reply.body, b"NaN", b"-Infinity", b"1" * 5_000)),
    Fault.CUT_LIST: _cut,
}
