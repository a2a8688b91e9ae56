from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from shared_queries.errors import ParameterError
from shared_queries.periods.local_days import local_date
from shared_queries.periods.period import Period
from shared_queries.periods.points import Point, TrendInterval, default_interval, point_starts, points_of
from shared_queries.plan import Plan, Rows
from shared_queries.questions.domain_rows import AskedDomain, asked_domain, domain_of
from shared_queries.questions.published import PublishedFlow, by_name, published
from shared_queries.scope import Scope
from shared_queries.scoring import HOUR_UNITS, MICROSECONDS_PER_HOUR, mean_minutes, ratio
from shared_queries.source import SELECTS, Source
from shared_queries.sums import ActivityDay, TrendSums, column_names, total


class TrendError(ParameterError):
    """A trend is of all sessions, of a domain's or of a flow's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchedPoint:
    """Sessions created in one day, week or month, as far as the period has of it."""

    start: date
    end: date
    """Included."""
    partial: bool
    session_count: int
    ended_count: int
    open_count: int
    resolution_rate: float | None
    escalation_rate: float | None
    abandonment_rate: float | None
    guided_rate: float | None
    classified_count: int
    guided_resolved_share: float | None
    mttr_minutes: float | None
    timed_count: int
    avg_rating: float | None
    rated_count: int
    capture_rate: float | None
    capture_eligible_count: int
    unlogged_hours: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendPoint(MatchedPoint):
    """The same, and what was logged in it, whatever session it was for."""

    time_entries: int
    hours_logged: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A flow was published."""

    date: date
    flow_id: UUID
    name: str | None
    domain: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """`GET /analytics/flowpilot/trend`."""

    points: Sequence[MatchedPoint]
    """`TrendPoint`s, but for the sessions of one flow: what was logged belongs to none."""
    markers: list[Marker]
    domain: str | None
    """The label of the domain asked for, null for all."""


def trend(  # noqa: PLR0913 -- scope, period and source, as every question, and what a trend may be of
    scope: Scope,
    period: Period,
    source: Source = Source.FACTS,
    *,
    interval: TrendInterval | None = None,
    domain: str | None = None,
    flow_id: UUID | None = None,
) -> Plan[Trend]:
    """How the numbers went by local day, week or month, and when flows were published."""
    if domain is not None and flow_id is not None:
        raise TrendError("flow_id", "give either domain or flow_id, not both")
    points = points_of(period, interval or default_interval(period))
    selects = SELECTS[source]
    starts = point_starts(points, period)
    logged = () if flow_id else (selects.activity_by_day(scope, period, domain),)
    statements = (
        selects.trend(scope, period, starts, domain=domain, flow_id=flow_id),
        published(scope, period.start, period.end),
        *logged,
        *asked_domain(scope, period, source, domain),
    )
    return Plan(statements, partial(_answer, period=period, points=points, domain=domain, flow_id=flow_id))


def _answer(
    rows: Sequence[Rows], *, period: Period, points: list[Point], domain: str | None, flow_id: UUID | None
) -> Trend:
    asked = domain_of(rows, domain)
    sums = {row.point_index: row for row in (TrendSums(*row) for row in rows[0])}
    matched = [_matched(point, sums.get(index, _NOTHING)) for index, point in enumerate(points)]
    flows = [flow for flow in (PublishedFlow(*row) for row in rows[1]) if _is_named(flow, asked, flow_id)]
    return Trend(
        points=matched if flow_id else _with_logged(matched, [ActivityDay(*row) for row in rows[2]], period),
        markers=sorted((_marker(flow, period) for flow in sorted(flows, key=by_name)), key=lambda marker: marker.date),
        domain=asked.label if asked else None,
    )


def _matched(point: Point, sums: TrendSums) -> MatchedPoint:
    return MatchedPoint(
        start=point.start,
        end=point.end,
        partial=point.partial,
        session_count=sums.session_count,
        ended_count=sums.ended,
        open_count=sums.open,
        resolution_rate=ratio(sums.resolved, sums.ended),
        escalation_rate=ratio(sums.escalated, sums.ended),
        abandonment_rate=ratio(sums.abandoned, sums.ended),
        guided_rate=ratio(sums.guided, sums.classified),
        classified_count=sums.classified,
        guided_resolved_share=ratio(sums.guided_resolved, sums.ended),
        mttr_minutes=mean_minutes(sums.timed_us, sums.timed_count),
        timed_count=sums.timed_count,
        avg_rating=ratio(sums.rating_sum, sums.rated_count),
        rated_count=sums.rated_count,
        capture_rate=ratio(sums.captured, sums.capture_eligible),
        capture_eligible_count=sums.capture_eligible,
        unlogged_hours=sums.unlogged_us / MICROSECONDS_PER_HOUR,
    )


def _with_logged(points: list[MatchedPoint], by_day: list[ActivityDay], period: Period) -> list[TrendPoint]:
    entries, hour_units = [0] * len(points), [0] * len(points)
    point_of = {
        (day - period.first_day).days: index
        for index, point in enumerate(points)
        for day in period.days[(point.start - period.first_day).days : (point.end - period.first_day).days + 1]
    }
    for row in by_day:
        entries[point_of[row.day_index]] += row.entries
        hour_units[point_of[row.day_index]] += row.hour_units
    return [
        TrendPoint(
            **{name: getattr(point, name) for name in column_names(MatchedPoint)},
            time_entries=entries[index],
            hours_logged=hour_units[index] / HOUR_UNITS,
        )
        for index, point in enumerate(points)
    ]


def _is_named(flow: PublishedFlow, asked: AskedDomain | None, flow_id: UUID | None) -> bool:
    """Whether the question is of that flow, or of its domain, or of all."""
    if flow_id is not None:
        return flow.flow_id == flow_id
    return asked is None or flow.domain_key == asked.domain_key


def _marker(flow: PublishedFlow, period: Period) -> Marker:
    return Marker(
        date=local_date(flow.created_at, period.zone), flow_id=flow.flow_id, name=flow.name, domain=flow.domain
    )


_NOTHING = total((), TrendSums)
