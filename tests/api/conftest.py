from collections.abc import Iterator

import pytest

from tests.api.running import RunningApi, running_api
from tests.api.world import Account, insert_world
from tests.infra.database import Database

READER = "flowpilot_api"


@pytest.fixture(scope="module")
def accounts(module_database: Database) -> tuple[Account, Account]:
    """Two accounts with rows of the same shape."""
    return insert_world(module_database)


@pytest.fixture(scope="module")
def alpha(accounts: tuple[Account, Account]) -> Account:
    return accounts[0]


@pytest.fixture(scope="module")
def bravo(accounts: tuple[Account, Account]) -> Account:
    return accounts[1]


@pytest.fixture(scope="module")
def api(
    module_database: Database, accounts: tuple[Account, Account], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApi]:
    """The service on the replica, for the tests of one file."""
    assert accounts
    log = tmp_path_factory.mktemp("api") / "log"
    with running_api(log, module_database.replica_dsn_for(READER)) as running:
        yield running
