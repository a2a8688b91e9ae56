"""What was pushed to the PSA on each day, from the rollups: the same columns and numbers as `shared_queries.facts`."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Table, and_, bindparam, case, cast, func, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from shared_queries import facts
from shared_queries.facts.counting import IS_ENTRY, IS_NOTE, NAMES_SESSION
from shared_queries.periods.period import Period
from shared_queries.rollups.tables import activity_delta, rollup_activity_quarter
from shared_queries.rollups.tiling import DAY, QUARTER, floor
from shared_queries.scope import Scope
from shared_queries.scoring import HOUR_UNITS
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID, PERIOD_END, PERIOD_START, DomainQuestion
from shared_queries.sql.predicates import STATUS_UPDATE, activity
from shared_queries.sql.units import whole_sum, whole_units
from shared_queries.statement import Statement
from shared_queries.tables import Instant

_COUNTERS = ("entries", "hour_units", "session_hour_units", "notes", "status_updates")

QUARTERS_END = bindparam("quarters_end", type_=Instant)
"""The start of the quarter of an hour that the period's end cuts: what follows comes from facts."""
FIRST_DAY = bindparam("first_day", type_=Instant)
SECOND_DAY = bindparam("second_day", type_=Instant)
LAST_DAY = bindparam("last_day", type_=Instant)
"""UTC days: of the period's start, the one after it, and of `QUARTERS_END`."""


def asked_for_quarters(otherwise: DomainQuestion) -> Callable[[Callable[[], Select[Any]]], DomainQuestion]:
    """Make a statement with the parameters above a question; `otherwise` where a day begins within a quarter.

    That is no day of today's zones, but some of a few zones in the last century.
    """

    def decorate(build: Callable[[], Select[Any]]) -> DomainQuestion:
        built = cache(build)

        def question(scope: Scope, period: Period, domain: str | None = None) -> Statement:
            if domain is not None:
                return otherwise(scope, period, domain)
            if not _are_quarters(period.day_starts):
                return otherwise(scope, period)
            quarters_end = max(floor(period.end, QUARTER), period.start)
            first_day = floor(period.start, DAY)
            values = {
                "account_id": scope.account_id,
                "period_start": period.start,
                "period_end": period.end,
                "quarters_end": quarters_end,
                "first_day": first_day,
                "second_day": first_day + DAY,
                "last_day": floor(quarters_end, DAY),
            }
            return Statement(built(), values)

        question.__doc__ = build.__doc__
        return question

    return decorate


def _are_quarters(instants: Iterable[datetime]) -> bool:
    # Of instants in UTC; not by `floor`, which for all days of a period costs as much as many an answer.
    return not any(instant.minute % 15 or instant.second or instant.microsecond for instant in instants)


def activity_by_day(scope: Scope, period: Period, domain: str | None = None) -> Statement:
    """`ActivityDay`: one row per local day on which something was pushed."""
    if domain is not None:
        return facts.activity_by_day(scope, period, domain)
    asked = _activity_by_day(scope, period)
    return Statement(asked.select, {**asked.values, "day_starts": period.day_starts}, plan_once=True)


@asked_for_quarters(facts.activity_by_day)
def _activity_by_day() -> Select[Any]:
    rows = union_all(_quarters(rollup_activity_quarter), _quarters(activity_delta), _edge()).subquery("part")
    day_starts = bindparam("day_starts", type_=ARRAY(Instant))
    day_index = (func.width_bucket(rows.c.instant, day_starts) - number(1)).label("day_index")
    return select(day_index, *(whole_sum(rows.c[name]).label(name) for name in _COUNTERS)).group_by(day_index)


def _quarters(source: Table) -> Select[Any]:
    return select(source.c.quarter.label("instant"), *(source.c[name] for name in _COUNTERS)).where(
        source.c.account_id == ACCOUNT_ID, source.c.quarter >= PERIOD_START, source.c.quarter < QUARTERS_END
    )


def _edge() -> Select[Any]:
    hours = func.coalesce(whole_units(activity.c.hours_logged, HOUR_UNITS), number(0))
    return select(
        activity.c.created_at.label("instant"),
        _one(IS_ENTRY).label("entries"),
        case((IS_ENTRY, hours), else_=number(0)).label("hour_units"),
        case((and_(IS_ENTRY, NAMES_SESSION), hours), else_=number(0)).label("session_hour_units"),
        _one(IS_NOTE).label("notes"),
        _one(activity.c.activity_type == STATUS_UPDATE).label("status_updates"),
    ).where(
        activity.c.account_id == ACCOUNT_ID, activity.c.created_at >= QUARTERS_END, activity.c.created_at < PERIOD_END
    )


def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(condition, Integer)
