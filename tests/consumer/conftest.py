from collections.abc import AsyncIterator, Iterator

import pytest
from psycopg import AsyncConnection

from psa_event_consumer.database import connect
from tests.consumer.world import World
from tests.infra.database import Database


@pytest.fixture
def world(database: Database) -> Iterator[World]:
    """A fresh database with one account, flow and session."""
    made = World(database)
    yield made
    made.close()


@pytest.fixture
async def consumer_connection(database: Database) -> AsyncIterator[AsyncConnection]:
    """As the consumer connects: its role, its settings."""
    async with await connect(database.dsn_for("flowpilot_consumer")) as connection:
        yield connection
