from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal
from uuid import UUID

from shared_queries.periods.period import Period
from shared_queries.plan import Plan, Rows
from shared_queries.questions.domain_rows import Domain, asked_key, by_key, domain_among, flows_by_category, of_domain
from shared_queries.questions.flow_quality import DaysSince, days_since_in, quality_of
from shared_queries.scope import Scope
from shared_queries.scoring import MICROSECONDS_PER_HOUR, comparable, mean_minutes, ratio
from shared_queries.source import SELECTS, Source
from shared_queries.sums import CategoryFlows, DomainSums, FlowRow
from shared_queries.values import value

GAP_MIN_COUNT = 5
LOW_GUIDED_RATE = 0.30
LOW_RESOLUTION_RATE = 0.50
HIGH_ESCALATION_RATE = 0.25


GapReason = Literal["no_active_flow", "low_guided_rate", "low_resolution_rate", "high_escalation_rate"]


@value(kw_only=True)
class DomainFlow:
    """An active flow of a domain, measured as in flow quality."""

    flow_id: UUID
    name: str | None
    usage_count: int
    success_rate: float | None
    quality_score: float | None


@value(kw_only=True)
class DomainCoverage:
    """One row of the coverage heatmap."""

    domain: str
    flow_count: int
    session_count: int
    ended_count: int
    open_count: int
    resolution_rate: float | None
    escalation_rate: float | None
    abandonment_rate: float | None
    guided_rate: float | None
    classified_count: int
    avg_resolution_minutes: float | None
    timed_count: int
    invalid_duration_count: int
    avg_guided_resolution_minutes: float | None
    guided_timed_count: int
    avg_unguided_resolution_minutes: float | None
    unguided_timed_count: int
    flows: list[DomainFlow]
    """Best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeGap:
    """A domain that asks for a flow, and why."""

    domain: str
    reasons: list[GapReason]
    impact_hours: float
    session_count: int
    unguided_ended_count: int
    """The sessions that `impact_hours` is made of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """`GET /analytics/flowpilot/coverage`."""

    domains: list[DomainCoverage]
    unmapped_session_count: int
    total_domains: int
    uncategorised_flow_count: int
    knowledge_gaps: list[KnowledgeGap]
    domain: str | None
    """The label of the domain asked for, null for all."""


def coverage(
    scope: Scope, period: Period, source: Source = Source.FACTS, *, domain: str | None = None
) -> Plan[Coverage]:
    """Which domains the account's sessions fall into, and how well its flows cover them."""
    selects = SELECTS[source]
    statements = (
        selects.by_domain(scope, period, domain),
        flows_by_category(scope),
        selects.flows(scope, period),
        *asked_key(domain),
    )
    return Plan(statements, partial(_answer, period=period, domain=domain))


def _answer(rows: Sequence[Rows], *, period: Period, domain: str | None) -> Coverage:
    sessions = [DomainSums(*row) for row in rows[0]]
    found = [CategoryFlows(*row) for row in rows[1]]
    asked = domain_among(rows, domain, sessions, found)
    categories = of_domain(found, asked)
    flows = _flows_by_key((FlowRow(*row) for row in rows[2]), period)
    domains = by_key(sessions, categories)
    return Coverage(
        domains=[_domain(domain, flows.get(domain.key, [])) for domain in domains],
        unmapped_session_count=sum(row.session_count for row in sessions if row.domain_key is None),
        total_domains=len(domains),
        uncategorised_flow_count=sum(row.flow_count for row in categories if row.domain_key is None),
        knowledge_gaps=_gaps(domains),
        domain=asked.label if asked else None,
    )


def _flows_by_key(rows: Iterable[FlowRow], period: Period) -> dict[str, list[DomainFlow]]:
    """Find the active flows of each domain, best first."""
    found: dict[str, list[DomainFlow]] = defaultdict(list)
    days_since = days_since_in(period)
    for row in rows:
        if row.domain_key is not None and not row.is_archived:
            found[row.domain_key].append(_flow(row, days_since))
    for flows in found.values():
        flows.sort(key=_best_first)
    return found


def _flow(row: FlowRow, days_since: DaysSince) -> DomainFlow:
    return DomainFlow(
        flow_id=row.flow_id,
        name=row.name,
        usage_count=row.session_count,
        success_rate=ratio(row.resolved, row.ended),
        quality_score=quality_of(row, days_since),
    )


def _best_first(flow: DomainFlow) -> tuple[Any, ...]:
    score = flow.quality_score
    return score is None, -comparable(score or 0.0), flow.name is None, flow.name or "", flow.flow_id


def _domain(domain: Domain, flows: list[DomainFlow]) -> DomainCoverage:
    sums = domain.sums
    return DomainCoverage(
        domain=domain.label,
        flow_count=domain.flow_count,
        session_count=sums.session_count,
        ended_count=sums.ended,
        open_count=sums.open,
        resolution_rate=ratio(sums.resolved, sums.ended),
        escalation_rate=ratio(sums.escalated, sums.ended),
        abandonment_rate=ratio(sums.abandoned, sums.ended),
        guided_rate=ratio(sums.guided, sums.classified),
        classified_count=sums.classified,
        avg_resolution_minutes=mean_minutes(sums.timed_us, sums.timed_count),
        timed_count=sums.timed_count,
        invalid_duration_count=sums.invalid_duration_count,
        avg_guided_resolution_minutes=mean_minutes(sums.guided_timed_us, sums.guided_timed_count),
        guided_timed_count=sums.guided_timed_count,
        avg_unguided_resolution_minutes=mean_minutes(sums.unguided_timed_us, sums.unguided_timed_count),
        unguided_timed_count=sums.unguided_timed_count,
        flows=flows,
    )


def _gaps(domains: list[Domain]) -> list[KnowledgeGap]:
    gaps = [(domain, reasons) for domain in domains if (reasons := _gap_reasons(domain))]
    gaps.sort(key=lambda gap: (-gap[0].sums.impact_us, -gap[0].sums.session_count, gap[0].label))
    return [
        KnowledgeGap(
            domain=domain.label,
            reasons=reasons,
            impact_hours=domain.sums.impact_us / MICROSECONDS_PER_HOUR,
            session_count=domain.sums.session_count,
            unguided_ended_count=domain.sums.unguided_ended,
        )
        for domain, reasons in gaps
    ]


def _gap_reasons(domain: Domain) -> list[GapReason]:
    sums = domain.sums
    reasons: list[GapReason] = []
    if sums.session_count >= GAP_MIN_COUNT and domain.flow_count == 0:
        reasons.append("no_active_flow")
    if sums.ended >= GAP_MIN_COUNT:
        guided_rate = ratio(sums.guided, sums.classified)
        if guided_rate is not None and guided_rate < LOW_GUIDED_RATE:
            reasons.append("low_guided_rate")
        if sums.resolved / sums.ended < LOW_RESOLUTION_RATE:
            reasons.append("low_resolution_rate")
        if sums.escalated / sums.ended > HIGH_ESCALATION_RATE:
            reasons.append("high_escalation_rate")
    return reasons
