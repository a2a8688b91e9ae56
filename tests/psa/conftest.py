"""An account with a session and a ticket, in a migrated database."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import psycopg
import pytest

from services.events import uuid7
from tests.infra.database import Database


@dataclass(frozen=True)
class Account:
    """An account of the main application's, and ways to add to it."""

    id: UUID
    database: Database

    def add_session(self, ticket: str | None = None) -> UUID:
        session_id = uuid7()
        with self.database.connect() as connection:
            connection.execute(
                "insert into ai_sessions (id, account_id, psa_ticket_id) values (%s, %s, %s)",
                [session_id, self.id, ticket],
            )
        return session_id


def add_account(database: Database) -> Account:
    account = Account(uuid7(), database)
    with database.connect() as connection:
        connection.execute("insert into accounts (id, name, timezone) values (%s, 'Acme', 'UTC')", [account.id])
    return account


@pytest.fixture
def account(module_database: Database) -> Account:
    """An account of its own for each test; the database is the file's."""
    return add_account(module_database)


@pytest.fixture
def main_app(module_database: Database) -> Iterator[psycopg.Connection]:
    """The main application's own connection, which can do no more than its role may."""
    with module_database.connect("main_app") as connection:
        yield connection
