"""The rows between SQL and the answers: raw integer counters, with the same columns from every source.

Each class is the row of one `Select`, whose columns are the class's fields, in order. Counters of two rows add up, so
an answer is the same however the rows were split. `_us` are microseconds, `hour_units` 1/10,000 hour and
`score_units` 1e-6.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How a set of sessions ended."""

    session_count: int
    resolved: int
    escalated: int
    abandoned: int

    @property
    def ended(self) -> int:
        """The denominator of the outcome rates."""
        return self.resolved + self.escalated + self.abandoned

    @property
    def open(self) -> int:
        """Not ended, an unknown status included."""
        return self.session_count - self.ended


@dataclass(frozen=True, slots=True)
class SessionSums(Outcomes):
    """Counters of a set of sessions."""

    guided: int
    """Sessions of that tier, whatever their status; the next two likewise."""
    exploring: int
    discovery: int
    guided_resolved: int
    guided_ended: int
    timed_count: int
    """Resolved with `resolved_at >= created_at`."""
    timed_us: int
    guided_timed_count: int
    guided_timed_us: int
    invalid_duration_count: int
    """Resolved with `resolved_at < created_at`."""
    rated_count: int
    rating_sum: int
    impact_us: int
    """Over ended unguided sessions with `resolved_at >= created_at`: the durations, each at most 8 hours."""

    @property
    def classified(self) -> int:
        """Sessions with a known tier."""
        return self.guided + self.exploring + self.discovery

    @property
    def unguided_timed_count(self) -> int:
        """Timed sessions of every tier but guided, null included."""
        return self.timed_count - self.guided_timed_count

    @property
    def unguided_timed_us(self) -> int:
        """Their durations."""
        return self.timed_us - self.guided_timed_us


@dataclass(frozen=True, slots=True)
class DomainSums(SessionSums):
    """Sessions of one domain as written, trimmed; both null where the session's domain is null or blank."""

    spelling: str | None
    domain_key: str | None


@dataclass(frozen=True, slots=True)
class DurationPercentiles:
    """Nearest-rank percentiles over the timed sessions; null without one."""

    median_us: int | None
    p90_us: int | None


@dataclass(frozen=True, slots=True)
class CategoryFlows:
    """Active flows of the account's categories of one spelling; both null for the uncategorised ones."""

    flow_count: int
    spelling: str | None
    domain_key: str | None


@dataclass(frozen=True, slots=True)
class FlowSums(Outcomes):
    """Sessions matched to one flow."""

    guided: int
    classified: int
    scored_count: int
    score_units: int
    flow_id: UUID


@dataclass(frozen=True, slots=True)
class FlowRow(FlowSums):
    """A flow of the account, with the sessions matched to it."""

    name: str | None
    is_archived: bool
    created_at: datetime
    last_matched_at: datetime | None
    lifetime_usage_count: int
    lifetime_success_rate: float | None


@dataclass(frozen=True, slots=True)
class ActivityDay:
    """What was pushed on one local day, by its index in `Period.days`; a day without a push may have no row."""

    day_index: int
    entries: int
    hour_units: int
    session_hour_units: int
    """Of the entries that name a session."""
    notes: int
    status_updates: int


@dataclass(frozen=True, slots=True)
class EntrySessions:
    """Distinct sessions that the period's time entries name."""

    sessions_with_time_entry: int


@dataclass(frozen=True, slots=True)
class PushStages:
    """Sessions created in the period, by what was pushed for them whenever it happened."""

    total_sessions: int
    linked_to_ticket: int
    doc_pushed: int
    time_entry_logged: int
    time_entry_without_doc: int
    doc_without_ticket: int
    capture_eligible: int
    captured: int


def column_names(row: type[Any]) -> tuple[str, ...]:
    """Return the columns of the select that makes such rows."""
    return tuple(field.name for field in fields(row))


def total(rows: Iterable[SessionSums]) -> SessionSums:
    """Return the counters of all rows together; zeros without a row."""
    counters = [_counters_of(row) for row in rows]
    return SessionSums(*map(sum, zip(*counters, strict=True))) if counters else _NOTHING


_counters_of = attrgetter(*column_names(SessionSums))
_NOTHING = SessionSums(*(0 for _ in fields(SessionSums)))
