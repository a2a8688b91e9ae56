"""Addresses that are no one's on the internet: IANA's special-purpose registries, whole, whatever they say of reach.

Not `ipaddress.is_global`: what it knows depends on the Python that runs us. No PSA has an address from here, so that an
entry which is "globally reachable" (an AS112 server, a relay's anycast) is refused, too. Compare with the registries
(iana-ipv4-special-registry, iana-ipv6-special-registry) once a year; an entry that is missing here lets a name that
resolves to it through.
"""

from datetime import date
from ipaddress import IPv4Network, IPv6Network
from typing import Final

AS_OF: Final = date(2025, 10, 1)
"""The tables were written from the RFCs that the registries cite; the newest entry is RFC 9780's, of May 2025."""

IPV4: Final[tuple[IPv4Network, ...]] = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network, RFC 791
            "10.0.0.0/8",  # private use, RFC 1918
            "100.64.0.0/10",  # shared address space, RFC 6598
            "127.0.0.0/8",  # loopback, RFC 1122
            "169.254.0.0/16",  # link local, RFC 3927
            "172.16.0.0/12",  # private use, RFC 1918
            "192.0.0.0/24",  # protocol assignments, RFC 6890; holds DS-Lite, PCP and TURN anycast, NAT64 discovery
            "192.0.2.0/24",  # documentation, RFC 5737
            "192.31.196.0/24",  # AS112-v4, RFC 7535
            "192.52.193.0/24",  # AMT, RFC 7450
            "192.88.99.0/24",  # 6to4 relay anycast, deprecated, RFC 7526
            "192.168.0.0/16",  # private use, RFC 1918
            "192.175.48.0/24",  # direct delegation AS112, RFC 7534
            "198.18.0.0/15",  # benchmarking, RFC 2544
            "198.51.100.0/24",  # documentation, RFC 5737
            "203.0.113.0/24",  # documentation, RFC 5737
            "224.0.0.0/4",  # multicast, RFC 5771; another registry's
            "240.0.0.0/4",  # reserved, RFC 1112; holds the limited broadcast, RFC 8190
        ),
    )
)
IPV6: Final[tuple[IPv6Network, ...]] = tuple(
    map(
        IPv6Network,
        (
            "::1/128",  # loopback, RFC 4291
            "::/128",  # unspecified, RFC 4291
            "::ffff:0:0/96",  # IPv4-mapped, RFC 4291
            "64:ff9b:1::/48",  # translation of one's own, RFC 8215
            "100::/64",  # discard only, RFC 6666
            "100:0:0:1::/64",  # dummy prefix, RFC 9780
            "2001::/23",  # protocol assignments, RFC 2928; holds Teredo, PCP, TURN, AMT, ORCHID, drone ids
            "2001:db8::/32",  # documentation, RFC 3849
            "2002::/16",  # 6to4, RFC 3056
            "2620:4f:8000::/48",  # direct delegation AS112, RFC 7534
            "3fff::/20",  # documentation, RFC 9637
            "5f00::/16",  # segment routing, RFC 9602
            "fc00::/7",  # unique local, RFC 4193
            "fe80::/10",  # link local, RFC 4291
            "fec0::/10",  # site local, deprecated, RFC 3879
            "ff00::/8",  # multicast, RFC 4291; another registry's
        ),
    )
)
"""Without 64:ff9b::/96 (RFC 6052): it leads to the IPv4 address that it holds, which decides."""
