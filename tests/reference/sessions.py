from typing import Any
from uuid import UUID

from tests.reference.period import ReferencePeriod
from tests.reference.rows import Row, World, is_ended, is_linked, tier


def sessions(world: World, account_id: UUID, period: ReferencePeriod, chosen: dict[str, Any]) -> list[dict[str, Any]]:
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
        }
        for row in wanted
    ]


def fits(world: World, account_id: UUID, row: Row, chosen: dict[str, Any]) -> bool:
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
    statuses = {row["status"], "ended" if is_ended(row) else "open"}
    return all(
        {
            "domain": lambda value: world.key(row["problem_domain"]) == world.key(value),
            "unmapped": lambda _: world.key(row["problem_domain"]) is None,
            "flow_id": lambda value: row["matched_flow_id"] == value and value in own_flows,
            "status": lambda value: value in statuses,
            "tier": lambda value: (tier(row) or "unclassified") == value,
            "stage": lambda value: stages[value],
        }[name](value)
        for name, value in chosen.items()
    )
