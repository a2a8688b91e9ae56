"""An httpx transport that connects to the address it has checked.

A name can resolve to a public address when it is checked and to a private one a moment later (DNS rebinding). Here the
name is resolved once for each request and the connection goes to that very address, while TLS and the Host header
keep the name.
"""

import asyncio
import socket
import ssl
from functools import cache

import httpx

from services.psa.egress import EgressPolicy
from services.psa.errors import ForbiddenAddressError

_MOST_ADDRESSES = 4


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
        self._pools = {
            origin: httpx.AsyncHTTPTransport(verify=_tls(), limits=limits, trust_env=False) for origin in origins
        }

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
