"""The drill-down shows the sessions that the aggregates counted."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, insert

from shared_queries import tables
from shared_queries.errors import ParameterError
from shared_queries.periods.period import Period
from shared_queries.questions.coverage import coverage
from shared_queries.questions.cursor import Cursor
from shared_queries.questions.drill_down import Sessions, drill_down
from shared_queries.questions.engineers import engineers
from shared_queries.questions.flow_quality import flow_quality
from shared_queries.questions.overview import overview
from shared_queries.questions.psa import psa
from shared_queries.questions.session_filter import SessionFilter
from shared_queries.scope import Scope
from tests.queries.asking import ask, assert_same, period_at, reference_period, rolled_back, use_lower_of
from tests.queries.rows import NOW, activity, fill, flow, session
from tests.queries.worlds import DOMAIN_NAMES, DOMAINS, Case, cases
from tests.reference.rows import AllRows
from tests.reference.sessions import sessions as reference_sessions

MINE = uuid4()


def drill(connection: Connection, period: Period, account_id: UUID = MINE, **chosen: Any) -> Sessions:  # noqa: ANN401  any filter
    return ask(connection, account_id, drill_down(Scope(account_id), period, SessionFilter(**chosen)))


def all_pages(connection: Connection, period: Period, account_id: UUID, **chosen: Any) -> list[Any]:  # noqa: ANN401  any filter
    items, cursor = [], None
    while True:
        page = drill(connection, period, account_id, cursor=cursor, **chosen)
        items += page.sessions
        if page.next_cursor is None:
            assert len(items) == page.total_count
            return items
        assert len(page.sessions) == chosen["limit"]
        cursor = Cursor.decode(page.next_cursor, now=period.now)
        assert cursor.now == period.now


@st.composite
def filters(draw: st.DrawFn, case: Case) -> dict[str, Any]:
    """Any mixture of filters, a flow of the other account among them."""
    every: dict[str, st.SearchStrategy[Any]] = {
        "domain": st.sampled_from(DOMAIN_NAMES),
        "unmapped": st.just(True),  # noqa: FBT003  a value
        "flow_id": st.sampled_from([uuid4(), *(row["id"] for row in case.world.flows)]),
        "status": st.sampled_from(["open", "ended", "resolved", "escalated", "abandoned"]),
        "user_id": st.sampled_from(["none", uuid4(), *(row["id"] for row in case.world.users)]),
        "tier": st.sampled_from(["guided", "exploring", "discovery", "unclassified", "unguided"]),
        "stage": st.sampled_from(["linked", "doc", "time"]),
        "missing": st.sampled_from(["ticket", "doc", "time"]),
        "unlogged": st.just(True),  # noqa: FBT003  a value
        "off_path": st.sampled_from(["time_without_doc", "doc_without_ticket"]),
    }
    names = draw(st.lists(st.sampled_from(sorted(every)), max_size=3, unique=True))
    if {"unmapped", "domain"} <= set(names):
        names.remove("domain")
    return {name: draw(every[name]) for name in names}


@given(case=cases(), data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_all_pages_together_are_the_reference(engine: Engine, case: Case, data: st.DataObject) -> None:
    with rolled_back(engine) as connection:
        fill(connection, case.world)
        use_lower_of(connection, case.world, *DOMAINS)
        for _ in range(4):
            chosen = data.draw(filters(case))
            expected = reference_sessions(case.world, case.account_id, reference_period(case.period), chosen)
            found = all_pages(connection, case.period, case.account_id, **chosen, limit=data.draw(st.integers(1, 9)))
            assert len(found) == len(expected)
            for one, other in zip(found, expected, strict=True):
                assert_same(one, other)


@given(case=cases())
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_count_of_the_aggregates_opens_as_many_sessions(engine: Engine, case: Case) -> None:
    scope, period = Scope(case.account_id), case.period
    with rolled_back(engine) as connection:
        fill(connection, case.world)

        def count(**chosen: Any) -> int:  # noqa: ANN401  any filter
            return drill(connection, period, case.account_id, **chosen).total_count

        summary = ask(connection, case.account_id, overview(scope, period))
        covered = ask(connection, case.account_id, coverage(scope, period))
        quality = ask(connection, case.account_id, flow_quality(scope, period))
        pushed = ask(connection, case.account_id, psa(scope, period))
        people = ask(connection, case.account_id, engineers(scope, period))
        assert count() == summary.total_sessions
        assert (count(status="open"), count(status="ended")) == (summary.open_count, summary.ended_count)
        assert count(unmapped=True) == covered.unmapped_session_count
        assert_same(
            {name: count(tier=name) for name in asdict(summary.confidence_tiers)}, asdict(summary.confidence_tiers)
        )
        for domain in covered.domains:
            assert count(domain=domain.domain) == domain.session_count
            assert count(domain=domain.domain, status="ended") == domain.ended_count
        for gap in covered.knowledge_gaps:
            assert count(domain=gap.domain, tier="unguided", status="ended") == gap.unguided_ended_count
        for flow_ in quality.flows:
            assert count(flow_id=flow_.flow_id) == flow_.usage_count
        funnel = pushed.push_funnel
        assert (count(stage="linked"), count(stage="doc"), count(stage="time")) == (
            funnel.linked_to_ticket,
            funnel.doc_pushed,
            funnel.time_entry_logged,
        )
        assert (count(missing="ticket"), count(missing="doc"), count(missing="time")) == (
            funnel.total_sessions - funnel.linked_to_ticket,
            funnel.linked_to_ticket - funnel.doc_pushed,
            funnel.doc_pushed - funnel.time_entry_logged,
        )
        assert count(unlogged=True) == pushed.unlogged_session_count
        assert count(off_path="time_without_doc") == pushed.off_path.time_entry_without_doc
        assert count(off_path="doc_without_ticket") == pushed.off_path.doc_without_ticket
        assert count(user_id="none") == people.unassigned_session_count
        for engineer in people.engineers:
            assert count(user_id=engineer.user_id) == engineer.session_count
            assert count(user_id=engineer.user_id, status="ended") == engineer.ended_count
            assert count(user_id=engineer.user_id, unlogged=True) == engineer.unlogged_session_count


def test_sessions_of_one_instant_are_ordered_by_id_across_pages(connection: Connection) -> None:
    fill(connection, AllRows(sessions=[session(MINE) for _ in range(7)]))
    found = all_pages(connection, period_at(NOW, period="7d"), MINE, limit=2)
    ids = [item.session_id for item in found]
    assert ids == sorted(ids)
    assert len(set(ids)) == 7


def test_a_cursor_fixes_now_so_that_later_sessions_do_not_shift_the_pages(connection: Connection) -> None:
    fill(connection, AllRows(sessions=[session(MINE, created_at=NOW - timedelta(hours=hour)) for hour in range(1, 5)]))
    first = drill(connection, period_at(NOW, period="7d"), limit=2)
    late = session(MINE, created_at=NOW + timedelta(minutes=1))
    connection.execute(insert(tables.ai_sessions), [late])
    assert first.next_cursor is not None
    cursor = Cursor.decode(first.next_cursor, now=NOW + timedelta(hours=1))
    second = drill(connection, period_at(cursor.now, period="7d"), limit=2, cursor=cursor)
    assert (second.total_count, len(second.sessions), second.next_cursor) == (4, 2, None)


def test_a_flow_of_another_account_shows_no_flow(connection: Connection) -> None:
    foreign = flow(uuid4())
    fill(connection, AllRows(flows=[foreign], sessions=[session(MINE, matched_flow_id=foreign["id"])]))
    period = period_at(NOW, period="7d")
    (item,) = drill(connection, period).sessions
    assert item.flow_id is None
    assert drill(connection, period, flow_id=foreign["id"]).total_count == 0


def test_a_stage_needs_the_stages_before_it(connection: Connection) -> None:
    linked, unlinked = session(MINE, psa_ticket_id="1"), session(MINE, psa_ticket_id=" ")
    pushes = [activity(MINE, session_id=row["id"]) for row in (linked, unlinked)]
    pushes.append(activity(MINE, session_id=unlinked["id"], activity_type="note_posted"))
    fill(connection, AllRows(sessions=[linked, unlinked], activities=pushes))
    period = period_at(NOW, period="7d")
    counts = [drill(connection, period, stage=stage).total_count for stage in ("linked", "doc", "time")]
    assert counts == [1, 0, 0]


@pytest.mark.parametrize(
    ("chosen", "parameter"),
    [
        pytest.param({"domain": "Mail", "unmapped": True}, "unmapped", id="domain and unmapped"),
        pytest.param({"domain": " \t\v"}, "domain", id="blank domain"),
        pytest.param({"domain": "a\0b"}, "domain", id="NUL"),
        pytest.param({"status": "closed"}, "status", id="unknown status"),
        pytest.param({"tier": "expert"}, "tier", id="unknown tier"),
        pytest.param({"missing": "note"}, "missing", id="unknown step"),
        pytest.param({"off_path": "lost"}, "off_path", id="unknown way"),
        pytest.param({"stage": "note"}, "stage", id="unknown stage"),
        pytest.param({"limit": 0}, "limit", id="no session"),
        pytest.param({"limit": 201}, "limit", id="too many sessions"),
    ],
)
def test_a_filter_that_cannot_be_used_is_refused_by_name(chosen: dict[str, Any], parameter: str) -> None:
    with pytest.raises(ParameterError) as refused:
        SessionFilter(**chosen)
    assert refused.value.parameter == parameter
