from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from shared_queries.periods.period import Period
from shared_queries.plan import Plan, Rows
from shared_queries.questions.domain_rows import (
    Domain,
    account_name,
    asked_key,
    by_key,
    domain_among,
    flows_by_category,
    of_domain,
)
from shared_queries.questions.time_saved import TimeSaved, time_saved
from shared_queries.scope import Scope
from shared_queries.scoring import mean_minutes, ratio
from shared_queries.source import SELECTS, Source
from shared_queries.sums import CategoryFlows, DomainSums, DurationPercentiles, SessionSums, total
from shared_queries.values import value


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceTiers:
    """Sessions of the period by tier; they sum to the total."""

    guided: int
    exploring: int
    discovery: int
    unclassified: int


@value(kw_only=True)
class DomainOutcome:
    """One domain of the period's sessions."""

    domain: str
    session_count: int
    ended_count: int
    open_count: int
    resolution_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """`GET /analytics/flowpilot`."""

    total_sessions: int
    open_count: int
    ended_count: int
    resolution_rate: float | None
    escalation_rate: float | None
    abandonment_rate: float | None
    guided_rate: float | None
    classified_count: int
    guided_resolved_share: float | None
    guided_success_rate: float | None
    guided_ended_count: int
    mttr_minutes: float | None
    median_resolution_minutes: float | None
    p90_resolution_minutes: float | None
    timed_count: int
    invalid_duration_count: int
    avg_rating: float | None
    rated_count: int
    confidence_tiers: ConfidenceTiers
    time_saved: TimeSaved
    domain_breakdown: list[DomainOutcome]
    account_name: str | None
    domain: str | None
    """The label of the domain asked for, null for all."""


def overview(
    scope: Scope, period: Period, source: Source = Source.FACTS, *, domain: str | None = None
) -> Plan[Overview]:
    """How many sessions, how they ended, how long they took."""
    selects = SELECTS[source]
    statements = (
        selects.by_domain(scope, period, domain),
        flows_by_category(scope),
        selects.duration_percentiles(scope, period, domain),
        account_name(scope),
        *asked_key(domain),
    )
    return Plan(statements, partial(_answer, domain=domain))


def _answer(rows: Sequence[Rows], *, domain: str | None) -> Overview:
    sessions = [DomainSums(*row) for row in rows[0]]
    categories = [CategoryFlows(*row) for row in rows[1]]
    asked = domain_among(rows, domain, sessions, categories)
    (percentiles,) = (DurationPercentiles(*row) for row in rows[2])
    sums = total(sessions, SessionSums)
    domains = [domain for domain in by_key(sessions, of_domain(categories, asked)) if domain.sums.session_count]
    return Overview(
        total_sessions=sums.session_count,
        open_count=sums.open,
        ended_count=sums.ended,
        resolution_rate=ratio(sums.resolved, sums.ended),
        escalation_rate=ratio(sums.escalated, sums.ended),
        abandonment_rate=ratio(sums.abandoned, sums.ended),
        guided_rate=ratio(sums.guided, sums.classified),
        classified_count=sums.classified,
        guided_resolved_share=ratio(sums.guided_resolved, sums.ended),
        guided_success_rate=ratio(sums.guided_resolved, sums.guided_ended),
        guided_ended_count=sums.guided_ended,
        mttr_minutes=mean_minutes(sums.timed_us, sums.timed_count),
        median_resolution_minutes=_minutes(percentiles.median_us),
        p90_resolution_minutes=_minutes(percentiles.p90_us),
        timed_count=sums.timed_count,
        invalid_duration_count=sums.invalid_duration_count,
        avg_rating=ratio(sums.rating_sum, sums.rated_count),
        rated_count=sums.rated_count,
        confidence_tiers=ConfidenceTiers(
            guided=sums.guided,
            exploring=sums.exploring,
            discovery=sums.discovery,
            unclassified=sums.session_count - sums.classified,
        ),
        time_saved=time_saved(domains, sums),
        domain_breakdown=[_outcome(domain) for domain in domains],
        account_name=rows[3][0][0] if rows[3] else None,
        domain=asked.label if asked else None,
    )


def _minutes(microseconds: int | None) -> float | None:
    return None if microseconds is None else mean_minutes(microseconds, 1)


def _outcome(domain: Domain) -> DomainOutcome:
    sums = domain.sums
    return DomainOutcome(
        domain=domain.label,
        session_count=sums.session_count,
        ended_count=sums.ended,
        open_count=sums.open,
        resolution_rate=ratio(sums.resolved, sums.ended),
    )
