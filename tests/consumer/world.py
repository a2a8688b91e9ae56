"""The main application's side of a test: accounts, flows and sessions, and what became of their events."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg

from services.events import FlowMatched, PsaPushed
from tests.infra.database import Database

NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass
class Tenant:
    """One account with a flow and a session; more on demand."""

    database: Database
    account: UUID = field(default_factory=uuid4)
    flow: UUID = field(default_factory=uuid4)
    session: UUID = field(default_factory=uuid4)
    group: str = field(default_factory=lambda: f"test-{uuid4()}")
    """Of its consumers: a killed one stays a member of its group for half a minute."""

    def __post_init__(self) -> None:
        self.connection = psycopg.connect(self.database.dsn, autocommit=True)
        self.run("delete from accounts")
        for table in ("inbox", "outbox", "consumer_offset", "dead_letter", "job_run", "heartbeat"):
            self.run(f"delete from analytics.{table}")
        self.add_account(self.account)
        self.add_flow(self.flow)
        self.add_session(self.session)

    def close(self) -> None:
        self.connection.close()

    def run(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        cursor = self.connection.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []

    def one(self, statement: str, *parameters: object) -> Any:  # noqa: ANN401  whatever the column holds
        ((value,),) = self.run(statement, *parameters)
        return value

    def add_account(self, account: UUID | None = None) -> UUID:
        account = account or uuid4()
        self.run("insert into accounts (id, name) values (%s, 'Contoso')", account)
        return account

    def add_flow(self, flow: UUID | None = None, account: UUID | None = None) -> UUID:
        flow = flow or uuid4()
        self.run("insert into trees (id, account_id, name) values (%s, %s, 'A flow')", flow, account or self.account)
        return flow

    def add_session(
        self,
        session: UUID | None = None,
        account: UUID | None = None,
        *,
        flow: UUID | None = None,
        status: str = "active",
    ) -> UUID:
        session = session or uuid4()
        self.run(
            "insert into ai_sessions (id, account_id, matched_flow_id, status) values (%s, %s, %s, %s)",
            session,
            account or self.account,
            flow,
            status,
        )
        return session

    def matched(self, *, age: timedelta = timedelta(), **changes: Any) -> FlowMatched:  # noqa: ANN401  any field
        names = {"account_id": self.account, "session_id": self.session, "flow_id": self.flow, "time": NOW - age}
        return FlowMatched(**{**names, **changes})

    def pushed(self, **changes: Any) -> PsaPushed:  # noqa: ANN401  any field
        names = {
            "account_id": self.account,
            "session_id": self.session,
            "activity_type": "time_entry_posted",
            "psa_ticket_id": "48213",
            "hours_logged": 1.5,
            "time": NOW,
        }
        return PsaPushed(**{**names, **changes})

    @contextmanager
    def constraint(self, table: str, check: str) -> Iterator[None]:
        """Makes the database refuse rows of a table."""
        self.run(f"alter table {table} add constraint refused check ({check})")
        try:
            yield
        finally:
            self.run(f"alter table {table} drop constraint refused")

    def usage(self, flow: UUID | None = None) -> int:
        counted: int = self.one("select usage_count from trees where id = %s", flow or self.flow)
        return counted

    def dead(self) -> list[tuple[int, int, str]]:
        """Partition, offset and reason of each dead letter."""
        return self.run('select partition, "offset", reason from analytics.dead_letter order by topic, 1, 2')

    def reasons(self) -> list[str]:
        return [reason for _, _, reason in self.dead()]
