"""Where credentials may be sent. A site is typed in by a customer, and a worker stands inside our network.

Cloud hosts of the PSA's maker over https, at public addresses, are allowed; anything else only where the operator's
own settings (never the customer's) name it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from services.psa import special_purpose
from services.psa.errors import ForbiddenAddressError

_LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_SITE = re.compile(rf"(?:https://)?(?P<host>{_LABEL}(?:\.{_LABEL}){{0,125}})(?::(?P<port>[0-9]{{1,5}}))?/?")
_HTTPS = 443
_NAT64 = IPv6Network("64:ff9b::/96")
_UNICAST = IPv6Network("2000::/3")  # all that is given out

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class EgressPolicy:
    """The operator's opt-ins; none by default."""

    on_premise_hosts: frozenset[str] = frozenset()
    """Further hosts, exactly `host` or `host:port`, over https."""
    on_premise_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    """Addresses that are not public and that these hosts, and no other, may have."""
    sandbox: str | None = None
    """The one origin that may be plain http and have any address, such as `http://127.0.0.1:8090`."""

    def origin(self, site: str, cloud: Iterable[str]) -> str:
        """Return the origin (`https://host[:port]`) for a site, given the maker's own domains (`.myconnectwise.net`).

        Raises:
            ForbiddenAddressError: none that we may talk to.
        """
        text = site.strip().lower()
        if self.sandbox is not None and text.removeprefix("http://").rstrip("/") == self.sandbox.removeprefix(
            "http://"
        ):
            return self.sandbox
        match = _SITE.fullmatch(text)
        if match is None:
            shown = site.rpartition("@")[2][:100]  # before it may stand a password
            raise ForbiddenAddressError(f"the site {shown!r} is not a host name, reached over https")
        host, port = match["host"], int(match["port"] or _HTTPS)
        named = host if port == _HTTPS else f"{host}:{port}"
        if named not in self.on_premise_hosts and (port != _HTTPS or not host.endswith(tuple(cloud))):
            raise ForbiddenAddressError(
                f"the site {named!r} is neither one of {', '.join('*' + domain for domain in cloud)}"
                " nor allowed by PSA_ON_PREMISE_HOSTS"
            )
        return f"https://{named}"

    def check_address(self, origin: str, address: str) -> None:
        """Refuse an address that the origin's name resolves to and that is not public.

        Raises:
            ForbiddenAddressError: it is private, local, reserved, or hides such an address.
        """
        if origin == self.sandbox:
            return
        ip = ip_address(address)
        if _is_public(ip):
            return
        on_premise = origin.removeprefix("https://") in self.on_premise_hosts
        if on_premise and any(ip in network for network in self.on_premise_networks):
            return
        raise ForbiddenAddressError(f"{origin} resolves to {address}, which is not a public address")


def _is_public(ip: Address) -> bool:
    if ip in _NAT64:
        ip = IPv4Address(int(ip) & 0xFFFF_FFFF)  # where the translator leads to
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in special_purpose.IPV4)
    return ip in _UNICAST and not any(ip in network for network in special_purpose.IPV6)
