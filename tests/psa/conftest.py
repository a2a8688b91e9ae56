"""An account with a session and a ticket, in a migrated database."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.rows import dict_row

from deploy.sandbox.client import SandboxControls
from services.events import Event, decode, uuid7
from services.psa import Action, PushIntent, request_push
from tests.infra.database import Database
from tests.infra.waiting import wait_until
from tests.psa.processes import Sandbox, Worker, running_sandbox


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

    def push(self, ticket: str, action: Action, *, session: UUID | None = None, sequence: int = 1) -> UUID:
        """As the main application asks for it."""
        with self.database.connect("main_app") as connection:
            return request_push(connection, PushIntent(self.id, session, ticket, action, sequence))

    def intents(self) -> list[dict[str, Any]]:
        """In the order they were asked for."""
        with psycopg.connect(self.database.dsn, row_factory=dict_row) as connection:
            return connection.execute(
                "select * from analytics.push_intent where account_id = %s order by created_at", [self.id]
            ).fetchall()

    def states(self) -> list[str]:
        return [row["state"] for row in self.intents()]

    def wait_for(self, *states: str, seconds: float = 20) -> None:
        """Until the intents have these states."""
        wait_until(lambda: self.states() == list(states), f"{self.states()} becomes {list(states)}", seconds)

    def events(self) -> list[Event]:
        """What stands in the outbox for this account."""
        with self.database.connect() as connection:
            rows = connection.execute("select aggregatetype, payload from analytics.outbox order by created_at")
            events = [decode(topic, payload, now=datetime.now(UTC)) for topic, payload in rows]
        return [event for event in events if event.account_id == self.id]


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


@pytest.fixture(scope="session")
def sandbox_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> SandboxControls:
    """The running sandbox's controls; without faults, and nothing seen yet."""
    controls = sandbox_process.controls
    controls.set_faults()
    controls.set_behaviour()
    controls.forget_requests()
    return controls


@pytest.fixture(scope="module")
def shared_worker(
    module_database: Database, sandbox_process: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Worker]:
    """A worker that serves all tests of the file which do not need one of their own."""
    log = tmp_path_factory.mktemp("worker") / "worker.log"
    worker = Worker(module_database.dsn_for("flowpilot_pusher"), sandbox_process.url, log)
    yield worker
    worker.kill()


@pytest.fixture
def start_worker(
    module_database: Database, sandbox_process: Sandbox, tmp_path: Path
) -> Iterator[Callable[..., Worker]]:
    """Starts workers of this test's database; those that still run are killed at the end."""
    workers: list[Worker] = []

    def start(**environ: str) -> Worker:
        url = module_database.dsn_for("flowpilot_pusher")
        workers.append(Worker(url, sandbox_process.url, tmp_path / f"worker{len(workers)}.log", **environ))
        return workers[-1]

    yield start
    for worker in workers:
        worker.kill()
