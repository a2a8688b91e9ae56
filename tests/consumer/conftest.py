from collections.abc import AsyncIterator, Iterator

import pytest
from psycopg import AsyncConnection

from psa_event_consumer.database import connect
from tests.consumer.world import World
from tests.infra.database import Database


@pytest.fixture
def world(module_database: Database) -> Iterator[World]:
    """A database that holds one account, flow and session, and nothing else."""
    made = World(module_database)
    yield made
    made.close()


@pytest.fixture
async def consumer_connection(module_database: Database) -> AsyncIterator[AsyncConnection]:
    """As the consumer connects: its role, its settings."""
    async with await connect(module_database.dsn_for("flowpilot_consumer")) as connection:
        yield connection
