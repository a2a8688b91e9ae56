"""An httpx transport that connects to the address it has checked.

A name can resolve to a public address when it is checked and to a private one a moment later (DNS rebinding). Here the
name is resolved once for each request and the connection goes to that very address, while TLS and the Host header
keep the name.
"""

import asyncio
import socket
import ssl
from functools import cache
from typing import Any, Final

import httpcore
import httpx

from services.psa.egress import EgressPolicy
from services.psa.errors import ForbiddenAddressError

SIP_BYTES: Final = 4096
"""At most so much is read at a time: 64 KiB may be thousands of answers "102 Processing", all of which the client goes
through before it lets anybody else have the event loop."""
_MOST_ADDRESSES: Final = 4


@cache
def _tls() -> ssl.SSLContext:
    """One for all: reading the authorities' certificates takes longer than a request."""
    return httpx.create_ssl_context(trust_env=False)


class PinnedTransport(httpx.AsyncBaseTransport):
    """Talks to the given origins and no other.

    One pool of connections for each name: they are keyed by address below, and two names may share one address but
    not a TLS session.
    """

    def __init__(self, origins: frozenset[str], policy: EgressPolicy, limits: httpx.Limits) -> None:
        self._policy = policy
        self._pools = {origin: _transport(limits) for origin in origins}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to an address of its host that the policy allows."""
        url = request.url
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        pool = self._pools.get(origin)
        if pool is None:
            raise ForbiddenAddressError(f"{origin} is not an address of this connection")
        failure: Exception | None = None
        for address in await self._addresses(origin, url.host, url.port or 443):
            pinned = httpx.Request(
                request.method,
                url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": url.host},
            )
            try:
                return await pool.handle_async_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or httpx.ConnectError(f"{url.host} has no address")

    async def _addresses(self, origin: str, host: str, port: int) -> list[str]:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpx.ConnectError(f"the name {host} cannot be resolved") from error
        addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        for address in addresses:  # all of them: a name with one bad address is not to be trusted with the others
            self._policy.check_address(origin, address)
        return addresses[:_MOST_ADDRESSES]

    async def aclose(self) -> None:
        """Close its connections."""
        for pool in self._pools.values():
            await pool.aclose()


def _transport(limits: httpx.Limits) -> httpx.AsyncHTTPTransport:
    made = httpx.AsyncHTTPTransport(verify=_tls(), limits=limits, trust_env=False)
    made._pool = httpcore.AsyncConnectionPool(  # noqa: SLF001  httpx has no parameter for how bytes are read
        ssl_context=_tls(),
        max_connections=limits.max_connections,
        max_keepalive_connections=limits.max_keepalive_connections,
        keepalive_expiry=limits.keepalive_expiry,
        network_backend=_SippingBackend(),
    )
    return made


class _SippingBackend(httpcore.AnyIOBackend):
    """Connects as ever, and reads in sips."""

    async def connect_tcp(self, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:  # noqa: ANN401  httpcore's own
        return _Sipping(await super().connect_tcp(*args, **options))


class _Sipping(httpcore.AsyncNetworkStream):
    """A connection that is read in sips."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109  httpcore's own
        return await self._stream.read(min(max_bytes, SIP_BYTES), timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109  httpcore's own
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(self, *args: Any, **options: Any) -> httpcore.AsyncNetworkStream:  # noqa: ANN401  httpcore's own
        return _Sipping(await self._stream.start_tls(*args, **options))

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401  httpcore's own
        return self._stream.get_extra_info(info)
