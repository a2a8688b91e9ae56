"""The servers and databases that tests ask for by name; what they are is told in `tests/infra/`."""

from collections.abc import Iterator

import pytest
from xdist.remote import Producer
from xdist.scheduler import Scheduling

from deploy.topics import make_topics
from services.kafka import KafkaSettings
from tests.infra import database as databases
from tests.infra.collector import Collector, collecting
from tests.infra.database import Database
from tests.infra.own_kafka import OwnKafka, own_kafka
from tests.infra.pgbouncer import PgBouncer, pgbouncer
from tests.infra.scheduling import TogetherScheduling, rank
from tests.infra.servers import Infra, chosen_kind, servers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: rank(item.nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    return TogetherScheduling(config, log)


def pytest_report_header() -> str:
    return f"servers: {chosen_kind()}"


@pytest.fixture(scope="session")
def infra() -> Iterator[Infra]:
    """PostgreSQL primary and replica, and Kafka."""
    with servers(chosen_kind()) as started:
        yield started


@pytest.fixture(scope="session")
def template_database(infra: Infra) -> Iterator[str]:
    """The name of a migrated, empty database to clone."""
    with databases.template_database(infra) as name:
        yield name


@pytest.fixture
def database(infra: Infra, template_database: str) -> Iterator[Database]:
    """A migrated, empty database for one test."""
    with databases.cloned_database(infra, template_database) as clone:
        yield clone


@pytest.fixture(scope="module")
def module_database(infra: Infra, template_database: str) -> Iterator[Database]:
    """A migrated, empty database for the tests of one file."""
    with databases.cloned_database(infra, template_database) as clone:
        yield clone


@pytest.fixture(scope="session")
def pooler(infra: Infra) -> Iterator[PgBouncer]:
    """PgBouncer in transaction mode before the primary; `pooler.url(database.dsn_for(role))` goes through it."""
    with pgbouncer(infra.primary_dsn) as started:
        yield started


@pytest.fixture(scope="session")
def replica_pooler(infra: Infra) -> Iterator[PgBouncer]:
    """The same before the replica."""
    with pgbouncer(infra.replica_dsn) as started:
        yield started


@pytest.fixture(scope="session")
def kafka(infra: Infra) -> str:
    """Kafka's address; the topics exist, and are shared by all tests of a run."""
    make_topics(KafkaSettings(infra.kafka_bootstrap))
    return infra.kafka_bootstrap


@pytest.fixture(scope="session")
def _own_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnKafka]:
    with own_kafka(tmp_path_factory.mktemp("broker")) as started:
        yield started


@pytest.fixture
def broker(_own_kafka: OwnKafka) -> Iterator[OwnKafka]:
    """A broker, with the topics, that the test may freeze and kill; the next one finds it running."""
    yield _own_kafka
    _own_kafka.mend()


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector of OpenTelemetry spans."""
    with collecting() as started:
        yield started
