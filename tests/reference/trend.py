from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from tests.reference.period import ReferencePeriod
from tests.reference.psa import hours
from tests.reference.rows import (
    AllRows,
    Row,
    asked_label,
    capped_hours,
    category_keys,
    category_label,
    eligible,
    is_ended,
    is_timed,
    mean_minutes,
    narrowed,
    rate,
    tier,
    unlogged,
    with_status,
)

PLACES: dict[str, Callable[[date], Any]] = {
    "day": lambda day: day,
    "week": lambda day: day.isocalendar()[:2],
    "month": lambda day: (day.year, day.month),
}


def days_of_month(day: date) -> int:
    leap = day.year % 4 == 0 and (day.year % 100 != 0 or day.year % 400 == 0)
    return {2: 29 if leap else 28, 4: 30, 6: 30, 9: 30, 11: 30}.get(day.month, 31)


WHOLE = {"day": lambda _: 1, "week": lambda _: 7, "month": days_of_month}


def trend(
    world: AllRows,
    account_id: UUID,
    period: ReferencePeriod,
    interval: str | None = None,
    *,
    domain: str | None = None,
    flow_id: UUID | None = None,
) -> dict[str, Any]:
    length = len(period.days)
    interval = interval or ("day" if length <= 31 else "week" if length <= 180 else "month")
    seen = world if domain is None else narrowed(world, domain)
    sessions = period.of(seen.sessions, account_id)
    if flow_id is not None:
        own = any(flow["id"] == flow_id and flow["account_id"] == account_id for flow in world.flows)
        sessions = [row for row in sessions if own and row["matched_flow_id"] == flow_id]
    pushed = period.of(seen.activities, account_id)
    entries = [row for row in pushed if row["activity_type"] == "time_entry_posted"]
    points = []
    for _, group in groupby(period.days, PLACES[interval]):
        days = list(group)
        on_days = lambda rows, days=days: [row for row in rows if local_day(row, period) in days]  # noqa: E731 -- of two lines
        points.append(
            {
                "start": days[0],
                "end": days[-1],
                "partial": len(days) < WHOLE[interval](days[0]) or (period.is_partial and days[-1] == period.last),
                **measured(world, account_id, on_days(sessions)),
            }
        )
        if flow_id is None:
            points[-1] |= {"time_entries": len(on_days(entries)), "hours_logged": hours(on_days(entries))}
    return {
        "points": points,
        "markers": markers(world, account_id, period, domain, flow_id),
        "domain": asked_label(world, account_id, period.of(world.sessions, account_id), domain),
    }


def local_day(row: Row, period: ReferencePeriod) -> date:
    return row["created_at"].astimezone(period.zone).date()  # type: ignore[no-any-return]


def measured(world: AllRows, account_id: UUID, sessions: list[Row]) -> dict[str, Any]:
    ended = [row for row in sessions if is_ended(row)]
    classified = [row for row in sessions if tier(row)]
    guided = [row for row in sessions if tier(row) == "guided"]
    ratings = [row["session_rating"] for row in sessions if row["session_rating"] is not None]
    billable, lost = [row for row in sessions if eligible(row)], unlogged(world, account_id, sessions)
    return {
        "session_count": len(sessions),
        "ended_count": len(ended),
        "open_count": len(sessions) - len(ended),
        "resolution_rate": rate(with_status(ended, "resolved"), len(ended)),
        "escalation_rate": rate(with_status(ended, "escalated"), len(ended)),
        "abandonment_rate": rate(with_status(ended, "abandoned"), len(ended)),
        "guided_rate": rate(len(guided), len(classified)),
        "classified_count": len(classified),
        "guided_resolved_share": rate(with_status(guided, "resolved"), len(ended)),
        "mttr_minutes": mean_minutes(sessions),
        "timed_count": sum(map(is_timed, sessions)),
        "avg_rating": rate(sum(ratings), len(ratings)),
        "rated_count": len(ratings),
        "capture_rate": rate(len(billable) - len(lost), len(billable)),
        "capture_eligible_count": len(billable),
        "unlogged_hours": capped_hours(lost),
    }


def markers(
    world: AllRows, account_id: UUID, period: ReferencePeriod, domain: str | None, flow_id: UUID | None
) -> list[dict[str, Any]]:
    keys = category_keys(world, account_id)
    found = [
        {
            "date": local_day(flow, period),
            "flow_id": flow["id"],
            "name": flow["name"],
            "domain": category_label(world, account_id, flow["category_id"]),
        }
        for flow in period.of(world.flows, account_id)
        if flow_id in (None, flow["id"]) and (domain is None or keys.get(flow["category_id"]) == world.key(domain))
    ]
    return sorted(found, key=lambda marker: (marker["date"], marker["name"], str(marker["flow_id"])))
