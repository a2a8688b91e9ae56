from collections.abc import AsyncIterator, Iterator

import pytest
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict

from deploy.embedded.java import find_java
from deploy.embedded.kafka import Kafka
from deploy.embedded.kafka_jars import kafka_jars
from deploy.embedded.ports import free_ports
from deploy.embedded.processes import Children
from deploy.topics import make_topics
from psa_event_consumer.database import connect
from services.kafka import KafkaSettings
from tests.consumer.world import World
from tests.infra.database import Database
from tests.services.conftest import OwnKafka
from tests.services.tcp_proxy import Proxy, proxy


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


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnKafka]:
    """A broker of the consumer's tests alone, which they may freeze, kill and take records from."""
    folder = tmp_path_factory.mktemp("broker")
    ports = free_ports(["kafka", "controller"])
    kafka = Kafka(folder / "kafka", ports["kafka"], ports["controller"], find_java(), kafka_jars(print))
    children = Children(folder / "run", folder / "logs")
    try:
        kafka.begin_format(children)()
        child = kafka.start(children)
        kafka.wait_ready(child)
        make_topics(KafkaSettings(kafka.bootstrap))
        yield OwnKafka(kafka, children, child)
    finally:
        children.stop_all()


@pytest.fixture
def primary(world: World) -> Iterator[tuple[Proxy, str]]:
    """A primary that can go away, and its address for the consumer."""
    parts = conninfo_to_dict(world.database.dsn_for("flowpilot_consumer"))
    with proxy(str(parts["host"]), int(str(parts["port"]))) as between:
        yield between, f"postgresql://{parts['user']}:{parts['password']}@127.0.0.1:{between.port}/{parts['dbname']}"
