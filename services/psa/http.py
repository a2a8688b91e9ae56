"""Requests to a PSA, and what a failed one means: refused, worth another try, or no one knows.

Reads may be repeated; a write may not once its bytes may have left. Which of the two a request is decides what a
time-out or a 5xx becomes.
"""

import asyncio
from contextvars import ContextVar
from datetime import UTC, datetime
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final

import httpx
import msgspec

from services.psa.answer import Answer, read_answer
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
from services.psa.values import one_line

CONNECT_SECONDS: Final = 5.0
_MOST_REDACTED: Final = 10_000  # of what a server says; a secret that is cut off here is cut off from the message too
_READS: Final = 3
_READ_PAUSE: Final = 0.2  # of the wait before another attempt at an intent
_REFUSED: Final = 4
_REFUSALS: Final[dict[int, type[PsaError]]] = {
    HTTPStatus.UNAUTHORIZED: AuthenticationError,
    HTTPStatus.FORBIDDEN: ForbiddenError,
    HTTPStatus.NOT_FOUND: NotFoundError,
}
_CONFLICTS: Final = frozenset({HTTPStatus.CONFLICT, HTTPStatus.LOCKED})

send_until: ContextVar[float] = ContextVar("send_until")
"""On the event loop's clock: no write is begun later. A worker whose lease ran out while it was suspended must not
send what another one may be about to look for."""


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
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # none: a server could hand out any number
        )
        self._whole_seconds = CONNECT_SECONDS + read_seconds
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
                # A PSA that does not answer at all is not asked again within this lease.
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
            try:
                async with asyncio.timeout(self._whole_seconds):
                    response = await self._client.send(request, stream=True)
                    try:
                        return await read_answer(response)
                    finally:
                        await response.aclose()
            except TimeoutError:  # each of its bytes came in time, and there was no end of them
                raise httpx.ReadTimeout(f"not whole within {self._whole_seconds:.0f} s") from None

    def _said(self, error: Exception) -> str:
        kind = type(error).__name__
        return self.clean(f"no answer ({kind})" + (f": {error}" if str(error) else ""))

    def hide(self, secret: str) -> None:
        """Hide one more text from every message, in place of the last one: a token that was handed out later."""
        self._later_secret = (secret,)

    def clean(self, text: str) -> str:
        """Return a message fit to be stored and shown: one line, bounded, without this connection's secrets."""
        return one_line(redacted(text[:_MOST_REDACTED], self._secrets + self._later_secret))

    def failure(self, answer: Answer, said: str, *, write: bool, own: bool) -> PsaError:
        """Return the error for an answer that is no success.

        `said` is what its body says, if anything; `own` whether it is the PSA itself that says so. A gateway in between
        may refuse anything with any status: it knows nothing of what the PSA did, and may let the same request pass
        a moment later.
        """
        message = self.clean(f"HTTP {answer.status}" + (f": {said}" if said else ""))
        wait = retry_after(answer.retry_after, datetime.now(UTC))
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            return RateLimitedError(message, wait)
        if answer.status in _CONFLICTS:
            return ConflictError(message)
        # Apart from these, a 408 is as good as no answer, and what is no error (1xx, 3xx) is not the PSA's own.
        if own and answer.status != HTTPStatus.REQUEST_TIMEOUT and answer.status // 100 == _REFUSED:
            return _REFUSALS.get(answer.status, ValidationError)(message)
        return UnknownOutcomeError(message) if write else UnavailableError(message, wait)


async def _in_time(event: str, _about: dict[str, Any]) -> None:
    """Stop a write at the last moment: by then the name is resolved and the connection made, which takes time."""
    late = asyncio.get_running_loop().time() > send_until.get(float("inf"))
    if late and event.endswith("send_request_headers.started"):
        raise UnavailableError("the lease ended before the request was sent")
