"""The rows between SQL and the answers: raw integer counters, with the same columns from every source.

Each class is the row of one `Select`, whose columns are the class's fields, in order. Counters of two rows add up, so
an answer is the same however the rows were split. `_us` are microseconds, `hour_units` 1/10,000 hour and
`score_units` 1e-6.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, TypeVar
from uuid import UUID

from shared_queries.counters import (
    ACTIVITIES,
    BACKWARD,
    CAPPED_US,
    FORWARD,
    FORWARD_US,
    HOUR_UNITS,
    RATED,
    RATING,
    SCORE_UNITS,
    SCORED,
    SESSIONS,
    SQUARE_MS,
    Counter,
)
from shared_queries.values import value

COUNTERS_VERSION = 2
"""Of the counters declared here: raised with each change of them, by the migration that brings it to a database."""

SessionCount = Annotated[int, Counter(SESSIONS)]
CaptureEligible = Annotated[int, Counter(SESSIONS, "linked and resolved", "push")]
Captured = Annotated[int, Counter(SESSIONS, "linked and resolved and entry", "push")]
UnloggedUs = Annotated[int, Counter(CAPPED_US, "linked and resolved and not entry", "push")]


@value()
class Outcomes:
    """How a set of sessions ended."""

    session_count: SessionCount
    resolved: Annotated[int, Counter(SESSIONS, "resolved")]
    escalated: Annotated[int, Counter(SESSIONS, "escalated")]
    abandoned: Annotated[int, Counter(SESSIONS, "abandoned")]

    @property
    def ended(self) -> int:
        """The denominator of the outcome rates."""
        return self.resolved + self.escalated + self.abandoned

    @property
    def open(self) -> int:
        """Not ended, an unknown status included."""
        return self.session_count - self.ended


@value()
class WorkSums(Outcomes):
    """How a set of sessions went: what is asked of every one, by whatever it is grouped."""

    guided: Annotated[int, Counter(SESSIONS, "guided")]
    """Sessions of that tier, whatever their status; the next two likewise."""
    exploring: Annotated[int, Counter(SESSIONS, "exploring")]
    discovery: Annotated[int, Counter(SESSIONS, "discovery")]
    guided_resolved: Annotated[int, Counter(SESSIONS, "guided and resolved")]
    timed_count: Annotated[int, Counter(FORWARD, "resolved")]
    """Resolved with `resolved_at >= created_at`."""
    timed_us: Annotated[int, Counter(FORWARD_US, "resolved")]
    rated_count: Annotated[int, Counter(RATED)]
    rating_sum: Annotated[int, Counter(RATING)]

    @property
    def classified(self) -> int:
        """Sessions with a known tier."""
        return self.guided + self.exploring + self.discovery


@value()
class CaptureSums(WorkSums):
    """The same, and which of the work was logged."""

    capture_eligible: CaptureEligible
    """Resolved, with a ticket."""
    captured: Captured
    """Those with a time entry."""
    unlogged_us: UnloggedUs
    """Over those without: the durations, each at most 8 hours."""

    @property
    def unlogged_count(self) -> int:
        """Resolved, with a ticket and without a time entry."""
        return self.capture_eligible - self.captured


@value()
class TrendSums(CaptureSums):
    """Sessions created in one point of a trend, by its index; a point without a session may have no row."""

    point_index: int


@value()
class UserSums(CaptureSums):
    """Sessions of one user as written in them, of whatever account that may be; null for those without one."""

    user_id: UUID | None


@value()
class EffectSums(WorkSums):
    """Sessions of a flow's domain in the days before it was created, or after; without a session there is no row."""

    flow_id: UUID
    is_after: bool


