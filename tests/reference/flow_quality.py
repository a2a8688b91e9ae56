from fractions import Fraction
from math import sqrt
from typing import Any
from uuid import UUID

from tests.reference.period import ReferencePeriod
from tests.reference.rows import (
    AllRows,
    Row,
    asked_label,
    category_keys,
    category_label,
    is_ended,
    rate,
    tier,
    units,
    with_status,
)

Z = 1.959963984540054


def flow_quality(
    world: AllRows, account_id: UUID, period: ReferencePeriod, sort: str, domain: str | None = None
) -> dict[str, Any]:
    keys = category_keys(world, account_id)
    sessions = period.of(world.sessions, account_id)
    flows, age = [], {}
    for flow in world.flows:
        matched = [session for session in sessions if session["matched_flow_id"] == flow["id"]]
        if domain is not None and keys.get(flow["category_id"]) != world.key(domain):
            continue
        if flow["account_id"] == account_id and (flow["is_active"] or matched):
            label = category_label(world, account_id, flow["category_id"])
            flows.append(measured(flow, matched, period) | {"domain": label})
            age[flow["id"]] = period.local_days_since(flow["created_at"])
    column = {"quality": "quality_score", "usage": "usage_count", "success_rate": "success_rate"}[sort]
    ordered = sorted(flows, key=lambda flow: order(flow, column))
    ranked = [
        flow
        for flow in sorted(flows, key=lambda flow: order(flow, "quality_score"))
        if not flow["is_archived"] and not flow["low_sample"] and flow["quality_score"] is not None
    ]
    half_up, half_down = -(-len(ranked) // 2), len(ranked) // 2
    attention = [
        flow | {"reasons": attention_reasons(flow, age[flow["flow_id"]], period)}
        for flow in ordered
        if not flow["is_archived"]
    ]
    return {
        "flows": ordered,
        "top_performers": ranked[: min(5, half_up)],
        "bottom_performers": list(reversed(ranked))[: min(5, half_down)],
        "needs_attention": [flow for flow in attention if flow["reasons"]],
        "domain": asked_label(world, account_id, sessions, domain),
    }


def order(flow: dict[str, Any], column: str) -> tuple[Any, ...]:
    score = flow[column]
    return (
        score is None,
        0 if score is None else -round(float(score), 9),
        -flow["usage_count"],
        flow["name"],
        str(flow["flow_id"]),
    )


def measured(flow: Row, matched: list[Row], period: ReferencePeriod) -> dict[str, Any]:
    ended = [session for session in matched if is_ended(session)]
    classified = [session for session in matched if tier(session)]
    scores = [session["confidence_score"] for session in matched if session["confidence_score"] is not None]
    success = rate(with_status(ended, "resolved"), len(ended))
    guided = rate(sum(tier(session) == "guided" for session in matched), len(classified))
    recency = Fraction(0)
    if flow["last_matched_at"] is not None:
        recency = min(max(1 - Fraction(period.local_days_since(flow["last_matched_at"]), 90), Fraction(0)), Fraction(1))
    quality = None
    if success is not None:
        quality = (5 * success + 3 * (guided or 0) + 2 * recency) / 10
    return {
        "flow_id": flow["id"],
        "name": flow["name"],
        "is_archived": not flow["is_active"],
        "domain": None,
        "usage_count": len(matched),
        "ended_count": len(ended),
        "open_count": len(matched) - len(ended),
        "success_rate": success,
        "success_interval": wilson(with_status(ended, "resolved"), len(ended)),
        "avg_confidence": rate(sum(units(score, 1_000_000) for score in scores), len(scores) * 1_000_000),
        "scored_count": len(scores),
        "guided_rate": guided,
        "classified_count": len(classified),
        "last_matched_at": flow["last_matched_at"],
        "lifetime_usage_count": flow["usage_count"],
        "lifetime_success_rate": flow["success_rate"],
        "recency_score": recency,
        "quality_score": quality,
        "low_sample": len(ended) < 5,
    }


def wilson(successes: int, count: int) -> dict[str, float] | None:
    """The two shares whose distance from what was seen is z of their own standard errors."""
    if not count:
        return None
    root = Z * sqrt(Z * Z + 4 * successes * (count - successes) / count)
    low, high = ((2 * successes + Z * Z + sign * root) / (2 * (count + Z * Z)) for sign in (-1, 1))
    return {"low": min(max(low, 0.0), 1.0), "high": min(max(high, 0.0), 1.0)}


def attention_reasons(flow: dict[str, Any], age: int, period: ReferencePeriod) -> list[str]:
    reasons = []
    if flow["success_rate"] is not None and flow["success_rate"] < Fraction(1, 2):
        reasons.append("low_success_rate")
    if flow["last_matched_at"] is None and age >= 30:
        reasons.append("never_matched")
    if flow["last_matched_at"] is not None and period.local_days_since(flow["last_matched_at"]) >= 30:
        reasons.append("unused_30_days")
    return reasons
