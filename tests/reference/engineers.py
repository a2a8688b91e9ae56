from typing import Any
from uuid import UUID

from tests.reference.flow_quality import wilson
from tests.reference.period import ReferencePeriod
from tests.reference.rows import AllRows, Row, asked_label, is_ended, narrowed, unlogged, with_status
from tests.reference.trend import measured


def engineers(world: AllRows, account_id: UUID, period: ReferencePeriod, domain: str | None = None) -> dict[str, Any]:
    seen = world if domain is None else narrowed(world, domain)
    sessions = period.of(seen.sessions, account_id)
    rows = []
    for user in world.users:
        own = [row for row in sessions if row["user_id"] == user["id"]]
        if own and user["account_id"] == account_id:
            rows.append(engineer(world, account_id, user, own))
    rows.sort(key=lambda row: (row["email"], str(row["user_id"])))
    return {
        "engineers": rows,
        "team": numbers(world, account_id, sessions),
        "unassigned_session_count": len(sessions) - sum(row["session_count"] for row in rows),
        "domain": asked_label(world, account_id, period.of(world.sessions, account_id), domain),
    }


def me(world: AllRows, account_id: UUID, period: ReferencePeriod, user: Row) -> dict[str, Any]:
    everyone = engineers(world, account_id, period)
    own = [row for row in period.of(world.sessions, account_id) if row["user_id"] == user["id"]]
    return {
        "engineer": engineer(world, account_id, user, own),
        "team": everyone["team"] if len(everyone["engineers"]) >= 5 else None,
    }


def engineer(world: AllRows, account_id: UUID, user: Row, sessions: list[Row]) -> dict[str, Any]:
    return {
        "user_id": user["id"],
        "email": user["email"],
        "is_active": user["is_active"],
        **numbers(world, account_id, sessions),
        "low_sample": sum(map(is_ended, sessions)) < 20,
    }


def numbers(world: AllRows, account_id: UUID, sessions: list[Row]) -> dict[str, Any]:
    of = measured(world, account_id, sessions)
    resolved = with_status(sessions, "resolved")
    return {
        "session_count": of["session_count"],
        "ended_count": of["ended_count"],
        "open_count": of["open_count"],
        "resolution_rate": of["resolution_rate"],
        "resolution_interval": wilson(resolved, of["ended_count"]),
        "escalation_rate": of["escalation_rate"],
        "guided_rate": of["guided_rate"],
        "classified_count": of["classified_count"],
        "avg_resolution_minutes": of["mttr_minutes"],
        "timed_count": of["timed_count"],
        "avg_rating": of["avg_rating"],
        "rated_count": of["rated_count"],
        "capture_rate": of["capture_rate"],
        "capture_eligible_count": of["capture_eligible_count"],
        "unlogged_session_count": len(unlogged(world, account_id, sessions)),
        "unlogged_hours": of["unlogged_hours"],
    }
