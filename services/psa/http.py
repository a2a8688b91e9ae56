"""Requests to a PSA, and what a failed one means: refused, worth another try, or nobody knows.

Reads may be repeated; a write may not once its bytes may have left. Which of the two a request is decides what a
time-out or a 5xx becomes.
"""

import asyncio
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

import httpx
import msgspec

from services.psa.backoff import retry_after, wait_before
from services.psa.egress import EgressPolicy
from services.psa.errors import (
    AuthenticationError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    PsaError,
    RateLimitedError,
    UnavailableError,
    UnknownOutcomeError,
    ValidationError,
)
from services.psa.secret import redacted
from services.psa.transport import PinnedTransport

MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024
CONNECT_SECONDS: Final = 5.0
_MAX_MESSAGE: Final = 500
_READS: Final = 3
_READ_PAUSE: Final = 0.2  # of the wait before another attempt at an intent
_REFUSED: Final = 4
_REFUSALS: Final[dict[int, type[PsaError]]] = {
    HTTPStatus.UNAUTHORIZED: AuthenticationError,
    HTTPStatus.FORBIDDEN: ForbiddenError,
    HTTPStatus.NOT_FOUND: NotFoundError,
    HTTPStatus.CONFLICT: ConflictError,
    HTTPStatus.LOCKED: ConflictError,
}

send_until: ContextVar[float] = ContextVar("send_until")
"""On the event loop's clock: no write is begun later. A worker whose lease ran out while it was suspended must not
send what another one may be about to look for."""


NO_JSON: Final = object()
"""The body of an answer that is no JSON; a JSON null is None."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A response: its status, what it says, and how long it asks us to wait."""

    status: int
    body: Any
    """The decoded JSON; `NO_JSON` where it is none (gateways answer in HTML)."""
    retry_after: str | None = None
    has_next: bool = False
    """Whether the `Link` header names a further page."""

    @property
    def ok(self) -> bool:
        """Whether it is a success (2xx)."""
        return HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


class PsaHttp:
    """One account's HTTP client: only the given origins, never more than `concurrency` requests at a time."""

    def __init__(
        self,
        origins: frozenset[str],
        policy: EgressPolicy,
        *,
        secrets: tuple[str, ...],
        read_seconds: float,
        concurrency: int,
    ) -> None:
        limits = httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency, keepalive_expiry=2)
        self._client = httpx.AsyncClient(
            transport=PinnedTransport(origins, policy, limits),
            timeout=httpx.Timeout(read_seconds, connect=CONNECT_SECONDS),
            follow_redirects=False,
            trust_env=False,  # no proxy and no .netrc of the machine's
            headers={"Accept-Encoding": "identity", "User-Agent": "flowpilot"},
        )
        self._free = asyncio.Semaphore(concurrency)
        self._secrets = secrets
        self._later_secret: tuple[str, ...] = ()

    async def aclose(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def read(self, url: str, *, headers: dict[str, str], params: dict[str, str] | None = None) -> Answer:
        """Send a GET; it changes nothing, so one that is dropped or answered by a 5xx is repeated at once.

        Raises:
            UnavailableError: no answer came.
        """
        for attempt in range(1, _READS + 1):
            try:
                answer = await self._send(self._client.build_request("GET", url, headers=headers, params=params))
            except httpx.HTTPError as error:
                # Who does not answer at all is not asked again before the lease is used up.
                if attempt == _READS or not isinstance(error, httpx.ReadError | httpx.RemoteProtocolError):
                    raise UnavailableError(self._said(error)) from None
            else:
                if attempt == _READS or answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                    return answer
            await asyncio.sleep(wait_before(attempt).total_seconds() * _READ_PAUSE)
        raise AssertionError("the last read returns or raises")

    async def write(
        self,
        method: str,
        url: str,
        *,
        headers: dict[str, str],
        json: Any = None,  # noqa: ANN401  whatever the PSA takes
        form: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request that changes something; it is sent once at most.

        Raises:
            UnavailableError: it was certainly not sent.
            UnknownOutcomeError: it may have been sent, and no answer came.
        """
        content = None if json is None else msgspec.json.encode(json)
        if content is not None:
            headers = {**headers, "Content-Type": "application/json"}
        request = self._client.build_request(
            method, url, headers=headers, content=content, data=form, extensions={"trace": _in_time}
        )
        try:
            return await self._send(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            raise UnavailableError(self._said(error)) from None
        except httpx.HTTPError as error:
            raise UnknownOutcomeError(self._said(error)) from None

    async def _send(self, request: httpx.Request) -> Answer:
        async with self._free:
            response = await self._client.send(request, stream=True)
            try:
                content = bytearray()
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > MAX_ANSWER_BYTES:
                        raise httpx.RemoteProtocolError(f"the answer is longer than {MAX_ANSWER_BYTES} bytes")
            finally:
                await response.aclose()
        return Answer(
            response.status_code,
            _json(bytes(content)),
            response.headers.get("Retry-After"),
            has_next="next" in response.links,
        )

    def _said(self, error: Exception) -> str:
        kind = type(error).__name__
        return self.clean(f"no answer ({kind})" + (f": {error}" if str(error) else ""))

    def hide(self, secret: str) -> None:
        """One more text that no message is to show, in place of the last one: a token that is handed out later."""
        self._later_secret = (secret,)

    def clean(self, text: str) -> str:
        """Return a message fit to be stored and shown: one line, bounded, without this connection's secrets."""
        shown = "".join(c if c.isprintable() else " " for c in redacted(text, self._secrets + self._later_secret))
        return shown if len(shown) <= _MAX_MESSAGE else shown[: _MAX_MESSAGE - 1] + "…"

    def failure(self, answer: Answer, said: str, *, write: bool) -> PsaError:
        """Return the error for an answer that is no success. `said` is what its body says, if anything."""
        message = self.clean(f"HTTP {answer.status}" + (f": {said}" if said else ""))
        wait = retry_after(answer.retry_after, datetime.now(UTC))
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimitedError(message, wait)
        # Apart from these, a 408 is as good as no answer, and what is no error (1xx, 3xx) is not the PSA's own.
        refused = answer.status != HTTPStatus.REQUEST_TIMEOUT and answer.status // 100 == _REFUSED
        if refused:
            return _REFUSALS.get(answer.status, ValidationError)(message)
        return UnknownOutcomeError(message) if write else UnavailableError(message, wait)


async def _in_time(event: str, _about: dict[str, Any]) -> None:
    """Stop a write at the last moment: by then the name is resolved and the connection made, which takes time."""
    late = asyncio.get_running_loop().time() > send_until.get(float("inf"))
    if late and event.endswith("send_request_headers.started"):
        raise UnavailableError("the lease ended before the request was sent")


def _json(content: bytes) -> Any:  # noqa: ANN401  a PSA's answer is looked at field by field
    try:
        return msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return NO_JSON
