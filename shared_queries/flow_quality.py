from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any, Literal

from shared_queries.answers import AttentionFlow, AttentionReason, Flow, FlowQuality
from shared_queries.local_days import local_date
from shared_queries.period import Period
from shared_queries.plan import Plan, Rows
from shared_queries.scope import Scope
from shared_queries.scoring import SCORE_UNITS, comparable, quality_score, ratio, recency_score, wilson
from shared_queries.source import Selects
from shared_queries.sums import FlowRow

FlowSort = Literal["quality", "usage", "success_rate"]

LOW_SAMPLE_COUNT = 5
RANKED = 5
LOW_SUCCESS_RATE = 0.50
UNUSED_DAYS = 30

SORT_SCORE: dict[FlowSort, Callable[[Flow], float | None]] = {
    "quality": lambda flow: flow.quality_score,
    "usage": lambda flow: flow.usage_count,
    "success_rate": lambda flow: flow.success_rate,
}


def flow_quality(scope: Scope, period: Period, selects: Selects, sort: FlowSort) -> Plan[FlowQuality]:
    """How well each flow does, and which need attention."""
    return Plan((selects.flows(scope, period),), partial(_answer, period=period, sort=sort))


def _answer(rows: Sequence[Rows], *, period: Period, sort: FlowSort) -> FlowQuality:
    found = [FlowRow(*row) for row in rows[0]]
    created = {row.flow_id: row.created_at for row in found}
    flows = [_flow(row, period) for row in found]
    by_sort = sorted(flows, key=partial(_rank, score=SORT_SCORE[sort]))
    ranked = [
        flow
        for flow in sorted(flows, key=partial(_rank, score=SORT_SCORE["quality"]))
        if flow.quality_score is not None and not flow.is_archived and not flow.low_sample
    ]
    top_count = min(RANKED, (len(ranked) + 1) // 2)
    bottom_count = min(RANKED, len(ranked) // 2)
    return FlowQuality(
        flows=by_sort,
        top_performers=ranked[:top_count],
        bottom_performers=ranked[::-1][:bottom_count],
        needs_attention=[
            AttentionFlow(**asdict(flow) | {"success_interval": flow.success_interval}, reasons=reasons)
            for flow in by_sort
            if not flow.is_archived and (reasons := _attention_reasons(flow, created[flow.flow_id], period))
        ],
    )


def _flow(row: FlowRow, period: Period) -> Flow:
    success_rate = ratio(row.resolved, row.ended)
    guided_rate = ratio(row.guided, row.classified)
    recency = recency_score(_days_since(row.last_matched_at, period))
    return Flow(
        flow_id=row.flow_id,
        name=row.name,
        is_archived=row.is_archived,
        usage_count=row.session_count,
        ended_count=row.ended,
        open_count=row.open,
        success_rate=success_rate,
        success_interval=wilson(row.resolved, row.ended),
        avg_confidence=ratio(row.score_units, row.scored_count * SCORE_UNITS),
        scored_count=row.scored_count,
        guided_rate=guided_rate,
        classified_count=row.classified,
        last_matched_at=row.last_matched_at,
        lifetime_usage_count=row.lifetime_usage_count,
        lifetime_success_rate=row.lifetime_success_rate,
        recency_score=recency,
        quality_score=quality_score(success_rate, guided_rate, recency),
        low_sample=row.ended < LOW_SAMPLE_COUNT,
    )


def _rank(flow: Flow, score: Callable[[Flow], float | None]) -> tuple[Any, ...]:
    """Descending by the score, nulls last; ties by usage descending, name, id."""
    value = score(flow)
    return (
        value is None,
        -comparable(value or 0.0),
        -flow.usage_count,
        flow.name is None,
        flow.name or "",
        flow.flow_id,
    )


def _attention_reasons(flow: Flow, created_at: datetime, period: Period) -> list[AttentionReason]:
    reasons: list[AttentionReason] = []
    if flow.success_rate is not None and flow.success_rate < LOW_SUCCESS_RATE:
        reasons.append("low_success_rate")
    unused = _days_since(flow.last_matched_at, period)
    age = _days_since(created_at, period)
    if unused is None:
        if age is not None and age >= UNUSED_DAYS:
            reasons.append("never_matched")
    elif unused >= UNUSED_DAYS:
        reasons.append("unused_30_days")
    return reasons


def _days_since(instant: datetime | None, period: Period) -> int | None:
    """Whole local days from the instant's day to today, the real today in a previous period too."""
    if instant is None:
        return None
    return (local_date(period.now, period.zone) - local_date(instant, period.zone)).days
