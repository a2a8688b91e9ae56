"""Providers for the tests, closed at the end."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime

from services.psa import Note, StatusChange, TicketRef, TimeEntry
from services.psa.connections import ConnectWiseConnection, HaloConnection
from services.psa.connectwise import ConnectWise
from services.psa.egress import EgressPolicy
from services.psa.halo import Halo
from services.psa.secret import Secret
from tests.psa.processes import KEYS

TICKET = TicketRef("48001")
TIME = TimeEntry(
    member="154", start=datetime(2026, 7, 29, 20, 0, 30, 999, tzinfo=UTC), minutes=45, note="Reset the MFA"
)
NOTE = Note(text="Restarted the spooler")
STATUS = StatusChange(status="502")


def connectwise_connection(site: str) -> ConnectWiseConnection:
    return ConnectWiseConnection(
        site=site,
        company_id=KEYS["CONNECTWISE_COMPANY_ID"],
        public_key=Secret(KEYS["CONNECTWISE_PUBLIC_KEY"]),
        private_key=Secret(KEYS["CONNECTWISE_PRIVATE_KEY"]),
        client_id=Secret(KEYS["CONNECTWISE_CLIENT_ID"]),
    )


@asynccontextmanager
async def connectwise(url: str, *, read_seconds: float = 5) -> AsyncIterator[ConnectWise]:
    provider = ConnectWise(
        connectwise_connection(url), EgressPolicy(sandbox=url), read_seconds=read_seconds, concurrency=4
    )
    async with aclosing(provider):
        yield provider


@asynccontextmanager
async def halo(url: str) -> AsyncIterator[Halo]:
    connection = HaloConnection(
        site=url,
        client_id=KEYS["CONNECTWISE_PUBLIC_KEY"],
        client_secret=Secret(KEYS["CONNECTWISE_PRIVATE_KEY"]),
        tenant="acme",
    )
    provider = Halo(connection, EgressPolicy(sandbox=url), read_seconds=5, concurrency=4)
    async with aclosing(provider):
        yield provider
