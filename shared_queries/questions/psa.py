from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from shared_queries.periods.period import Period
from shared_queries.plan import Plan, Rows
from shared_queries.questions.domain_rows import asked_domain, domain_of
from shared_queries.scope import Scope
from shared_queries.scoring import HOUR_UNITS, MICROSECONDS_PER_HOUR, ratio
from shared_queries.source import SELECTS, Source
from shared_queries.sums import ActivityDay, EntrySessions, PushStages
from shared_queries.values import value


@dataclass(frozen=True, slots=True, kw_only=True)
class PushFunnel:
    """Sessions created in the period, each stage within the one before."""

    total_sessions: int
    linked_to_ticket: int
    doc_pushed: int
    time_entry_logged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OffPath:
    """Sessions of the funnel's cohort that took another way."""

    time_entry_without_doc: int
    doc_without_ticket: int


@value(kw_only=True)
class DayTrend:
    """Time entries of one local calendar day."""

    date: date
    entries: int
    hours: float
    partial: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Psa:
    """`GET /analytics/flowpilot/psa`."""

    total_time_entries: int
    total_hours_logged: float
    avg_hours_per_session: float | None
    sessions_with_time_entry: int
    total_notes: int
    total_status_updates: int
    push_funnel: PushFunnel
    off_path: OffPath
    capture_rate: float | None
    capture_eligible_count: int
    unlogged_session_count: int
    """Capture-eligible sessions without a time entry."""
    unlogged_hours: float
    """Their durations, each at most 8 hours: work that was done and never billed."""
    daily_trend: list[DayTrend]
    domain: str | None
    """The label of the domain asked for, null for all."""


def psa(scope: Scope, period: Period, source: Source = Source.FACTS, *, domain: str | None = None) -> Plan[Psa]:
    """Return what reached the PSA: time entries, notes, the push funnel, the trend by day."""
    selects = SELECTS[source]
    statements = (
        selects.activity_by_day(scope, period, domain),
        selects.entry_sessions(scope, period, domain),
        selects.push_stages(scope, period, domain),
        *asked_domain(scope, period, source, domain),
    )
    return Plan(statements, partial(_answer, period=period, domain=domain))


def _answer(rows: Sequence[Rows], *, period: Period, domain: str | None) -> Psa:
    asked = domain_of(rows, domain)
    by_day = [ActivityDay(*row) for row in rows[0]]
    (named,) = (EntrySessions(*row) for row in rows[1])
    (stages,) = (PushStages(*row) for row in rows[2])
    session_hour_units = sum(day.session_hour_units for day in by_day)
    return Psa(
        total_time_entries=sum(day.entries for day in by_day),
        total_hours_logged=sum(day.hour_units for day in by_day) / HOUR_UNITS,
        avg_hours_per_session=ratio(session_hour_units, named.sessions_with_time_entry * HOUR_UNITS),
        sessions_with_time_entry=named.sessions_with_time_entry,
        total_notes=sum(day.notes for day in by_day),
        total_status_updates=sum(day.status_updates for day in by_day),
        push_funnel=PushFunnel(
            total_sessions=stages.session_count,
            linked_to_ticket=stages.linked_to_ticket,
            doc_pushed=stages.doc_pushed,
            time_entry_logged=stages.time_entry_logged,
        ),
        off_path=OffPath(
            time_entry_without_doc=stages.time_entry_without_doc,
            doc_without_ticket=stages.doc_without_ticket,
        ),
        capture_rate=ratio(stages.captured, stages.capture_eligible),
        capture_eligible_count=stages.capture_eligible,
        unlogged_session_count=stages.capture_eligible - stages.captured,
        unlogged_hours=stages.unlogged_us / MICROSECONDS_PER_HOUR,
        daily_trend=_trend(by_day, period),
        domain=asked.label if asked else None,
    )


def _trend(by_day: list[ActivityDay], period: Period) -> list[DayTrend]:
    """Every calendar day of the period, zero-filled."""
    entries, hour_units = [0] * len(period.days), [0] * len(period.days)
    for row in by_day:
        entries[row.day_index] += row.entries
        hour_units[row.day_index] += row.hour_units
    return [
        DayTrend(
            date=day,
            entries=entries[index],
            hours=hour_units[index] / HOUR_UNITS,
            partial=period.includes_partial_day and day == period.last_day,
        )
        for index, day in enumerate(period.days)
    ]
