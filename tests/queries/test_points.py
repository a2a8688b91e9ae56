"""The points of a trend, and which interval a period takes."""

from datetime import UTC, date, datetime

import pytest

from shared_queries.periods.points import Point, TrendInterval, default_interval, point_starts, points_of
from tests.queries.asking import period_at

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("first", "last", "interval"),
    [
        pytest.param("2026-02-16", "2026-03-18", "day", id="31 days"),
        pytest.param("2026-02-15", "2026-03-18", "week", id="32 days"),
        pytest.param("2025-09-20", "2026-03-18", "week", id="180 days"),
        pytest.param("2025-09-19", "2026-03-18", "month", id="181 days"),
    ],
)
def test_the_default_leaves_a_readable_number_of_points(first: str, last: str, interval: TrendInterval) -> None:
    assert default_interval(period_at(NOW, from_=first, to=last)) == interval


def test_weeks_begin_on_monday_and_are_cut_to_the_period() -> None:
    assert points_of(period_at(NOW, from_="2026-03-05", to="2026-03-18"), "week") == [
        Point(date(2026, 3, 5), date(2026, 3, 8), partial=True),
        Point(date(2026, 3, 9), date(2026, 3, 15), partial=False),
        Point(date(2026, 3, 16), date(2026, 3, 18), partial=True),
    ]


def test_months_have_their_own_lengths() -> None:
    assert points_of(period_at(NOW, from_="2024-01-31", to="2024-03-31"), "month") == [
        Point(date(2024, 1, 31), date(2024, 1, 31), partial=True),
        Point(date(2024, 2, 1), date(2024, 2, 29), partial=False),
        Point(date(2024, 3, 1), date(2024, 3, 31), partial=False),
    ]


def test_a_point_that_ends_today_is_partial_though_it_has_all_its_days() -> None:
    sunday = datetime(2026, 3, 15, 12, tzinfo=UTC)
    period = period_at(sunday, from_="2026-03-09", to="2026-03-15")
    (week,) = points_of(period, "week")
    assert week.partial
    assert [point.partial for point in points_of(period, "day")] == [False] * 6 + [True]
    (before,) = points_of(period.previous(), "week")
    assert before.partial, "it stands for a point that is not over"


def test_a_point_starts_with_the_first_instant_of_its_first_day() -> None:
    period = period_at(datetime(2025, 11, 20, tzinfo=UTC), "America/Havana", from_="2025-10-27", to="2025-11-09")
    starts = point_starts(points_of(period, "day"), period)
    # On 2 November midnight comes twice: the day starts with the first one.
    assert starts[6] == datetime(2025, 11, 2, 4, tzinfo=UTC)
    assert starts[0] == period.start
