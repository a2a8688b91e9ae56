import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import deploy.embedded
from deploy.embedded.roles import OWNER, make_database
from tests.infra.database import Database
from tests.infra.servers import Infra


@pytest.fixture
def bare_database(infra: Infra, template_database: str) -> Iterator[Database]:
    """The main application's tables without our migrations; the roles exist, since they are the cluster's."""
    assert template_database
    database = Database(f"test_{secrets.token_hex(6)}", infra)
    with psycopg.connect(infra.primary_dsn, autocommit=True) as admin:
        make_database(admin, database.name)
        try:
            with database.connect(OWNER) as owner:
                owner.execute(Path(deploy.embedded.__file__).with_name("main_app.sql").read_bytes())
            yield database
        finally:
            admin.execute(f"drop database {database.name} with (force)")
