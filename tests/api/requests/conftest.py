"""These tests change nothing, so that one service and one database serve them all."""

from collections.abc import Iterator

import pytest

from tests.api.conftest import READER
from tests.api.running import RunningApi, running_api
from tests.api.world import Account, insert_world
from tests.infra.database import Database, cloned_database
from tests.infra.servers import Infra

ORIGIN = "https://app.flowpilot.example"


@pytest.fixture(scope="package")
def package_database(infra: Infra, template_database: str) -> Iterator[Database]:
    with cloned_database(infra, template_database) as clone:
        yield clone


@pytest.fixture(scope="package")
def accounts(package_database: Database) -> tuple[Account, Account]:
    return insert_world(package_database)


@pytest.fixture(scope="package")
def alpha(accounts: tuple[Account, Account]) -> Account:
    return accounts[0]


@pytest.fixture(scope="package")
def bravo(accounts: tuple[Account, Account]) -> Account:
    return accounts[1]


@pytest.fixture(scope="package")
def api(
    package_database: Database, accounts: tuple[Account, Account], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApi]:
    """On the replica, with one other origin allowed."""
    assert accounts
    log = tmp_path_factory.mktemp("api") / "log"
    origins = f"{ORIGIN}, http://localhost:5173"
    with running_api(log, package_database.replica_dsn_for(READER), CORS_ALLOWED_ORIGINS=origins) as running:
        yield running
