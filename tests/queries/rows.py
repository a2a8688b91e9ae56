"""Rows of the main app and of the activity log for tests: factories that take only what a case is about."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import Connection, insert

from shared_queries import tables
from tests.reference.rows import AllRows, Row

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
"""A Wednesday afternoon that the cases count back from."""


def category(account_id: UUID, name: str) -> Row:
    return {"id": uuid4(), "account_id": account_id, "name": name}


def user(account_id: UUID, **changes: object) -> Row:
    return {
        "id": uuid4(),
        "account_id": account_id,
        "email": "dana@example.com",
        "role": "engineer",
        "is_active": True,
    } | changes


def flow(account_id: UUID, **changes: object) -> Row:
    return {
        "id": uuid4(),
        "account_id": account_id,
        "name": "Reset a password",
        "category_id": None,
        "is_active": True,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "usage_count": 0,
        "success_rate": None,
        "last_matched_at": None,
    } | changes


def session(account_id: UUID, **changes: object) -> Row:
    return {
        "id": uuid4(),
        "account_id": account_id,
        "user_id": None,
        "problem_domain": "Network",
        "status": "active",
        "confidence_tier": None,
        "confidence_score": None,
        "matched_flow_id": None,
        "match_score": None,
        "session_rating": None,
        "psa_ticket_id": None,
        "created_at": datetime(2026, 3, 17, 12, tzinfo=UTC),
        "resolved_at": None,
    } | changes


def activity(account_id: UUID, **changes: object) -> Row:
    return {
        "id": uuid4(),
        "account_id": account_id,
        "session_id": None,
        "activity_type": "time_entry_posted",
        "hours_logged": 1.0 if changes.get("activity_type", "time_entry_posted") == "time_entry_posted" else None,
        "psa_ticket_id": "48213",
        "created_at": datetime(2026, 3, 17, 13, tzinfo=UTC),
        "event_id": uuid4(),
    } | changes


def fill(connection: Connection, world: AllRows) -> None:
    """Insert the rows, and the accounts that they name."""
    everything = [*world.categories, *world.flows, *world.sessions, *world.activities, *world.users]
    accounts = {row["account_id"] for row in everything}
    for table, rows in (
        (tables.accounts, [{"id": account, "name": "An account", "timezone": None} for account in accounts]),
        (tables.users, world.users),
        (tables.tree_categories, world.categories),
        (tables.trees, world.flows),
        (tables.ai_sessions, world.sessions),
        (tables.psa_activity_log, world.activities),
    ):
        if rows:
            connection.execute(insert(table), rows)
