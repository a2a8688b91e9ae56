from fractions import Fraction
from typing import Any
from uuid import UUID

from tests.reference.period import ReferencePeriod
from tests.reference.rows import (
    AllRows,
    Row,
    asked_label,
    capped_hours,
    is_linked,
    narrowed,
    rate,
    units,
    unlogged,
)


def psa(world: AllRows, account_id: UUID, period: ReferencePeriod, domain: str | None = None) -> dict[str, Any]:
    if domain is not None:
        whole = period.of(world.sessions, account_id)
        narrow = psa(narrowed(world, domain), account_id, period)
        return narrow | {"domain": asked_label(world, account_id, whole, domain)}
    pushed = period.of(world.activities, account_id)
    entries = [activity for activity in pushed if activity["activity_type"] == "time_entry_posted"]
    named = [entry for entry in entries if entry["session_id"] is not None]
    names = {entry["session_id"] for entry in named}
    return {
        "total_time_entries": len(entries),
        "total_hours_logged": hours(entries),
        "avg_hours_per_session": hours(named) / len(names) if names else None,
        "sessions_with_time_entry": len(names),
        "total_notes": sum(activity["activity_type"] == "note_posted" for activity in pushed),
        "total_status_updates": sum(activity["activity_type"] == "status_updated" for activity in pushed),
        **cohort(world, account_id, period),
        "daily_trend": trend(entries, period),
        "domain": None,
    }


def hours(entries: list[Row]) -> Fraction:
    return Fraction(sum(units(entry["hours_logged"] or 0.0, 10_000) for entry in entries), 10_000)


def cohort(world: AllRows, account_id: UUID, period: ReferencePeriod) -> dict[str, Any]:
    """The sessions created in the period, with all that was ever pushed for them."""
    sessions = period.of(world.sessions, account_id)
    linked = {session["id"] for session in sessions if is_linked(session)}
    noted, logged = (
        {
            activity["session_id"]
            for activity in world.activities
            if activity["account_id"] == account_id and activity["activity_type"] == kind
        }
        & {session["id"] for session in sessions}
        for kind in ("note_posted", "time_entry_posted")
    )
    eligible = {session["id"] for session in sessions if session["status"] == "resolved"} & linked
    return {
        "push_funnel": {
            "total_sessions": len(sessions),
            "linked_to_ticket": len(linked),
            "doc_pushed": len(linked & noted),
            "time_entry_logged": len(linked & noted & logged),
        },
        "off_path": {"time_entry_without_doc": len(logged - noted), "doc_without_ticket": len(noted - linked)},
        "capture_rate": rate(len(eligible & logged), len(eligible)),
        "capture_eligible_count": len(eligible),
        "unlogged_session_count": len(unlogged(world, account_id, sessions)),
        "unlogged_hours": capped_hours(unlogged(world, account_id, sessions)),
    }


def trend(entries: list[Row], period: ReferencePeriod) -> list[dict[str, Any]]:
    items = []
    for day in period.days:
        of_day = [entry for entry in entries if entry["created_at"].astimezone(period.zone).date() == day]
        items.append(
            {
                "date": day,
                "entries": len(of_day),
                "hours": hours(of_day),
                "partial": period.is_partial and day == period.last,
            }
        )
    return items
