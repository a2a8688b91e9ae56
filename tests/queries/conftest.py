from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, NullPool, create_engine

from tests.infra.database import Database
from tests.queries.asking import rolled_back


@pytest.fixture(scope="module")
def engine(module_database: Database) -> Iterator[Engine]:
    """The superuser's, on the primary."""
    made = create_engine(module_database.dsn.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    yield made
    made.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with rolled_back(engine) as connection:
        yield connection
