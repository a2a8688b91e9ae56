import math
from fractions import Fraction
from typing import Any
from uuid import UUID

from tests.reference.flow_quality import flow_quality
from tests.reference.period import ReferencePeriod
from tests.reference.rows import (
    AllRows,
    Row,
    asked_label,
    by_domain,
    capped_hours,
    category_keys,
    is_ended,
    is_invalid,
    is_timed,
    label,
    mean_minutes,
    narrowed,
    rate,
    tier,
    with_status,
)


def coverage(world: AllRows, account_id: UUID, period: ReferencePeriod, domain: str | None = None) -> dict[str, Any]:
    if domain is not None:
        whole = period.of(world.sessions, account_id)
        narrow = coverage(narrowed(world, domain), account_id, period)
        measured_flows = flow_quality(world, account_id, period, "quality")["flows"]
        for found in narrow["domains"]:
            # As in flow quality: of all the sessions that matched them, of whatever domain.
            found["flows"] = flows_of(found["domain"], measured_flows)
        return narrow | {"domain": asked_label(world, account_id, whole, domain)}
    sessions = period.of(world.sessions, account_id)
    category_key = category_keys(world, account_id)
    flow_keys = [
        category_key.get(flow["category_id"])
        for flow in world.flows
        if flow["account_id"] == account_id and flow["is_active"]
    ]
    sessions_of = by_domain(world, sessions)
    keys = set(sessions_of) | {key for key in flow_keys if key is not None}
    measured_flows = flow_quality(world, account_id, period, "quality")["flows"]
    rows = {
        key: row(
            label(world, account_id, key, sessions_of.get(key, [])), flow_keys.count(key), sessions_of.get(key, [])
        )
        for key in keys
    }
    for found in rows.values():
        found["flows"] = flows_of(found["domain"], measured_flows)
    gaps = [gap(found, sessions_of.get(key, [])) for key, found in rows.items()]
    return {
        "domains": sorted(rows.values(), key=lambda row: (-row["session_count"], row["domain"])),
        "unmapped_session_count": sum(world.key(session["problem_domain"]) is None for session in sessions),
        "total_domains": len(rows),
        "uncategorised_flow_count": flow_keys.count(None),
        "knowledge_gaps": sorted(
            (found for found in gaps if found["reasons"]),
            key=lambda found: (-found["impact_hours"], -found["session_count"], found["domain"]),
        ),
        "domain": None,
    }


def flows_of(domain: str, measured_flows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    mapped = [flow for flow in measured_flows if flow["domain"] == domain and not flow["is_archived"]]
    mapped.sort(key=lambda flow: (flow["name"], str(flow["flow_id"])))
    mapped.sort(key=lambda flow: math.inf if flow["quality_score"] is None else -round(float(flow["quality_score"]), 9))
    return [
        {name: flow[name] for name in ("flow_id", "name", "usage_count", "success_rate", "quality_score")}
        for flow in mapped
    ]


def row(name: str, flow_count: int, sessions: list[Row]) -> dict[str, Any]:
    ended = [session for session in sessions if is_ended(session)]
    classified = [session for session in sessions if tier(session)]
    guided = [session for session in sessions if tier(session) == "guided"]
    unguided = [session for session in sessions if tier(session) != "guided"]
    return {
        "domain": name,
        "flow_count": flow_count,
        "session_count": len(sessions),
        "ended_count": len(ended),
        "open_count": len(sessions) - len(ended),
        "resolution_rate": rate(with_status(ended, "resolved"), len(ended)),
        "escalation_rate": rate(with_status(ended, "escalated"), len(ended)),
        "abandonment_rate": rate(with_status(ended, "abandoned"), len(ended)),
        "guided_rate": rate(len(guided), len(classified)),
        "classified_count": len(classified),
        "avg_resolution_minutes": mean_minutes(sessions),
        "timed_count": sum(map(is_timed, sessions)),
        "invalid_duration_count": sum(map(is_invalid, sessions)),
        "avg_guided_resolution_minutes": mean_minutes(guided),
        "guided_timed_count": sum(map(is_timed, guided)),
        "avg_unguided_resolution_minutes": mean_minutes(unguided),
        "unguided_timed_count": sum(map(is_timed, unguided)),
    }


def gap(found: dict[str, Any], sessions: list[Row]) -> dict[str, Any]:
    reasons = []
    if found["session_count"] >= 5 and found["flow_count"] == 0:
        reasons.append("no_active_flow")
    if found["ended_count"] >= 5:
        if found["guided_rate"] is not None and found["guided_rate"] < Fraction(30, 100):
            reasons.append("low_guided_rate")
        if found["resolution_rate"] < Fraction(50, 100):
            reasons.append("low_resolution_rate")
        if found["escalation_rate"] > Fraction(25, 100):
            reasons.append("high_escalation_rate")
    unguided = [session for session in sessions if is_ended(session) and tier(session) != "guided"]
    return {
        "domain": found["domain"],
        "reasons": reasons,
        "impact_hours": capped_hours(unguided),
        "session_count": found["session_count"],
        "unguided_ended_count": len(unguided),
    }
