"""Two accounts that have the same of everything, under names that tell at once whose they are."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg

from tests.infra.database import Database


@dataclass(frozen=True)
class Account:
    """One account with its users, two flows and a handful of sessions, of the admin and the engineer in turn."""

    mark: str
    """Stands in every name of the account."""
    tz: str | None = "Europe/Berlin"
    id: UUID = field(default_factory=uuid4)
    admin: UUID = field(default_factory=uuid4)
    super_admin: UUID = field(default_factory=uuid4)
    engineer: UUID = field(default_factory=uuid4)
    viewer: UUID = field(default_factory=uuid4)
    disabled: UUID = field(default_factory=uuid4)
    flow: UUID = field(default_factory=uuid4)
    new_flow: UUID = field(default_factory=uuid4)
    sessions: tuple[UUID, ...] = field(default_factory=lambda: tuple(uuid4() for _ in range(12)))

    @property
    def domain(self) -> str:
        return f"{self.mark} Network"


def insert_account(connection: psycopg.Connection, account: Account, *, now: datetime | None = None) -> None:
    """All rows of the account; the sessions lie one to twelve hours back."""
    now = now or datetime.now(UTC)
    category = uuid4()
    connection.execute("insert into accounts values (%s, %s, %s)", [account.id, account.mark, account.tz])
    for user, role, active in (
        (account.admin, "team_admin", True),
        (account.super_admin, "super_admin", True),
        (account.engineer, "engineer", True),
        (account.viewer, "viewer", True),
        (account.disabled, "team_admin", False),
    ):
        connection.execute(
            "insert into users (id, account_id, email, role, is_active) values (%s, %s, %s, %s, %s)",
            [user, account.id, f"{account.mark}@example.com", role, active],
        )
    connection.execute("insert into tree_categories values (%s, %s, %s)", [category, account.id, account.domain])
    for flow, name, age in ((account.flow, "Flow", 100), (account.new_flow, "New Flow", 5)):
        connection.execute(
            "insert into trees (id, account_id, name, category_id, created_at) values (%s, %s, %s, %s, %s)",
            [flow, account.id, f"{account.mark} {name}", category, now - timedelta(days=age)],
        )
    for index, session in enumerate(account.sessions):
        created = now - timedelta(hours=index + 1)
        connection.execute(
            "insert into ai_sessions (id, account_id, user_id, problem_domain, status, confidence_tier,"
            " confidence_score, matched_flow_id, psa_ticket_id, created_at, resolved_at)"
            " values (%s, %s, %s, %s, %s, %s, 0.75, %s, %s, %s, %s)",
            [
                session,
                account.id,
                account.engineer if index % 2 else account.admin,
                account.domain,
                "resolved" if index % 3 else "active",
                "guided" if index % 2 else "exploring",
                account.flow,
                f"{account.mark}-{index}",
                created,
                created + timedelta(minutes=10 + index) if index % 3 else None,
            ],
        )
        connection.execute(
            "insert into psa_activity_log (id, account_id, session_id, activity_type, hours_logged, psa_ticket_id,"
            " created_at, event_id) values (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                uuid4(),
                account.id,
                session,
                "time_entry_posted" if index % 2 else "note_posted",
                1.5 if index % 2 else None,
                f"{account.mark}-{index}",
                created + timedelta(minutes=30),
                uuid4(),
            ],
        )


def insert_world(database: Database) -> tuple[Account, Account]:
    """Two such accounts, on the replica too."""
    accounts = Account("Alpha"), Account("Bravo", tz="Asia/Kathmandu")
    with database.connect() as connection:
        for account in accounts:
            insert_account(connection, account)
    database.wait_for_replica()
    return accounts


def beat(database: Database, at: datetime | None = None) -> None:
    """The consumer's heartbeat, now or then, on the replica too."""
    with database.connect() as connection:
        connection.execute(
            "insert into analytics.heartbeat (id, group_id, beat_at) values (1, 'tests', %s)"
            " on conflict (id) do update set beat_at = excluded.beat_at",
            [at or datetime.now(UTC)],
        )
    database.wait_for_replica()
