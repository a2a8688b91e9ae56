"""Numbers of one question add up to those of another, to the unit."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from shared_queries.periods.points import TrendInterval
from shared_queries.questions.coverage import coverage
from shared_queries.questions.drill_down import drill_down
from shared_queries.questions.engineers import engineers
from shared_queries.questions.overview import Overview, overview
from shared_queries.questions.psa import Psa, psa
from shared_queries.questions.session_filter import SessionFilter
from shared_queries.questions.trend import Trend, TrendPoint, trend
from shared_queries.scope import Scope
from shared_queries.source import SELECTS, Source
from tests.queries.asking import ask, rolled_back
from tests.queries.rows import fill
from tests.queries.worlds import DOMAIN_NAMES, Case, cases

COUNTS = ("ended_count", "open_count", "classified_count", "timed_count", "rated_count")


def total(rows: Iterable[object], name: str) -> Fraction:
    """Floats of whole units add up exactly as fractions of a small unit."""
    return sum((Fraction(getattr(row, name)).limit_denominator(10**10) for row in rows), start=Fraction(0))


def assert_points_add_up(found: Trend, summary: Overview, pushed: Psa) -> None:
    assert total(found.points, "session_count") == summary.total_sessions
    for name in COUNTS:
        assert total(found.points, name) == getattr(summary, name), name
    assert total(found.points, "capture_eligible_count") == pushed.capture_eligible_count
    assert float(total(found.points, "unlogged_hours")) == pytest.approx(pushed.unlogged_hours, rel=1e-12)
    points: list[Any] = [point for point in found.points if isinstance(point, TrendPoint)]
    assert len(points) == len(found.points)
    assert total(points, "time_entries") == pushed.total_time_entries
    assert float(total(points, "hours_logged")) == pytest.approx(pushed.total_hours_logged, rel=1e-12)


@pytest.mark.parametrize("source", SELECTS, ids=lambda source: source.value)
@given(
    case=cases(),
    interval=st.sampled_from([None, "day", "week", "month"]),
    domain=st.sampled_from([None, *DOMAIN_NAMES]),
)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_points_engineers_and_domains_add_up_to_the_whole(
    engine: Engine, source: Source, case: Case, interval: TrendInterval | None, domain: str | None
) -> None:
    scope, account_id = Scope(case.account_id), case.account_id
    with rolled_back(engine) as connection:
        fill(connection, case.world)
        for period in (case.period, case.period.previous()):
            summary = ask(connection, account_id, overview(scope, period, source, domain=domain))
            pushed = ask(connection, account_id, psa(scope, period, source, domain=domain))
            by_point = ask(connection, account_id, trend(scope, period, source, interval=interval, domain=domain))
            people = ask(connection, account_id, engineers(scope, period, source, domain=domain))
            assert_points_add_up(by_point, summary, pushed)
            assert total(people.engineers, "session_count") + people.unassigned_session_count == summary.total_sessions
            assert people.team.unlogged_session_count == pushed.unlogged_session_count
            assert people.team.session_count == pushed.push_funnel.total_sessions == summary.total_sessions
            if domain is not None:
                continue
            covered = ask(connection, account_id, coverage(scope, period, source))
            parts = [
                ask(connection, account_id, overview(scope, period, source, domain=row.domain))
                for row in covered.domains
            ]
            unmapped = ask(
                connection, account_id, drill_down(scope, period, SessionFilter(unmapped=True, status="ended"))
            )
            assert total(parts, "ended_count") + unmapped.total_count == summary.ended_count
            assert total(parts, "total_sessions") + covered.unmapped_session_count == summary.total_sessions
