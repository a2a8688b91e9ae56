from datetime import date, timedelta
from math import sqrt
from typing import Any
from uuid import UUID

from tests.reference.flow_quality import wilson
from tests.reference.period import ReferencePeriod
from tests.reference.rows import AllRows, Row, category_keys, category_label, is_ended, tier, with_status
from tests.reference.trend import local_day, measured

DAY = timedelta(days=1)


def flow_effects(world: AllRows, account_id: UUID, period: ReferencePeriod) -> dict[str, Any]:
    found = [
        effect(world, account_id, period, flow)
        for flow in period.of(world.flows, account_id)
        if category_keys(world, account_id).get(flow["category_id"]) is not None
    ]
    found.sort(key=lambda row: (row["name"], str(row["flow_id"])))
    found.sort(key=lambda row: row["published_on"], reverse=True)
    return {"flows": found}


def effect(world: AllRows, account_id: UUID, period: ReferencePeriod, flow: Row) -> dict[str, Any]:
    keys = category_keys(world, account_id)
    key, day = keys[flow["category_id"]], local_day(flow, period)
    before_days = [day - DAY * back for back in range(30, 0, -1)]
    after_days = [day + DAY * on for on in range(1, 31) if day + DAY * on < period.today]
    of_domain = [
        row for row in world.sessions if row["account_id"] == account_id and world.key(row["problem_domain"]) == key
    ]
    before, after = ([row for row in of_domain if local_day(row, period) in days] for days in (before_days, after_days))
    differences = {
        name: difference(counts(name, before), counts(name, after))
        for name in ("resolution_rate", "escalation_rate", "guided_rate")
    }
    return {
        "flow_id": flow["id"],
        "name": flow["name"],
        "is_archived": not flow["is_active"],
        "domain": category_label(world, account_id, flow["category_id"]),
        "published_on": day,
        "before": side(world, account_id, before_days, before),
        "after": side(world, account_id, after_days, after),
        "differences": differences,
        "verdict": verdict(len(after_days), min(sum(map(is_ended, rows)) for rows in (before, after)), differences),
        "shared_with": sorted(
            other["id"]
            for other in world.flows
            if other["account_id"] == account_id
            and other["id"] != flow["id"]
            and keys.get(other["category_id"]) == key
            and local_day(other, period) in [*before_days, day, *after_days]
            and other["created_at"] < period.now
        ),
    }


def side(world: AllRows, account_id: UUID, days: list[date], sessions: list[Row]) -> dict[str, Any]:
    of = measured(world, account_id, sessions)
    return {
        "from": days[0] if days else None,
        "to": days[-1] if days else None,
        "days": len(days),
        "session_count": of["session_count"],
        "ended_count": of["ended_count"],
        "resolution_rate": of["resolution_rate"],
        "escalation_rate": of["escalation_rate"],
        "guided_rate": of["guided_rate"],
        "classified_count": of["classified_count"],
        "avg_resolution_minutes": of["mttr_minutes"],
        "timed_count": of["timed_count"],
    }


def counts(name: str, sessions: list[Row]) -> tuple[int, int]:
    if name == "guided_rate":
        return sum(tier(row) == "guided" for row in sessions), sum(tier(row) is not None for row in sessions)
    status = {"resolution_rate": "resolved", "escalation_rate": "escalated"}[name]
    return with_status(sessions, status), sum(map(is_ended, sessions))


def difference(before: tuple[int, int], after: tuple[int, int]) -> dict[str, float] | None:
    """The square-and-add of Newcombe's tenth method."""
    one, two = wilson(*after), wilson(*before)
    if one is None or two is None:
        return None
    p, q = after[0] / after[1], before[0] / before[1]
    return {
        "value": p - q,
        "low": p - q - sqrt((p - one["low"]) ** 2 + (two["high"] - q) ** 2),
        "high": p - q + sqrt((one["high"] - p) ** 2 + (q - two["low"]) ** 2),
    }


def verdict(days_after: int, fewest_ended: int, differences: dict[str, Any]) -> str:
    if days_after < 14 or fewest_ended < 20:
        return "too_early"
    resolution, escalation = differences["resolution_rate"], differences["escalation_rate"]
    good = resolution["low"] > 0 or escalation["high"] < 0
    bad = resolution["high"] < 0 or escalation["low"] > 0
    return {(True, False): "better", (False, True): "worse", (True, True): "mixed"}.get((good, bad), "no_clear_change")
