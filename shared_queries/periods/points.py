"""The points of a trend: local days, weeks or months."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from shared_queries.periods.local_days import day_start
from shared_queries.periods.period import Period

TrendInterval = Literal["day", "week", "month"]

MAX_DAYS_BY_DAY = 31
MAX_DAYS_BY_WEEK = 180

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Point:
    """A calendar day, week from Monday, or month, cut to the period; both days included."""

    start: date
    end: date
    partial: bool
    """It has fewer days than the whole week or month, or ends with a day that is not over."""


def default_interval(period: Period) -> TrendInterval:
    """Choose the interval that leaves a readable number of points."""
    days = len(period.days)
    if days <= MAX_DAYS_BY_DAY:
        return "day"
    return "week" if days <= MAX_DAYS_BY_WEEK else "month"


def points_of(period: Period, interval: TrendInterval) -> list[Point]:
    """Cut the period into points, in order; they cover each of its days once."""
    points = []
    first = period.first_day
    while first <= period.last_day:
        whole_first, whole_last = _whole(first, interval)
        last = min(whole_last, period.last_day)
        is_cut = (first, last) != (whole_first, whole_last)
        points.append(Point(first, last, partial=is_cut or (period.includes_partial_day and last == period.last_day)))
        first = last + _DAY
    return points


def point_starts(points: Sequence[Point], period: Period) -> list[datetime]:
    """Return the first instant of each point; it ends where the next one starts, the last one with the period."""
    return [day_start(point.start, period.zone) for point in points]


def _whole(day: date, interval: TrendInterval) -> tuple[date, date]:
    """Return the first and the last day of the day, week or month that the day is in."""
    match interval:
        case "day":
            return day, day
        case "week":
            monday = day - _DAY * day.weekday()
            return monday, monday + _DAY * 6
        case "month":
            first = day.replace(day=1)
            next_month = (first + _DAY * 31).replace(day=1)
            return first, next_month - _DAY
