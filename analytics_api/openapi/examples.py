"""One example answer per endpoint: typed, so that a field added to an answer is asked for here too."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from analytics_api.questions import endpoints
from analytics_api.questions.responses import (
    CoverageResponse,
    EngineersResponse,
    FlowEffectsResponse,
    FlowQualityResponse,
    MeResponse,
    OverviewResponse,
    PeriodInfo,
    PsaResponse,
    SessionsResponse,
    TrendPoint,
    TrendResponse,
)
from shared_queries.questions.coverage import DomainCoverage, DomainFlow, KnowledgeGap
from shared_queries.questions.drill_down import SessionItem
from shared_queries.questions.engineers import Engineer, Team
from shared_queries.questions.flow_effects import Differences, FlowEffect
from shared_queries.questions.flow_quality import AttentionFlow, Flow
from shared_queries.questions.overview import ConfidenceTiers, DomainOutcome
from shared_queries.questions.psa import DayTrend, OffPath, PushFunnel
from shared_queries.questions.time_saved import DomainSaved, TimeSaved
from shared_queries.questions.trend import Marker
from shared_queries.scoring import Difference, Interval

_PERIOD = PeriodInfo(
    name="7d", from_=date(2026, 3, 12), to=date(2026, 3, 18), tz="America/New_York", includes_partial_day=True
)
_AS_OF = datetime(2026, 3, 18, 15, 4, 5, tzinfo=UTC)
_FLOW_ID = UUID("0195a8a0-5b7c-7c3e-9f53-2f6d2f3f8a11")

_PASSWORD_RESET = Flow(
    flow_id=_FLOW_ID,
    name="AD Password Reset",
    is_archived=False,
    domain="Active Directory",
    usage_count=45,
    ended_count=44,
    open_count=1,
    success_rate=0.9090909090909091,
    success_interval=Interval(low=0.7884, high=0.9641),
    avg_confidence=0.82,
    scored_count=45,
    guided_rate=0.8,
    classified_count=45,
    last_matched_at=datetime(2026, 3, 18, 9, 30, tzinfo=UTC),
    lifetime_usage_count=310,
    lifetime_success_rate=0.88,
    recency_score=1.0,
    quality_score=0.8945454545454545,
    low_sample=False,
)
_MAIL_FLOW = AttentionFlow(
    flow_id=UUID("0195a8a0-5b7c-7c3e-9f53-2f6d2f3f8a12"),
    name="Mail Flow Check",
    is_archived=False,
    domain=None,
    usage_count=0,
    ended_count=0,
    open_count=0,
    success_rate=None,
    success_interval=None,
    avg_confidence=None,
    scored_count=0,
    guided_rate=None,
    classified_count=0,
    last_matched_at=None,
    lifetime_usage_count=0,
    lifetime_success_rate=None,
    recency_score=0.0,
    quality_score=None,
    low_sample=True,
    reasons=["never_matched"],
)

_OVERVIEW = OverviewResponse(
    total_sessions=132,
    open_count=4,
    ended_count=128,
    resolution_rate=0.8125,
    escalation_rate=0.125,
    abandonment_rate=0.0625,
    guided_rate=0.6,
    classified_count=130,
    guided_resolved_share=0.5078125,
    guided_success_rate=0.8552631578947368,
    guided_ended_count=76,
    mttr_minutes=18.4,
    median_resolution_minutes=12.0,
    p90_resolution_minutes=41.5,
    timed_count=104,
    invalid_duration_count=0,
    avg_rating=4.2,
    rated_count=61,
    confidence_tiers=ConfidenceTiers(guided=78, exploring=30, discovery=22, unclassified=2),
    time_saved=TimeSaved(
        hours=9.75,
        domains_counted=1,
        guided_sessions_counted=51,
        guided_sessions_not_comparable=14,
        low=4.5,
        high=15.0,
        by_domain=[
            DomainSaved(
                domain="Active Directory",
                hours=9.75,
                low=4.5,
                high=15.0,
                guided_timed_count=51,
                unguided_timed_count=16,
            ),
        ],
    ),
    domain_breakdown=[
        DomainOutcome(
            domain="Active Directory",
            session_count=87,
            ended_count=85,
            open_count=2,
            resolution_rate=0.9176470588235294,
        ),
    ],
    account_name="Example MSP",
    domain=None,
    period=_PERIOD,
    as_of=_AS_OF,
    stale=False,
)

_COVERAGE = CoverageResponse(
    domains=[
        DomainCoverage(
            domain="Active Directory",
            flow_count=12,
            session_count=87,
            ended_count=85,
            open_count=2,
            resolution_rate=0.9176470588235294,
            escalation_rate=0.047058823529411764,
            abandonment_rate=0.03529411764705882,
            guided_rate=0.7816091954022989,
            classified_count=87,
            avg_resolution_minutes=12.5,
            timed_count=78,
            invalid_duration_count=0,
            avg_guided_resolution_minutes=11.0,
            guided_timed_count=62,
            avg_unguided_resolution_minutes=18.3125,
            unguided_timed_count=16,
            flows=[
                DomainFlow(
                    flow_id=_FLOW_ID,
                    name="AD Password Reset",
                    usage_count=45,
                    success_rate=0.9090909090909091,
                    quality_score=0.8945454545454545,
                ),
            ],
        ),
    ],
    unmapped_session_count=15,
    total_domains=1,
    uncategorised_flow_count=2,
    knowledge_gaps=[
        KnowledgeGap(
            domain="Printers",
            reasons=["no_active_flow", "low_guided_rate"],
            impact_hours=14.25,
            session_count=23,
            unguided_ended_count=19,
        ),
    ],
    domain=None,
    period=_PERIOD,
    as_of=_AS_OF,
    stale=False,
)

_FLOW_QUALITY = FlowQualityResponse(
    flows=[_PASSWORD_RESET],
    top_performers=[_PASSWORD_RESET],
    bottom_performers=[],
    needs_attention=[_MAIL_FLOW],
    domain=None,
    period=_PERIOD,
    as_of=_AS_OF,
    stale=False,
)

_PSA = PsaResponse(
    total_time_entries=142,
    total_hours_logged=356.5,
    avg_hours_per_session=2.5104,
    sessions_with_time_entry=142,
    total_notes=350,
    total_status_updates=97,
    push_funnel=PushFunnel(total_sessions=500, linked_to_ticket=380, doc_pushed=350, time_entry_logged=142),
    off_path=OffPath(time_entry_without_doc=3, doc_without_ticket=1),
    capture_rate=0.48,
    capture_eligible_count=300,
    unlogged_session_count=156,
    unlogged_hours=61.5,
    daily_trend=[DayTrend(date=date(2026, 3, 18), entries=8, hours=19.5, partial=True)],
    domain=None,
    period=_PERIOD,
    as_of=_AS_OF,
    stale=False,
)

_TREND = TrendResponse(
    points=[
        TrendPoint(
            start=date(2026, 3, 16),
            end=date(2026, 3, 18),
            partial=True,
            session_count=56,
            ended_count=52,
            open_count=4,
            resolution_rate=0.8269230769230769,
            escalation_rate=0.11538461538461539,
            abandonment_rate=0.057692307692307696,
            guided_rate=0.6071428571428571,
            classified_count=56,
            guided_resolved_share=0.5192307692307693,
            mttr_minutes=17.6,
            timed_count=43,
            avg_rating=4.3,
            rated_count=24,
            capture_rate=0.5,
            capture_eligible_count=36,
            unlogged_hours=7.25,
            time_entries=21,
            hours_logged=18.75,
        ),
    ],
    markers=[Marker(date=date(2026, 3, 17), flow_id=_FLOW_ID, name="AD Password Reset", domain="Active Directory")],
    domain=None,
    period=_PERIOD,
    as_of=_AS_OF,
    stale=False,
)

_TEAM = Team(
    session_count=132,
    ended_count=128,
    open_count=4,
    resolution_rate=0.8125,
    resolution_interval=Interval(low=0.7361, high=0.8707),
    escalation_rate=0.125,
    guided_rate=0.6,
    classified_count=130,
    avg_resolution_minutes=18.4,
    timed_count=104,
    avg_rating=4.2,
    rated_count=61,
    capture_rate=0.48,
    capture_eligible_count=75,
    unlogged_session_count=39,
    unlogged_hours=14.5,
)
_ENGINEER = Engineer(
    user_id=UUID("0195a8a0-5b7c-7c3e-9f53-2f6d2f3f8a21"),
    email="dana@example.com",
    is_active=True,
    session_count=27,
    ended_count=26,
    open_count=1,
    resolution_rate=0.8846153846153846,
    resolution_interval=Interval(low=0.71, high=0.9600),
    escalation_rate=0.07692307692307693,
    guided_rate=0.7407407407407407,
    classified_count=27,
    avg_resolution_minutes=15.2,
    timed_count=23,
    avg_rating=4.6,
    rated_count=14,
    capture_rate=0.8,
    capture_eligible_count=20,
    unlogged_session_count=4,
    unlogged_hours=1.25,
    low_sample=False,
)

_ENGINEERS = EngineersResponse(
    engineers=[_ENGINEER],
    team=_TEAM,
    unassigned_session_count=3,
    domain=None,
    period=_PERIOD,
    as_of=_AS_OF,
    stale=False,
)

_ME = MeResponse(engineer=_ENGINEER, team=_TEAM, period=_PERIOD, as_of=_AS_OF, stale=False)

_FLOW_EFFECTS = FlowEffectsResponse(
    flows=[
        FlowEffect(
            flow_id=_FLOW_ID,
            name="AD Password Reset",
            is_archived=False,
            domain="Active Directory",
            published_on=date(2026, 2, 10),
            before={
                "from": date(2026, 1, 11),
                "to": date(2026, 2, 9),
                "days": 30,
                "session_count": 82,
                "ended_count": 80,
                "resolution_rate": 0.6,
                "escalation_rate": 0.3,
                "guided_rate": 0.2,
                "classified_count": 80,
                "avg_resolution_minutes": 31.5,
                "timed_count": 48,
            },
            after={
                "from": date(2026, 2, 11),
                "to": date(2026, 3, 12),
                "days": 30,
                "session_count": 70,
                "ended_count": 70,
                "resolution_rate": 0.8,
                "escalation_rate": 0.15,
                "guided_rate": 0.7,
                "classified_count": 70,
                "avg_resolution_minutes": 16.75,
                "timed_count": 56,
            },
            differences=Differences(
                resolution_rate=Difference(value=0.2, low=0.0524, high=0.3339),
                escalation_rate=Difference(value=-0.15, low=-0.2773, high=-0.0154),
                guided_rate=Difference(value=0.5, low=0.3434, high=0.6194),
            ),
            verdict="better",
            shared_with=[],
        ),
    ],
    period=PeriodInfo(
        name="90d", from_=date(2025, 12, 19), to=date(2026, 3, 18), tz="America/New_York", includes_partial_day=True
    ),
    as_of=_AS_OF,
    stale=False,
)

_SESSIONS = SessionsResponse(
    sessions=[
        SessionItem(
            session_id=UUID("0195a8a1-0c11-7e0a-8f2e-6f0d6f1c2b3a"),
            created_at=datetime(2026, 3, 18, 14, 2, 11, tzinfo=UTC),
            resolved_at=datetime(2026, 3, 18, 14, 14, 40, tzinfo=UTC),
            status="resolved",
            problem_domain="Active Directory",
            confidence_tier="guided",
            flow_id=_FLOW_ID,
            psa_ticket_id="48213",
            engineer="dana@example.com",
            flow_name="AD Password Reset",
            duration_minutes=12.483333333333333,
            hours_logged=0.25,
            rating=5,
        ),
    ],
    total_count=87,
    next_cursor="eyJ2IjoxfQ",
    period=_PERIOD,
    as_of=_AS_OF,
    stale=False,
)

EXAMPLES: dict[str, Any] = {
    endpoints.OVERVIEW.name: _OVERVIEW,
    endpoints.COVERAGE.name: _COVERAGE,
    endpoints.FLOW_QUALITY.name: _FLOW_QUALITY,
    endpoints.PSA.name: _PSA,
    endpoints.TREND.name: _TREND,
    endpoints.ENGINEERS.name: _ENGINEERS,
    endpoints.ME.name: _ME,
    endpoints.FLOW_EFFECTS.name: _FLOW_EFFECTS,
    endpoints.SESSIONS.name: _SESSIONS,
}
