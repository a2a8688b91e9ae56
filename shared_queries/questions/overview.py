from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from shared_queries.periods.period import Period
from shared_queries.plan import Plan, Rows
from shared_queries.questions.domain_rows import Domain, by_key, flows_by_category
from shared_queries.scope import Scope
from shared_queries.scoring import MICROSECONDS_PER_HOUR, mean_minutes, ratio
from shared_queries.source import SELECTS, Source
from shared_queries.sums import CategoryFlows, DomainSums, DurationPercentiles, SessionSums, total

COMPARABLE_MIN_COUNT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfidenceTiers:
    """Sessions of the period by tier; they sum to the total."""

    guided: int
    exploring: int
    discovery: int
    unclassified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainOutcome:
    """One domain of the period's sessions."""

    domain: str
    session_count: int
    ended_count: int
    open_count: int
    resolution_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeSaved:
    """Guided against unguided sessions of the same domain: an observation, not a proof."""

    hours: float | None
    domains_counted: int
    guided_sessions_counted: int
    guided_sessions_not_comparable: int


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


def overview(scope: Scope, period: Period, source: Source = Source.FACTS) -> Plan[Overview]:
    """How many sessions, how they ended, how long they took."""
    selects = SELECTS[source]
    statements = (
        selects.by_domain(scope, period),
        flows_by_category(scope),
        selects.duration_percentiles(scope, period),
    )
    return Plan(statements, _answer)


def _answer(rows: Sequence[Rows]) -> Overview:
    sessions = [DomainSums(*row) for row in rows[0]]
    categories = [CategoryFlows(*row) for row in rows[1]]
    (percentiles,) = (DurationPercentiles(*row) for row in rows[2])
    sums = total(sessions)
    domains = [domain for domain in by_key(sessions, categories) if domain.sums.session_count]
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
        time_saved=_time_saved(domains, sums),
        domain_breakdown=[_outcome(domain) for domain in domains],
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


def _time_saved(domains: Iterable[Domain], all_sessions: SessionSums) -> TimeSaved:
    """Per domain (mean unguided - mean guided) x guided sessions; in fractions, so that no order of adding shows."""
    counted = [
        domain.sums
        for domain in domains
        if min(domain.sums.guided_timed_count, domain.sums.unguided_timed_count) >= COMPARABLE_MIN_COUNT
    ]
    saved_us = sum(
        (
            Fraction(sums.unguided_timed_us, sums.unguided_timed_count) * sums.guided_timed_count - sums.guided_timed_us
            for sums in counted
        ),
        start=Fraction(0),
    )
    guided_counted = sum(sums.guided_timed_count for sums in counted)
    return TimeSaved(
        hours=float(saved_us / MICROSECONDS_PER_HOUR) if counted else None,
        domains_counted=len(counted),
        guided_sessions_counted=guided_counted,
        guided_sessions_not_comparable=all_sessions.guided_timed_count - guided_counted,
    )
