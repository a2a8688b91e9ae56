from fractions import Fraction
from typing import Any
from uuid import UUID

from tests.reference.period import ReferencePeriod
from tests.reference.psa import hours
from tests.reference.rows import AllRows, Row, eligible, is_ended, is_linked, microseconds, tier


def sessions(world: AllRows, account_id: UUID, period: ReferencePeriod, chosen: dict[str, Any]) -> list[dict[str, Any]]:
    """Every session of the drill-down, on all pages."""
    wanted = [row for row in period.of(world.sessions, account_id) if fits(world, account_id, row, chosen)]
    own_flows = {flow["id"] for flow in world.flows if flow["account_id"] == account_id}
    wanted.sort(key=lambda row: str(row["id"]))
    wanted.sort(key=lambda row: row["created_at"], reverse=True)
    return [
        {
            "session_id": row["id"],
            "created_at": row["created_at"],
            "resolved_at": row["resolved_at"],
            "status": row["status"],
            "problem_domain": row["problem_domain"],
            "confidence_tier": row["confidence_tier"],
            "flow_id": row["matched_flow_id"] if row["matched_flow_id"] in own_flows else None,
            "psa_ticket_id": row["psa_ticket_id"],
            **described(world, account_id, row),
        }
        for row in wanted
    ]


def described(world: AllRows, account_id: UUID, row: Row) -> dict[str, Any]:
    entries = [
        activity
        for activity in world.activities
        if activity["account_id"] == account_id
        and activity["session_id"] == row["id"]
        and activity["activity_type"] == "time_entry_posted"
    ]
    lasted = is_ended(row) and row["resolved_at"] is not None and row["resolved_at"] >= row["created_at"]
    return {
        "engineer": own(world.users, account_id, row["user_id"], "email"),
        "flow_name": own(world.flows, account_id, row["matched_flow_id"], "name"),
        "duration_minutes": Fraction(microseconds(row), 60_000_000) if lasted else None,
        "hours_logged": hours(entries),
        "rating": row["session_rating"],
    }


def own(rows: list[Row], account_id: UUID, wanted: UUID | None, column: str) -> str | None:
    found = [row[column] for row in rows if row["account_id"] == account_id and row["id"] == wanted]
    return found[0] if found else None


def fits(world: AllRows, account_id: UUID, row: Row, chosen: dict[str, Any]) -> bool:
    own_flows = {flow["id"] for flow in world.flows if flow["account_id"] == account_id}
    pushed = {
        activity["activity_type"]
        for activity in world.activities
        if activity["account_id"] == account_id and activity["session_id"] == row["id"]
    }
    stages = {
        "linked": is_linked(row),
        "doc": is_linked(row) and "note_posted" in pushed,
        "time": is_linked(row) and {"note_posted", "time_entry_posted"} <= pushed,
    }
    lost = {
        "ticket": not is_linked(row),
        "doc": is_linked(row) and "note_posted" not in pushed,
        "time": stages["doc"] and "time_entry_posted" not in pushed,
    }
    ways = {
        "time_without_doc": "time_entry_posted" in pushed and "note_posted" not in pushed,
        "doc_without_ticket": "note_posted" in pushed and not is_linked(row),
    }
    user = row["user_id"] if own(world.users, account_id, row["user_id"], "id") else "none"
    tiers = {tier(row) or "unclassified", "guided" if tier(row) == "guided" else "unguided"}
    statuses = {row["status"], "ended" if is_ended(row) else "open"}
    return all(
        {
            "domain": lambda value: world.key(row["problem_domain"]) == world.key(value),
            "unmapped": lambda _: world.key(row["problem_domain"]) is None,
            "flow_id": lambda value: row["matched_flow_id"] == value and value in own_flows,
            "status": lambda value: value in statuses,
            "tier": lambda value: value in tiers,
            "stage": lambda value: stages[value],
            "missing": lambda value: lost[value],
            "off_path": lambda value: ways[value],
            "unlogged": lambda _: eligible(row) and "time_entry_posted" not in pushed,
            "user_id": lambda value: value == user,
        }[name](value)
        for name, value in chosen.items()
    )