@value()
class SessionSums(WorkSums):
    """All that is counted of sessions by domain."""

    guided_ended: Annotated[int, Counter(SESSIONS, "guided and ended")]
    guided_timed_count: Annotated[int, Counter(FORWARD, "guided and resolved")]
    guided_timed_us: Annotated[int, Counter(FORWARD_US, "guided and resolved")]
    invalid_duration_count: Annotated[int, Counter(BACKWARD, "resolved")]
    """Resolved with `resolved_at < created_at`."""
    impact_us: Annotated[int, Counter(CAPPED_US, "ended and not guided")]
    """Over ended unguided sessions with `resolved_at >= created_at`: the durations, each at most 8 hours."""
    guided_square_ms: Annotated[int, Counter(SQUARE_MS, "guided and resolved")]
    """Sum of the squared durations, in square milliseconds."""
    unguided_square_ms: Annotated[int, Counter(SQUARE_MS, "resolved and not guided")]

    def __post_init__(self) -> None:
        # PostgreSQL's numeric arrives as a Decimal, whose sums Python would round to 28 digits.
        object.__setattr__(self, "guided_square_ms", int(self.guided_square_ms))
        object.__setattr__(self, "unguided_square_ms", int(self.unguided_square_ms))

    @property
    def unguided_ended(self) -> int:
        """Ended sessions of every tier but guided, null included."""
        return self.ended - self.guided_ended

    @property
    def unguided_timed_count(self) -> int:
        """Timed sessions of every tier but guided, null included."""
        return self.timed_count - self.guided_timed_count

    @property
    def unguided_timed_us(self) -> int:
        """Their durations."""
        return self.timed_us - self.guided_timed_us


@value()
class DomainSums(SessionSums):
    """Sessions of one domain as written, trimmed; both null where the session's domain is null or blank."""

    spelling: str | None
    domain_key: str | None


@value()
class DurationPercentiles:
    """Nearest-rank percentiles over the timed sessions; null without one."""

    median_us: int | None
    p90_us: int | None


@value()
class CategoryFlows:
    """Active flows of the account's categories of one spelling; both null for the uncategorised ones."""

    flow_count: int
    spelling: str | None
    domain_key: str | None


@value()
class FlowSums(WorkSums):
    """Sessions matched to one flow."""

    scored_count: Annotated[int, Counter(SCORED)]
    score_units: Annotated[int, Counter(SCORE_UNITS)]
    flow_id: UUID


@value()
class FlowRow(FlowSums):
    """A flow of the account, with the sessions matched to it."""

    name: str | None
    is_archived: bool
    created_at: datetime
    last_matched_at: datetime | None
    lifetime_usage_count: int
    lifetime_success_rate: float | None
    domain: str | None
    """The label of its category's domain; both null for a flow without one."""
    domain_key: str | None


@value()
class ActivityDay:
    """What was pushed on one local day, by its index in `Period.days`; a day without a push may have no row."""

    day_index: int
    entries: Annotated[int, Counter(ACTIVITIES, "is_entry", "activity")]
    hour_units: Annotated[int, Counter(HOUR_UNITS, "is_entry", "activity")]
    session_hour_units: Annotated[int, Counter(HOUR_UNITS, "is_entry and named", "activity")]
    """Of the entries that name a session."""
    notes: Annotated[int, Counter(ACTIVITIES, "is_note", "activity")]
    status_updates: Annotated[int, Counter(ACTIVITIES, "is_status", "activity")]


@value()
class EntrySessions:
    """Distinct sessions that the period's time entries name."""

    sessions_with_time_entry: int


@value()
class PushStages:
    """Sessions created in the period, by what was pushed for them whenever it happened."""

    session_count: SessionCount
    linked_to_ticket: Annotated[int, Counter(SESSIONS, "linked", "push")]
    doc_pushed: Annotated[int, Counter(SESSIONS, "linked and note", "push")]
    time_entry_logged: Annotated[int, Counter(SESSIONS, "linked and note and entry", "push")]
    time_entry_without_doc: Annotated[int, Counter(SESSIONS, "entry and not note", "push")]
    doc_without_ticket: Annotated[int, Counter(SESSIONS, "note and not linked", "push")]
    capture_eligible: CaptureEligible
    captured: Captured
    unlogged_us: UnloggedUs


def column_names(row: type[Any]) -> tuple[str, ...]:
    """Return the columns of the select that makes such rows."""
    return tuple(field.name for field in fields(row))


Sums = TypeVar("Sums", bound=WorkSums)


def total(rows: Iterable[Sums], kind: type[Sums]) -> Sums:
    """Return the counters of all rows together, those of that class, which has no others; zeros without a row."""
    counters = [*map(_counters_of(kind), rows)]  # type: ignore[arg-type]  # mypy takes no class for hashable
    return kind(*map(sum, zip(*counters, strict=True))) if counters else kind(*(0 for _ in column_names(kind)))


@cache
def _counters_of(kind: type[Any]) -> Callable[[object], tuple[int, ...]]:
    return attrgetter(*column_names(kind))
