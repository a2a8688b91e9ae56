"""Where credentials may go: a site is typed in by a customer."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.psa.connectwise import ConnectWise
from services.psa.connectwise.client import CLOUD
from services.psa.egress import EgressPolicy
from services.psa.errors import ForbiddenAddressError, PsaError, UnavailableError, UnknownOutcomeError
from tests.psa.clients import NOTE, TICKET, connectwise, connectwise_connection
from tests.psa.scripted import Said, scripted

TLS_HANDSHAKE = 22
NOTHING = EgressPolicy()
OPENED = EgressPolicy(
    on_premise_hosts=frozenset({"psa.customer.example", "psa.customer.example:8443", "10.1.2.3"}),
    on_premise_networks=(ip_network("10.1.0.0/16"),),
    sandbox="http://127.0.0.1:8090",
)


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        pytest.param("na.myconnectwise.net", "https://na.myconnectwise.net", id="cloud"),
        pytest.param(" HTTPS://NA.MyConnectWise.net/ ", "https://na.myconnectwise.net", id="cloud, as a URL"),
        pytest.param("na.myconnectwise.net:443", "https://na.myconnectwise.net", id="cloud, with its port"),
        pytest.param("api-staging.connectwisedev.com", "https://api-staging.connectwisedev.com", id="staging"),
        pytest.param("psa.customer.example", "https://psa.customer.example", id="on-premise"),
        pytest.param("psa.customer.example:8443", "https://psa.customer.example:8443", id="on-premise, own port"),
        pytest.param("127.0.0.1:8090", "http://127.0.0.1:8090", id="sandbox"),
        pytest.param("http://127.0.0.1:8090/", "http://127.0.0.1:8090", id="sandbox, as a URL"),
    ],
)
def test_a_site_that_is_allowed(site: str, origin: str) -> None:
    assert OPENED.origin(site, CLOUD) == origin


@pytest.mark.parametrize(
    "site",
    [
        pytest.param("evil.example", id="anybody's"),
        pytest.param("myconnectwise.net.evil.example", id="cloud as a prefix"),
        pytest.param("evilmyconnectwise.net", id="cloud as an ending without its dot"),
        pytest.param("myconnectwise.net", id="the bare domain"),
        pytest.param("evil.example/.myconnectwise.net", id="path"),
        pytest.param("evil.example#.myconnectwise.net", id="fragment"),
        pytest.param("evil.example?.myconnectwise.net", id="query"),
        pytest.param("evil.example\\.myconnectwise.net", id="backslash"),
        pytest.param("user@na.myconnectwise.net", id="user"),
        pytest.param("na.myconnectwise.net@evil.example", id="cloud as a user"),
        pytest.param("http://na.myconnectwise.net", id="plain http"),
        pytest.param("file:///etc/passwd", id="file"),
        pytest.param("na.myconnectwise.net:8080", id="another port"),
        pytest.param("na.myconnectwise.net:", id="no port"),
        pytest.param("na.myconnectwise.net.", id="final dot"),
        pytest.param("na..myconnectwise.net", id="empty label"),
        pytest.param("na\n.myconnectwise.net", id="line end inside"),
        pytest.param("nа.myconnectwise.net", id="a letter of another alphabet"),  # noqa: RUF001  the case
        pytest.param("127.0.0.1", id="address"),
        pytest.param("[::1]", id="IPv6 address"),
        pytest.param("2130706433", id="address as a number"),
        pytest.param("localhost", id="localhost"),
        pytest.param("127.0.0.1:8090", id="somebody's sandbox"),
        pytest.param("psa.customer.example", id="on-premise without leave"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_site_that_is_refused(site: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        NOTHING.origin(site, CLOUD)


def test_a_password_in_the_site_is_not_repeated() -> None:
    with pytest.raises(ForbiddenAddressError, match=r"'na\.myconnectwise\.net' is not a host name"):
        NOTHING.origin("https://user:password@na.myconnectwise.net", CLOUD)


@given(st.text(alphabet="abz019.-:/@#?\\[] \n\tмyconectwis", max_size=60))
def test_whatever_is_typed_in_credentials_go_to_the_cloud_only(site: str) -> None:
    try:
        origin = NOTHING.origin(site, CLOUD)
    except ForbiddenAddressError:
        return
    host = origin.removeprefix("https://")
    assert host.endswith(CLOUD)
    assert set(host) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-")


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "192.88.98.1", "3ffe::1"])
def test_a_public_address_is_allowed(address: str) -> None:
    NOTHING.check_address("https://na.myconnectwise.net", address)


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("10.1.2.3", id="private 10/8"),
        pytest.param("172.16.0.1", id="private 172.16/12"),
        pytest.param("192.168.1.1", id="private 192.168/16"),
        pytest.param("169.254.169.254", id="link-local: cloud metadata"),
        pytest.param("100.64.0.1", id="carrier-grade NAT"),
        pytest.param("0.0.0.0", id="unspecified"),  # noqa: S104  refused
        pytest.param("224.0.0.1", id="multicast"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("192.0.2.1", id="documentation"),
        pytest.param("198.18.0.1", id="benchmarking"),
        pytest.param("240.0.0.1", id="reserved"),
        pytest.param("::1", id="IPv6 loopback"),
        pytest.param("::", id="IPv6 unspecified"),
        pytest.param("fe80::1%eth0", id="IPv6 link-local with a zone"),
        pytest.param("fd00:ec2::254", id="IPv6 private: cloud metadata"),
        pytest.param("ff02::1", id="IPv6 multicast"),
        pytest.param("::ffff:10.1.2.3", id="IPv4 in IPv6"),
        pytest.param("::ffff:169.254.169.254", id="metadata in IPv6"),
        pytest.param("::127.0.0.1", id="IPv4-compatible"),
        pytest.param("fec0::1", id="IPv6 site-local"),
        pytest.param("64:ff9b::a9fe:a9fe", id="metadata by NAT64"),
        pytest.param("2002:a9fe:a9fe::1", id="metadata by 6to4"),
        pytest.param("2002:808:808::1", id="anything by 6to4"),
        pytest.param("3fff::1", id="documentation of RFC 9637"),
        pytest.param("3fff:fff:ffff::1", id="its end"),
        pytest.param("192.88.99.1", id="6to4 relay"),
        pytest.param("192.0.0.9", id="PCP anycast"),
        pytest.param("192.31.196.1", id="AS112"),
        pytest.param("192.175.48.1", id="AS112, delegated"),
        pytest.param("2620:4f:8000::1", id="AS112 in IPv6"),
        pytest.param("2001:1::1", id="PCP anycast in IPv6"),
        pytest.param("2001:20::1", id="ORCHIDv2"),
        pytest.param("100::1", id="discard"),
        pytest.param("5f00::1", id="segment routing"),
        pytest.param("64:ff9b::c058:6301", id="6to4 relay by NAT64"),
        pytest.param("64:ff9b:1::808:808", id="a translation of one's own"),
        pytest.param("2001:0:4136:e378:8000:63bf:5601:5601", id="metadata by Teredo"),
    ],
)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    with pytest.raises(ForbiddenAddressError, match="not a public address"):
        OPENED.check_address("https://na.myconnectwise.net", address)


def test_on_premise_networks_open_those_hosts_and_nothing_else() -> None:
    OPENED.check_address("https://psa.customer.example", "10.1.2.3")
    OPENED.check_address("https://psa.customer.example:8443", "10.1.255.255")
    for origin, address in [
        ("https://psa.customer.example", "10.2.0.1"),
        ("https://psa.customer.example", "127.0.0.1"),
        ("https://na.myconnectwise.net", "10.1.2.3"),
    ]:
        with pytest.raises(ForbiddenAddressError):
            OPENED.check_address(origin, address)


@dataclass
class Resolver:
    """Answers each look-up of a name with the next list of addresses."""

    answers: list[list[str]]
    asked: list[str] = field(default_factory=list)

    def __call__(self, host: str, port: int, *_: object, **__: object) -> list[Any]:
        self.asked.append(host)
        addresses = self.answers.pop(0)
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]


@asynccontextmanager
async def a_server_that_is_listened_to() -> AsyncIterator[tuple[int, list[bytes]]]:
    """A port, and the first bytes of each connection to it."""
    heard: list[bytes] = []

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(4096))
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], heard


async def test_the_connection_goes_to_the_address_that_was_checked_and_keeps_the_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A second look-up, as a rebinding attack would wait for, does not take place."""
    async with a_server_that_is_listened_to() as (port, heard):
        resolver = Resolver([["127.0.0.1"]])
        monkeypatch.setattr(socket, "getaddrinfo", resolver)
        host = f"psa.customer.example:{port}"
        policy = EgressPolicy(on_premise_hosts=frozenset({host}), on_premise_networks=(ip_network("127.0.0.0/8"),))
        provider = ConnectWise(connectwise_connection(host), policy, read_seconds=5, concurrency=4)
        with pytest.raises(UnavailableError):
            await provider.test_connection()
        await provider.aclose()
    assert resolver.asked == ["psa.customer.example"]
    assert heard
    assert heard[0][0] == TLS_HANDSHAKE
    assert b"psa.customer.example" in heard[0]


