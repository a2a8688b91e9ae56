"""What a server said, as far as it can be read. Whatever it says costs little: each of its sizes has a bound.

A customer names the server, and one worker serves many accounts, so that an answer must not take the memory or the
time of the others: it is read as its bytes are, without the decoding that makes gigabytes of kilobytes.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

import httpx

MAX_BYTES: Final = 4 * 1024 * 1024
MAX_PIECES: Final = 10_000
"""Chunks: of single bytes, each would cost as much as a packet."""
MAX_VALUES: Final = 100_000
"""JSON's values: empty objects take thirty times the bytes that name them."""
MAX_HEADERS: Final = 100
MAX_HEADER_BYTES: Final = 32 * 1024

NO_JSON: Final = object()
"""The body of an answer that is no JSON; a JSON null is None."""

_AROUND: Final = "\ufeff\0 \t\r\n"  # a byte order mark and padding
_LONGEST_NUMBER: Final = 400  # the digits of the longest double; int() refuses ten times as many


class CostlyAnswerError(httpx.RequestError):
    """An answer beyond its bounds. It would be the same again, so that no one asks twice."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: its status, what it says, and how long it asks us to wait."""

    status: int
    body: Any
    """The decoded JSON; `NO_JSON` where it is none (gateways answer in HTML)."""
    retry_after: str | None = None
    has_next: bool = False
    """Whether the `Link` header names a further page."""
    empty: bool = False
    """Whether it has no body at all."""

    @property
    def ok(self) -> bool:
        """Tell whether it is a success (2xx)."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


async def read_answer(response: httpx.Response) -> Answer:
    """Read the answer. A body with a content encoding, which we never ask for, is not read: it is `NO_JSON`.

    Raises:
        httpx.HTTPError: it is cut off, or larger than its bounds.
    """
    _check_headers(response)
    encoded = response.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity")
    content = b"" if encoded else await _content(response)
    return Answer(
        response.status_code,
        NO_JSON if encoded else json_in(content),
        response.headers.get("Retry-After"),
        has_next="next" in response.links,
        empty=not encoded and not content,
    )


def _check_headers(response: httpx.Response) -> None:
    raw = response.headers.raw
    if len(raw) > MAX_HEADERS or sum(len(name) + len(value) for name, value in raw) > MAX_HEADER_BYTES:
        raise CostlyAnswerError(f"more than {MAX_HEADERS} headers, or {MAX_HEADER_BYTES} bytes of them")


async def _content(response: httpx.Response) -> bytes:
    content = bytearray()
    pieces = 0
    async for piece in response.aiter_raw():
        content += piece
        pieces += 1
        if len(content) > MAX_BYTES or pieces > MAX_PIECES:
            raise CostlyAnswerError(f"the answer is longer than {MAX_BYTES} bytes or {MAX_PIECES} pieces")
    return bytes(content)


def json_in(content: bytes) -> Any:  # noqa: ANN401  a PSA's answer is looked at field by field
    """Return the JSON in these bytes, read as leniently as can be: a PSA hands back whatever its users typed into it.

    A byte order mark, bytes that are no UTF-8, half a surrogate pair, NaN and raw line ends in a text are no reason to
    lose sight of the id beside them.
    """
    text = content.decode(json.detect_encoding(content), "replace").strip(_AROUND)
    if sum(text.count(mark) for mark in "[{,") > MAX_VALUES:
        raise CostlyAnswerError(f"the answer holds more than {MAX_VALUES} values")
    try:
        return json.loads(text, strict=False, parse_int=_integer)
    except (ValueError, RecursionError):
        return NO_JSON


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float("inf")
