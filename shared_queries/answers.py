"""What each question answers: the fields, in the order of the JSON and the CSV, with their meaning (metrics.md).

Counts and sums of nothing are 0; rates, means and percentiles of nothing are None. Rates lie in 0..1, durations are
minutes, hours are decimal hours. Nothing is rounded.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

GapReason = Literal["no_active_flow", "low_guided_rate", "low_resolution_rate", "high_escalation_rate"]
AttentionReason = Literal["low_success_rate", "never_matched", "unused_30_days"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Wilson 95 % interval of a rate, clamped to 0..1."""

    low: float
    high: float


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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class KnowledgeGap:
    """A domain that asks for a flow, and why."""

    domain: str
    reasons: list[GapReason]
    impact_hours: float
    session_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """`GET /analytics/flowpilot/coverage`."""

    domains: list[DomainCoverage]
    unmapped_session_count: int
    total_domains: int
    uncategorised_flow_count: int
    knowledge_gaps: list[KnowledgeGap]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """One flow's quality in the period."""

    flow_id: UUID
    name: str | None
    is_archived: bool
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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    daily_trend: list[DayTrend]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionItem:
    """One session of the drill-down."""

    session_id: UUID
    created_at: datetime
    resolved_at: datetime | None
    status: str | None
    problem_domain: str | None
    confidence_tier: str | None
    flow_id: UUID | None
    psa_ticket_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """`GET /analytics/flowpilot/sessions`: newest first, then by id."""

    sessions: list[SessionItem]
    total_count: int
    next_cursor: str | None
