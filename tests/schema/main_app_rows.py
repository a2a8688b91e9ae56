"""Rows of the main application, told by what the case is about."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import psycopg

NOON = datetime(2026, 3, 18, 12, tzinfo=UTC)


def account(connection: psycopg.Connection, name: str = "An account", timezone: str | None = None) -> UUID:
    return _insert(connection, "accounts", name=name, timezone=timezone)


def user(connection: psycopg.Connection, account_id: UUID, *, role: str = "team_admin", is_active: bool = True) -> UUID:
    return _insert(connection, "users", account_id=account_id, email="a@example.com", role=role, is_active=is_active)


def flow(connection: psycopg.Connection, account_id: UUID, name: str = "A flow") -> UUID:
    return _insert(connection, "trees", account_id=account_id, name=name)


def session(
    connection: psycopg.Connection,
    account_id: UUID,
    *,
    status: str = "active",
    matched_flow_id: UUID | None = None,
    created_at: datetime = NOON,
) -> UUID:
    return _insert(
        connection,
        "ai_sessions",
        account_id=account_id,
        status=status,
        matched_flow_id=matched_flow_id,
        created_at=created_at,
    )


def activity(connection: psycopg.Connection, account_id: UUID, session_id: UUID | None = None) -> UUID:
    return _insert(
        connection,
        "psa_activity_log",
        account_id=account_id,
        session_id=session_id,
        activity_type="note_posted",
        psa_ticket_id="48213",
        created_at=NOON,
        event_id=uuid4(),
    )


def _insert(connection: psycopg.Connection, table: str, **values: object) -> UUID:
    row_id = uuid4()
    names = ", ".join(["id", *values])
    marks = ", ".join(["%s"] * (len(values) + 1))
    connection.execute(f"insert into {table} ({names}) values ({marks})".encode(), [row_id, *values.values()])
    return row_id