@pytest.mark.parametrize(
    "addresses",
    [
        pytest.param([["127.0.0.1"]], id="private"),
        pytest.param([["8.8.8.8", "10.0.0.1"]], id="a public and a private one"),
    ],
)
async def test_a_cloud_name_that_leads_inside_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, addresses: list[list[str]]
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver(addresses))
    provider = ConnectWise(connectwise_connection("na.myconnectwise.net"), NOTHING, read_seconds=5, concurrency=4)
    with pytest.raises(ForbiddenAddressError, match="not a public address"):
        await provider.test_connection()
    await provider.aclose()


async def test_a_name_that_does_not_resolve_is_tried_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Resolver([[]]))
    provider = ConnectWise(connectwise_connection("na.myconnectwise.net"), NOTHING, read_seconds=5, concurrency=4)
    with pytest.raises(UnavailableError, match="cannot be resolved"):
        await provider.test_connection()
    await provider.aclose()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(status: int) -> None:
    with scripted(Said(body=[])) as inside, scripted(Said(status, "", {"Location": f"{inside.url}/x"})) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(UnknownOutcomeError):
                await provider.add_note(TICKET, NOTE, "fp:1")
            with pytest.raises(PsaError):
                await provider.test_connection()
    assert inside.seen == []


async def test_the_environments_proxy_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(Said(body=[])) as proxy, scripted(Said(body=[])) as psa:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.delenv("NO_PROXY", raising=False)
        async with connectwise(psa.url) as provider:
            await provider.test_connection()
    assert proxy.seen == []
