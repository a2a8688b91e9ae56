import logging
from collections.abc import AsyncIterator, Iterator

import pytest
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict

from psa_event_consumer.apply.database import connect
from tests.consumer.world import Tenant
from tests.infra.database import Database
from tests.infra.own_kafka import OwnKafka, own_kafka
from tests.services.tcp_proxy import Proxy, proxy


@pytest.fixture(autouse=True)
def logging_ends_with_the_test() -> Iterator[None]:
    """What a command line run within a test logs to is that test's own captured stream, closed by the next."""
    root = logging.getLogger()
    before = set(root.handlers)
    yield
    for handler in set(root.handlers) - before:
        root.removeHandler(handler)


@pytest.fixture
def world(module_database: Database) -> Iterator[Tenant]:
    """A database that holds one account, flow and session, and nothing else."""
    made = Tenant(module_database)
    yield made
    made.close()


@pytest.fixture
async def consumer_connection(module_database: Database) -> AsyncIterator[AsyncConnection]:
    """As the consumer connects: its role, its settings."""
    async with await connect(module_database.dsn_for("flowpilot_consumer")) as connection:
        yield connection


@pytest.fixture
def primary(world: Tenant) -> Iterator[tuple[Proxy, str]]:
    """A primary that can go away, and its address for the consumer."""
    parts = conninfo_to_dict(world.database.dsn_for("flowpilot_consumer"))
    with proxy(str(parts["host"]), int(str(parts["port"]))) as between:
        yield between, f"postgresql://{parts['user']}:{parts['password']}@127.0.0.1:{between.port}/{parts['dbname']}"


@pytest.fixture(scope="session")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnKafka]:
    """A broker for what later tests should not have to read, or whose topics are not as they were made."""
    with own_kafka(tmp_path_factory.mktemp("spoilt")) as started:
        yield started
