"""Every trap that metrics.md names, by name, with numbers counted by hand; another account's rows stand beside each."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection

from shared_queries.plan import Plan
from shared_queries.questions.coverage import Coverage, DomainCoverage, coverage
from shared_queries.questions.flow_quality import Flow, FlowQuality, flow_quality
from shared_queries.questions.overview import Overview, overview
from shared_queries.questions.psa import Psa, psa
from shared_queries.scope import Scope
from tests.queries.asking import ask, period_at
from tests.queries.rows import NOW, activity, category, fill, flow, session
from tests.reference.rows import AllRows, Row

MINE, OTHERS = uuid4(), uuid4()
MINUTE = timedelta(minutes=1)


Answer = TypeVar("Answer")


class Answers:
    """The questions about a world, over 7 days in a zone."""

    def __init__(self, connection: Connection, tz: str = "UTC", now: datetime = NOW, account_id: UUID = MINE) -> None:
        self.connection, self.account_id = connection, account_id
        self.period = period_at(now, tz, period="7d")

    def _ask(self, question: Callable[..., Plan[Answer]]) -> Answer:
        return ask(self.connection, self.account_id, question(Scope(self.account_id), self.period))

    @property
    def overview(self) -> Overview:
        return self._ask(overview)

    @property
    def coverage(self) -> Coverage:
        return self._ask(coverage)

    @property
    def flow_quality(self) -> FlowQuality:
        return self._ask(flow_quality)

    @property
    def psa(self) -> Psa:
        return self._ask(psa)

    @property
    def domain(self) -> DomainCoverage:
        (domain,) = self.coverage.domains
        return domain

    @property
    def flow(self) -> Flow:
        (flow,) = self.flow_quality.flows
        return flow


@pytest.fixture
def given(connection: Connection) -> Callable[..., Answers]:
    """Fill the database with the case's rows, and another account's rows beside them."""

    def fill_in(*, tz: str = "UTC", now: datetime = NOW, **rows: list[Row]) -> Answers:
        theirs = category(OTHERS, "Network")
        their_flow = flow(OTHERS, category_id=theirs["id"], usage_count=9)
        their_session = session(
            OTHERS,
            status="resolved",
            resolved_at=now,
            created_at=now - MINUTE,
            confidence_tier="guided",
            confidence_score=1.0,
            session_rating=5,
            psa_ticket_id="1",
            matched_flow_id=their_flow["id"],
        )
        their_push = activity(OTHERS, session_id=their_session["id"], created_at=now - MINUTE)
        fill(
            connection,
            AllRows(
                [*rows.get("categories", []), theirs],
                [*rows.get("flows", []), their_flow],
                [*rows.get("sessions", []), their_session],
                [*rows.get("activities", []), their_push],
            ),
        )
        return Answers(connection, tz, now)

    return fill_in


def ended(minutes: float = 10, **changes: object) -> Row:
    """A resolved session of mine."""
    created_at = changes.pop("created_at", NOW - timedelta(days=1))
    assert isinstance(created_at, datetime)
    resolved_at = created_at + timedelta(minutes=minutes)
    return session(MINE, **{"status": "resolved", "created_at": created_at, "resolved_at": resolved_at} | changes)


def test_an_empty_account_has_zeros_and_nulls(given: Callable[..., Answers]) -> None:
    answers = given()
    overview = answers.overview
    assert (overview.total_sessions, overview.open_count, overview.ended_count) == (0, 0, 0)
    assert (overview.resolution_rate, overview.mttr_minutes, overview.avg_rating, overview.guided_rate) == (None,) * 4
    assert (overview.median_resolution_minutes, overview.p90_resolution_minutes) == (None, None)
    assert (overview.time_saved.hours, overview.time_saved.domains_counted) == (None, 0)
    assert overview.domain_breakdown == []
    coverage = answers.coverage
    assert (coverage.domains, coverage.total_domains, coverage.unmapped_session_count) == ([], 0, 0)
    assert coverage.knowledge_gaps == []
    quality = answers.flow_quality
    assert (quality.flows, quality.top_performers, quality.bottom_performers, quality.needs_attention) == ([],) * 4
    psa = answers.psa
    assert (psa.total_time_entries, psa.total_hours_logged, psa.avg_hours_per_session) == (0, 0, None)
    assert (psa.capture_rate, psa.capture_eligible_count, psa.push_funnel.total_sessions) == (None, 0, 0)
    assert [(day.entries, day.hours) for day in psa.daily_trend] == [(0, 0)] * 7
    assert [day.partial for day in psa.daily_trend] == [False] * 6 + [True]


def test_one_session_counts_once_everywhere(given: Callable[..., Answers]) -> None:
    matched = flow(MINE)
    one = ended(
        12.5,
        confidence_tier="guided",
        confidence_score=0.8,
        session_rating=4,
        matched_flow_id=matched["id"],
        psa_ticket_id="7",
    )
    answers = given(flows=[matched], sessions=[one])
    overview = answers.overview
    assert (overview.total_sessions, overview.resolution_rate, overview.guided_rate) == (1, 1, 1)
    assert (overview.mttr_minutes, overview.median_resolution_minutes, overview.p90_resolution_minutes) == (12.5,) * 3
    assert (overview.guided_resolved_share, overview.guided_success_rate, overview.avg_rating) == (1, 1, 4)
    assert (overview.time_saved.hours, overview.time_saved.guided_sessions_not_comparable) == (None, 1)
    assert (answers.flow.usage_count, answers.flow.avg_confidence, answers.flow.low_sample) == (1, 0.8, True)
    assert answers.flow.quality_score == pytest.approx(0.8)
    assert answers.psa.push_funnel.linked_to_ticket == 1
    assert (answers.psa.capture_rate, answers.psa.capture_eligible_count) == (0, 1)


def test_open_sessions_are_no_denominator(given: Callable[..., Answers]) -> None:
    matched = flow(MINE)
    statuses = ["active", "paused", "requesting_escalation", "something new"]
    answers = given(
        flows=[matched],
        sessions=[session(MINE, status=status, matched_flow_id=matched["id"]) for status in statuses],
    )
    assert (answers.overview.open_count, answers.overview.ended_count, answers.overview.resolution_rate) == (4, 0, None)
    assert (answers.domain.open_count, answers.domain.escalation_rate) == (4, None)
    assert (answers.flow.open_count, answers.flow.success_rate, answers.flow.quality_score) == (4, None, None)
    assert answers.flow.success_interval is None


def test_open_sessions_do_not_dilute_the_rates_of_ended_ones(given: Callable[..., Answers]) -> None:
    answers = given(
        sessions=[
            *(ended() for _ in range(3)),
            session(MINE, status="escalated"),
            *(session(MINE) for _ in range(6)),
        ]
    )
    overview = answers.overview
    assert (overview.resolution_rate, overview.escalation_rate, overview.abandonment_rate) == (0.75, 0.25, 0)
    assert (answers.domain.resolution_rate, answers.domain.open_count) == (0.75, 6)


def test_all_abandoned(given: Callable[..., Answers]) -> None:
    left = [session(MINE, status="abandoned", created_at=NOW - MINUTE * 60, resolved_at=NOW) for _ in range(5)]
    answers = given(sessions=left)
    overview = answers.overview
    assert (overview.resolution_rate, overview.escalation_rate, overview.abandonment_rate) == (0, 0, 1)
    assert (overview.timed_count, overview.mttr_minutes) == (0, None)
    (gap,) = answers.coverage.knowledge_gaps
    assert gap.reasons == ["no_active_flow", "low_resolution_rate"]
    assert gap.impact_hours == 5


@pytest.mark.parametrize("blank", [None, "", "   ", " \t\n\r\f\v"])
def test_a_session_without_a_domain_is_unmapped(given: Callable[..., Answers], blank: str | None) -> None:
    answers = given(sessions=[session(MINE, problem_domain=blank), session(MINE)])
    assert (answers.coverage.unmapped_session_count, answers.coverage.total_domains) == (1, 1)
    assert [row.session_count for row in answers.overview.domain_breakdown] == [1]
    assert answers.overview.total_sessions == 2


@pytest.mark.parametrize("white", ["\u00a0", "\u200b", "v"])
def test_only_six_characters_are_white_space(given: Callable[..., Answers], white: str) -> None:
    answers = given(sessions=[session(MINE, problem_domain=white)])
    assert [row.domain for row in answers.coverage.domains] == [white]


@pytest.mark.parametrize("tier", [None, "", "Guided", "new tier"])
def test_a_session_without_a_known_tier_is_unclassified_and_unguided(
    given: Callable[..., Answers], tier: str | None
) -> None:
    answers = given(sessions=[ended(30, confidence_tier=tier), ended(10, confidence_tier="guided")])
    tiers = answers.overview.confidence_tiers
    assert (tiers.guided, tiers.exploring, tiers.discovery, tiers.unclassified) == (1, 0, 0, 1)
    assert (answers.domain.guided_rate, answers.domain.classified_count) == (1, 1)
    assert (answers.domain.avg_unguided_resolution_minutes, answers.domain.unguided_timed_count) == (30, 1)
    assert answers.domain.avg_guided_resolution_minutes == 10


def test_an_archived_flow_shows_while_its_sessions_do(given: Callable[..., Answers]) -> None:
    used, unused = flow(MINE, is_active=False, name="used"), flow(MINE, is_active=False, name="unused")
    sessions = [session(MINE, status="abandoned", matched_flow_id=used["id"]) for _ in range(6)]
    quality = given(flows=[used, unused], sessions=sessions).flow_quality
    assert [(row.name, row.is_archived, row.usage_count) for row in quality.flows] == [("used", True, 6)]
    assert (quality.top_performers, quality.bottom_performers, quality.needs_attention) == ([], [], [])


def test_an_archived_flow_is_no_coverage(given: Callable[..., Answers]) -> None:
    network = category(MINE, "Network")
    archived = flow(MINE, is_active=False, category_id=network["id"])
    answers = given(categories=[network], flows=[archived], sessions=[session(MINE)])
    assert (answers.domain.flow_count, answers.coverage.uncategorised_flow_count) == (0, 0)


def test_a_rematched_session_counts_for_the_flow_it_is_matched_to_now(given: Callable[..., Answers]) -> None:
    before, now = flow(MINE, name="before", usage_count=1), flow(MINE, name="now", usage_count=1)
    quality = given(flows=[before, now], sessions=[session(MINE, matched_flow_id=now["id"])]).flow_quality
    assert {row.name: (row.usage_count, row.lifetime_usage_count) for row in quality.flows} == {
        "before": (0, 1),
        "now": (1, 1),
    }


def test_a_flow_of_another_account_is_no_flow_but_its_session_counts(given: Callable[..., Answers]) -> None:
    foreign = flow(OTHERS, name="theirs")
    answers = given(flows=[foreign], sessions=[session(MINE, matched_flow_id=foreign["id"])])
    assert answers.flow_quality.flows == []
    assert answers.overview.total_sessions == 1


def test_a_flow_in_a_category_of_another_account_is_uncategorised(given: Callable[..., Answers]) -> None:
    foreign = category(OTHERS, "Secret")
    blank = category(MINE, " \t")
    flows = [flow(MINE, category_id=foreign["id"]), flow(MINE, category_id=blank["id"]), flow(MINE)]
    coverage = given(categories=[foreign, blank], flows=flows).coverage
    assert (coverage.uncategorised_flow_count, coverage.domains) == (3, [])


@pytest.mark.parametrize(
    ("tz", "now", "day", "hours"),
    [
        pytest.param("Europe/Berlin", "2026-03-30T12:00", 29, 23, id="spring forward"),
        pytest.param("Europe/Berlin", "2025-10-27T12:00", 26, 25, id="fall back"),
        pytest.param("America/Havana", "2025-11-03T12:00", 2, 25, id="midnight comes twice"),
        pytest.param("America/Santiago", "2025-09-08T12:00", 7, 23, id="midnight is skipped"),
        pytest.param("Australia/Lord_Howe", "2025-10-06T12:00", 5, 23.5, id="half an hour"),
        pytest.param("Asia/Kathmandu", "2025-05-06T12:00", 5, 24, id="45 minutes"),
        pytest.param("Asia/Kolkata", "2025-05-06T12:00", 5, 24, id="30 minutes"),
    ],
)
def test_a_local_day_is_as_long_as_it_is(
    given: Callable[..., Answers], tz: str, now: str, day: int, hours: float
) -> None:
    """An entry every half an hour, all day and all night."""
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    entries = [activity(MINE, created_at=moment - timedelta(minutes=30 * step - 15)) for step in range(1, 48 * 6)]
    psa = given(tz=tz, now=moment, activities=entries).psa
    assert {item.date.day: item.entries for item in psa.daily_trend}[day] == 2 * hours
    assert sum(item.entries for item in psa.daily_trend) == psa.total_time_entries


@pytest.mark.parametrize("tz", ["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_the_last_microsecond_of_a_local_day_belongs_to_it(given: Callable[..., Answers], tz: str) -> None:
    midnight = period_at(NOW, tz, period="7d").day_starts[3]
    moments = [midnight - timedelta(microseconds=1), midnight]
    psa = given(tz=tz, activities=[activity(MINE, created_at=moment) for moment in moments]).psa
    assert [item.entries for item in psa.daily_trend] == [0, 0, 1, 1, 0, 0, 0]


def test_the_first_microsecond_of_the_period_is_in_and_the_last_before_it_out(given: Callable[..., Answers]) -> None:
    start = period_at(NOW, "Asia/Kathmandu", period="7d").start
    sessions = [session(MINE, created_at=moment) for moment in (start - timedelta(microseconds=1), start)]
    assert given(tz="Asia/Kathmandu", sessions=sessions).overview.total_sessions == 1


def test_rows_of_now_and_later_belong_to_no_period(given: Callable[..., Answers]) -> None:
    moments = [NOW - timedelta(microseconds=1), NOW, NOW + MINUTE, NOW + timedelta(days=400)]
    answers = given(
        sessions=[session(MINE, created_at=moment) for moment in moments],
        activities=[activity(MINE, created_at=moment) for moment in moments],
    )
    assert (answers.overview.total_sessions, answers.psa.total_time_entries) == (1, 1)
    assert answers.psa.push_funnel.total_sessions == 1


def test_a_session_resolved_before_it_began_is_invalid_and_untimed(given: Callable[..., Answers]) -> None:
    sessions = [ended(-5), ended(0), ended(10), session(MINE, status="resolved")]
    answers = given(sessions=sessions)
    assert (answers.overview.timed_count, answers.overview.invalid_duration_count) == (2, 1)
    assert (answers.overview.mttr_minutes, answers.overview.resolution_rate) == (5, 1)
    assert (answers.domain.timed_count, answers.domain.invalid_duration_count) == (2, 1)


def test_two_time_entries_on_one_session_are_one_session(given: Callable[..., Answers]) -> None:
    worked = ended(psa_ticket_id="48213")
    pushes = [
        activity(MINE, session_id=worked["id"], hours_logged=1.5),
        activity(MINE, session_id=worked["id"], hours_logged=0.5),
        *(activity(MINE, session_id=worked["id"], activity_type="note_posted") for _ in range(3)),
    ]
    psa = given(sessions=[worked], activities=pushes).psa
    assert (psa.total_time_entries, psa.total_hours_logged, psa.total_notes) == (2, 2, 3)
    assert (psa.avg_hours_per_session, psa.sessions_with_time_entry) == (2, 1)
    funnel = psa.push_funnel
    assert (funnel.total_sessions, funnel.linked_to_ticket, funnel.doc_pushed, funnel.time_entry_logged) == (1,) * 4
    assert (psa.capture_rate, psa.capture_eligible_count) == (1, 1)


def test_an_activity_without_a_session_counts_in_the_totals_only(given: Callable[..., Answers]) -> None:
    named = session(MINE)
    pushes = [activity(MINE, hours_logged=3), activity(MINE, session_id=named["id"], hours_logged=1)]
    psa = given(sessions=[named], activities=pushes).psa
    assert (psa.total_time_entries, psa.total_hours_logged) == (2, 4)
    assert (psa.avg_hours_per_session, psa.sessions_with_time_entry) == (1, 1)
    assert psa.off_path.time_entry_without_doc == 1


def test_a_zero_hour_entry_is_an_entry(given: Callable[..., Answers]) -> None:
    worked = ended(psa_ticket_id="1")
    psa = given(sessions=[worked], activities=[activity(MINE, session_id=worked["id"], hours_logged=0.0)]).psa
    assert (psa.total_time_entries, psa.total_hours_logged, psa.avg_hours_per_session) == (1, 0, 0)
    assert (psa.sessions_with_time_entry, psa.capture_rate) == (1, 1)


def test_a_later_push_counts_for_the_session_that_began_in_the_period(given: Callable[..., Answers]) -> None:
    old = session(MINE, created_at=NOW - timedelta(days=30), psa_ticket_id="1")
    new = session(MINE, psa_ticket_id="2")
    pushes = [
        activity(MINE, session_id=old["id"]),
        activity(MINE, session_id=new["id"], activity_type="note_posted", created_at=NOW + timedelta(days=2)),
    ]
    psa = given(sessions=[old, new], activities=pushes).psa
    assert (psa.total_time_entries, psa.total_notes, psa.sessions_with_time_entry) == (1, 0, 1)
    assert (psa.push_funnel.total_sessions, psa.push_funnel.doc_pushed) == (1, 1)


def test_hours_and_scores_are_rounded_on_their_decimal_digits(given: Callable[..., Answers]) -> None:
    matched = flow(MINE)
    scores = [0.0000005, 0.1234565, 0.12345649999999997]
    answers = given(
        flows=[matched],
        sessions=[session(MINE, matched_flow_id=matched["id"], confidence_score=score) for score in scores],
        activities=[activity(MINE, hours_logged=hours) for hours in (0.00005, 0.00015, 0.1, 0.2)],
    )
    # 1 + 2 + 1,000 + 2,000 ten-thousandths; 1 + 123,457 + 123,456 millionths.
    assert answers.psa.total_hours_logged == 0.3003
    assert answers.flow.avg_confidence == 246914 / 3_000_000


NAMES = ['Mail, "outlook"\nand more', "=1+1", "+cmd", "@SUM(A1)", "-2", "Ünïcode 💡"]


def test_names_with_commas_quotes_newlines_and_a_leading_equals_sign_are_names(given: Callable[..., Answers]) -> None:
    answers = given(
        flows=[flow(MINE, name=name) for name in NAMES],
        sessions=[session(MINE, problem_domain=name) for name in NAMES],
    )
    by_code_point = sorted(NAMES)
    assert [row.domain for row in answers.coverage.domains] == by_code_point
    assert [row.name for row in answers.flow_quality.flows] == by_code_point


def test_categories_that_differ_in_case_are_one_domain(given: Callable[..., Answers]) -> None:
    upper, lower = category(MINE, "Ünïcode"), category(MINE, " ünïcode ")
    flows = [flow(MINE, category_id=upper["id"]), flow(MINE, category_id=lower["id"])]
    sessions = [session(MINE, problem_domain=name) for name in ("ÜNÏCODE", "ünïcode\n", "Ünïcode")]
    answers = given(categories=[upper, lower], flows=flows, sessions=sessions)
    assert (answers.domain.domain, answers.domain.flow_count, answers.domain.session_count) == ("Ünïcode", 2, 3)
    assert [row.domain for row in answers.overview.domain_breakdown] == ["Ünïcode"]


def test_without_a_category_the_most_used_spelling_is_the_label(given: Callable[..., Answers]) -> None:
    spellings = ["network", "network ", "Network", "NETWORK", "NETWORK", "printers", "Printers"]
    answers = given(sessions=[session(MINE, problem_domain=name) for name in spellings])
    assert [row.domain for row in answers.coverage.domains] == ["NETWORK", "Printers"]


def test_a_category_without_a_flow_still_names_its_domain(given: Callable[..., Answers]) -> None:
    answers = given(categories=[category(MINE, "NetWork")], sessions=[session(MINE, problem_domain="network")])
    assert (answers.domain.domain, answers.domain.flow_count) == ("NetWork", 0)


def test_a_domain_of_flows_alone_has_no_sessions_and_no_gap(given: Callable[..., Answers]) -> None:
    mine = category(MINE, "Backup")
    answers = given(categories=[mine], flows=[flow(MINE, category_id=mine["id"])])
    assert (answers.domain.session_count, answers.domain.flow_count, answers.domain.resolution_rate) == (0, 1, None)
    assert (answers.overview.domain_breakdown, answers.coverage.knowledge_gaps) == ([], [])


def test_gaps_lead_with_the_hours_that_unguided_work_took(given: Callable[..., Answers]) -> None:
    def escalated(domain: str, minutes: float) -> Row:
        return ended(minutes, problem_domain=domain, status="escalated")

    sessions = [
        *(escalated("short", 60) for _ in range(6)),
        # A forgotten session counts for eight hours, and a guided one for none.
        *(escalated("forgotten", 60 * 24 * 90) for _ in range(1)),
        *(ended(0, problem_domain="forgotten", status="abandoned") for _ in range(4)),
        *(ended(600, problem_domain="guided", confidence_tier="guided") for _ in range(5)),
    ]
    gaps = given(sessions=sessions).coverage.knowledge_gaps
    assert [(gap.domain, gap.impact_hours) for gap in gaps] == [("forgotten", 8), ("short", 6), ("guided", 0)]
    assert gaps[1].reasons == ["no_active_flow", "low_resolution_rate", "high_escalation_rate"]


def test_time_saved_needs_five_of_each_kind(given: Callable[..., Answers]) -> None:
    sessions = [
        *(ended(10, confidence_tier="guided") for _ in range(5)),
        *(ended(40) for _ in range(5)),
        *(ended(10, problem_domain="few", confidence_tier="guided") for _ in range(4)),
        *(ended(90, problem_domain="few") for _ in range(9)),
        ended(1, problem_domain=None, confidence_tier="guided"),
    ]
    saved = given(sessions=sessions).overview.time_saved
    assert (saved.hours, saved.domains_counted) == (2.5, 1)
    assert (saved.guided_sessions_counted, saved.guided_sessions_not_comparable) == (5, 5)


@pytest.mark.parametrize(
    ("matched_days_ago", "age_days", "reasons"),
    [
        pytest.param(None, 29, [], id="young and never matched"),
        pytest.param(None, 30, ["never_matched"], id="thirty days old and never matched"),
        pytest.param(29, 300, [], id="matched lately"),
        pytest.param(30, 300, ["unused_30_days"], id="unused"),
    ],
)
def test_unused_flows_need_attention(
    given: Callable[..., Answers], matched_days_ago: int | None, age_days: int, reasons: list[str]
) -> None:
    matched_at = None if matched_days_ago is None else NOW - timedelta(days=matched_days_ago)
    row = flow(MINE, created_at=NOW - timedelta(days=age_days), last_matched_at=matched_at)
    attention = given(flows=[row]).flow_quality.needs_attention
    assert [found.reasons for found in attention] == ([reasons] if reasons else [])


@pytest.mark.parametrize(
    ("count", "top", "bottom"), [(0, 0, 0), (1, 1, 0), (2, 1, 1), (5, 3, 2), (9, 5, 4), (10, 5, 5), (12, 5, 5)]
)
def test_the_best_and_the_worst_never_share_a_flow(
    given: Callable[..., Answers], count: int, top: int, bottom: int
) -> None:
    flows = [flow(MINE, name=f"flow {index:02}") for index in range(count)]
    sessions = [session(MINE, status="resolved", matched_flow_id=row["id"]) for row in flows for _ in range(5)]
    quality = given(flows=flows, sessions=sessions).flow_quality
    names = [row.name for row in quality.flows]
    assert [row.name for row in quality.top_performers] == names[:top]
    assert [row.name for row in quality.bottom_performers] == names[::-1][:bottom]


def test_the_previous_period_keeps_the_real_now_for_lifetime_and_recency(connection: Connection) -> None:
    used = flow(MINE, last_matched_at=NOW - timedelta(days=9), usage_count=3)
    before = session(MINE, created_at=NOW - timedelta(days=9), status="resolved", matched_flow_id=used["id"])
    fill(connection, AllRows(flows=[used], sessions=[before]))
    previous = period_at(NOW, period="7d").previous()
    (found,) = ask(connection, MINE, flow_quality(Scope(MINE), previous)).flows
    assert (found.usage_count, found.lifetime_usage_count) == (1, 3)
    assert found.recency_score == pytest.approx(0.9)


def test_a_low_sample_keeps_its_score_and_is_ranked_nowhere(given: Callable[..., Answers]) -> None:
    rare, usual = flow(MINE, name="rare"), flow(MINE, name="usual")
    counts = ((rare, 4), (usual, 5))
    sessions = [
        session(MINE, status="resolved", matched_flow_id=row["id"]) for row, count in counts for _ in range(count)
    ]
    quality = given(flows=[rare, usual], sessions=sessions).flow_quality
    assert {row.name: (row.low_sample, row.quality_score) for row in quality.flows} == {
        "rare": (True, 0.5),
        "usual": (False, 0.5),
    }
    assert [row.name for row in quality.top_performers + quality.bottom_performers] == ["usual"]
