from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from functools import partial
from operator import attrgetter
from typing import Any, Literal
from uuid import UUID

from shared_queries.periods.local_days import local_date
from shared_queries.periods.period import Period
from shared_queries.plan import Plan, Rows
from shared_queries.questions.domain_rows import asked_domain, domain_of
from shared_queries.scope import Scope
from shared_queries.scoring import SCORE_UNITS, Interval, comparable, quality_score, ratio, recency_score, wilson
from shared_queries.source import SELECTS, Source
from shared_queries.sums import FlowRow
from shared_queries.values import value

FlowSort = Literal["quality", "usage", "success_rate"]
DaysSince = Callable[[datetime | None], int | None]

LOW_SAMPLE_COUNT = 5
RANKED = 5
LOW_SUCCESS_RATE = 0.50
UNUSED_DAYS = 30


AttentionReason = Literal["low_success_rate", "never_matched", "unused_30_days"]


@value()
class Flow:
    """One flow's quality in the period."""

    flow_id: UUID
    name: str | None
    is_archived: bool
    domain: str | None
    """The label of its category's domain; null without one."""
    usage_count: int
    ended_count: int
    open_count: int
    success_rate: float | None
    success_interval: Interval | None
    avg_confidence: float | None
    scored_count: int
    guided_rate: float | None
    classified_count: int
    last_matched_at: datetime | None
    lifetime_usage_count: int
    lifetime_success_rate: float | None
    recency_score: float
    quality_score: float | None
    low_sample: bool


@value()
class AttentionFlow(Flow):
    """A whole flow that needs attention, and why."""

    reasons: list[AttentionReason]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowQuality:
    """`GET /analytics/flowpilot/flow-quality`."""

    flows: list[Flow]
    top_performers: list[Flow]
    bottom_performers: list[Flow]
    needs_attention: list[AttentionFlow]
    domain: str | None
    """The label of the domain asked for, null for all."""


_measures = attrgetter(*(field.name for field in fields(Flow)))

SORT_SCORE: dict[FlowSort, Callable[[Flow], float | None]] = {
    "quality": lambda flow: flow.quality_score,
    "usage": lambda flow: flow.usage_count,
    "success_rate": lambda flow: flow.success_rate,
}


def flow_quality(
    scope: Scope,
    period: Period,
    source: Source = Source.FACTS,
    *,
    sort: FlowSort = "quality",
    domain: str | None = None,
) -> Plan[FlowQuality]:
    """How well each flow does, and which need attention; of a domain, the flows whose category it is."""
    statements = (SELECTS[source].flows(scope, period), *asked_domain(scope, period, source, domain))
    return Plan(statements, partial(_answer, period=period, sort=sort, domain=domain))


def quality_of(row: FlowRow, days_since: DaysSince) -> float | None:
    """Return the quality score alone."""
    recency = recency_score(days_since(row.last_matched_at))
    return quality_score(ratio(row.resolved, row.ended), ratio(row.guided, row.classified), recency)


def days_since_in(period: Period) -> DaysSince:
    """Count whole local days from an instant's day to today: the real one, in a previous period too."""
    zone = period.zone
    today = local_date(period.now, zone)
    return lambda instant: None if instant is None else (today - local_date(instant, zone)).days


def _answer(rows: Sequence[Rows], *, period: Period, sort: FlowSort, domain: str | None) -> FlowQuality:
    asked = domain_of(rows, domain)
    found = [row for row in (FlowRow(*row) for row in rows[0]) if asked is None or row.domain_key == asked.domain_key]
    created = {row.flow_id: row.created_at for row in found}
    days_since = days_since_in(period)
    flows = [_flow(row, days_since) for row in found]
    by_quality = sorted(flows, key=partial(_rank, score=SORT_SCORE["quality"]))
    by_sort = by_quality if sort == "quality" else sorted(flows, key=partial(_rank, score=SORT_SCORE[sort]))
    ranked = [
        flow for flow in by_quality if flow.quality_score is not None and not flow.is_archived and not flow.low_sample
    ]
    top_count = min(RANKED, (len(ranked) + 1) // 2)
    bottom_count = min(RANKED, len(ranked) // 2)
    return FlowQuality(
        flows=by_sort,
        top_performers=ranked[:top_count],
        bottom_performers=ranked[::-1][:bottom_count],
        needs_attention=[
            AttentionFlow(*(*_measures(flow), reasons))
            for flow in by_sort
            if not flow.is_archived and (reasons := _attention_reasons(flow, created[flow.flow_id], days_since))
        ],
        domain=asked.label if asked else None,
    )


def _flow(row: FlowRow, days_since: DaysSince) -> Flow:
    ended, classified = row.ended, row.classified
    success_rate = ratio(row.resolved, ended)
    guided_rate = ratio(row.guided, classified)
    recency = recency_score(days_since(row.last_matched_at))
    return Flow(
        flow_id=row.flow_id,
        name=row.name,
        is_archived=row.is_archived,
        domain=row.domain,
        usage_count=row.session_count,
        ended_count=ended,
        open_count=row.open,
        success_rate=success_rate,
        success_interval=wilson(row.resolved, ended),
        avg_confidence=ratio(row.score_units, row.scored_count * SCORE_UNITS),
        scored_count=row.scored_count,
        guided_rate=guided_rate,
        classified_count=classified,
        last_matched_at=row.last_matched_at,
        lifetime_usage_count=row.lifetime_usage_count,
        lifetime_success_rate=row.lifetime_success_rate,
        recency_score=recency,
        quality_score=quality_score(success_rate, guided_rate, recency),
        low_sample=ended < LOW_SAMPLE_COUNT,
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


def _attention_reasons(flow: Flow, created_at: datetime, days_since: DaysSince) -> list[AttentionReason]:
    reasons: list[AttentionReason] = []
    if flow.success_rate is not None and flow.success_rate < LOW_SUCCESS_RATE:
        reasons.append("low_success_rate")
    unused = days_since(flow.last_matched_at)
    if unused is None:
        age = days_since(created_at)
        if age is not None and age >= UNUSED_DAYS:
            reasons.append("never_matched")
    elif unused >= UNUSED_DAYS:
        reasons.append("unused_30_days")
    return reasons
