"""What was pushed to the PSA on each day, from the rollups: the same columns and numbers as `shared_queries.facts`."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, bindparam, exists, func, select, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from shared_queries import facts
from shared_queries.counters import counters_of
from shared_queries.facts.activity import pushes_alike
from shared_queries.facts.counting import summed
from shared_queries.periods.period import Period
from shared_queries.rollups.families import ACTIVITY, DOMAIN_ACTIVITY, Family
from shared_queries.rollups.sources import DAY, QUARTER, floor
from shared_queries.rollups.tables import ROLLUPS, pending_activity
from shared_queries.scope import Scope
from shared_queries.sql import domains
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import (
    ACCOUNT_ID,
    DAY_STARTS,
    PERIOD_END,
    PERIOD_START,
    Among,
    DomainQuestion,
    asked_among,
)
from shared_queries.sql.predicates import activity, sessions
from shared_queries.sql.units import whole_sum
from shared_queries.statement import Statement
from shared_queries.sums import ActivityDay
from shared_queries.tables import Instant

_COUNTERS = tuple(counters_of(ActivityDay))
_FAMILY: dict[Among, Family] = {"all": ACTIVITY, "domain": DOMAIN_ACTIVITY}

QUARTERS_END = bindparam("quarters_end", type_=Instant)
"""The start of the quarter of an hour that the period's end cuts: what follows comes from facts."""
FIRST_DAY = bindparam("first_day", type_=Instant)
SECOND_DAY = bindparam("second_day", type_=Instant)
LAST_DAY = bindparam("last_day", type_=Instant)
"""UTC days: of the period's start, the one after it, and of `QUARTERS_END`."""
_DAY_ENDS = bindparam("day_ends", type_=ARRAY(Instant))
"""Of the period's local days; the last one ends with the last whole quarter."""


def asked_for_quarters(otherwise: DomainQuestion) -> Callable[[Callable[[Among], Select[Any]]], DomainQuestion]:
    """Make a statement with the parameters above a question; `otherwise` where a day begins within a quarter.

    That is no day of today's zones, but some of a few zones in the last century.
    """

    def decorate(build: Callable[[Among], Select[Any]]) -> DomainQuestion:
        built = cache(build)

        def question(scope: Scope, period: Period, domain: str | None = None) -> Statement:
            if not period.days_begin_on_quarters:
                return otherwise(scope, period, domain)
            among, asked = asked_among(domain, None)
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
                "day_starts": period.day_starts,
                "day_ends": [*period.day_starts[1:], quarters_end],
                **asked,
            }
            return Statement(built(among), values, plan_once=True)

        question.__doc__ = build.__doc__
        return question

    return decorate


@asked_for_quarters(facts.activity_by_day)
def activity_by_day(among: Among) -> Select[Any]:
    """`ActivityDay`: one row per local day on which something was pushed."""
    rows = union_all(_folded(among), _pending(among), _edge(among)).subquery("part")
    return select(rows.c.day_index, *_sums(rows)).group_by(rows.c.day_index)


def _folded(among: Among) -> Select[Any]:
    """Look each day up in the index, which costs less than to find the day of each quarter."""
    rollup = ROLLUPS[_FAMILY[among].name]["quarter"]
    day = func.unnest(DAY_STARTS, _DAY_ENDS).table_valued("start", "end", with_ordinality="number", name="day")
    day = day.render_derived()
    of_day = select(*_sums(rollup)).where(
        rollup.c.account_id == ACCOUNT_ID, rollup.c.start >= day.c.start, rollup.c.start < day.c.end
    )
    if among == "domain":
        of_day = of_day.where(rollup.c.domain_hash == domains.hash_asked_for())
    summed_up = of_day.having(func.count() > number(0)).lateral("summed_up")
    return select(
        *(summed_up.c[name] for name in _COUNTERS), (day.c.number - number(1)).label("day_index")
    ).select_from(day.join(summed_up, true()))


def _pending(among: Among) -> Select[Any]:
    change = pending_activity.c
    pending = select(*(change[name] for name in _COUNTERS), _day_of(change.quarter)).where(
        change.account_id == ACCOUNT_ID,
        change.quarter >= PERIOD_START,
        change.quarter < QUARTERS_END,
        change.families.bitwise_and(number(_FAMILY[among].bit)) != number(0),
    )
    return pending.where(domains.is_asked_for(change.spelling)) if among == "domain" else pending


def _edge(among: Among) -> Select[Any]:
    """Count the pushes of the cut quarter, which is of one day."""
    in_edge = (activity.c.created_at >= QUARTERS_END, activity.c.created_at < PERIOD_END)
    asked_about = [_names_chosen()] if among == "domain" else []
    groups = pushes_alike(*in_edge, *asked_about, among="all").subquery("alike")
    counters = summed(ActivityDay, groups)
    edge = select(*counters.selected_columns, _day_of(QUARTERS_END)).select_from(groups)
    return edge.having(func.count() > number(0))


def _names_chosen() -> ColumnElement[bool]:
    """Look each push's session up, whatever the planner would rather: it went through all of the account's (5 s)."""
    named = (
        select(sessions.c.problem_domain)
        .where(sessions.c.id == activity.c.session_id, sessions.c.account_id == ACCOUNT_ID)
        .offset(number(0))
        .correlate(activity)
        .subquery("named")
    )
    return exists().where(domains.is_asked_for(domains.spelling(named.c.problem_domain)))


def _sums(rows: FromClause) -> list[ColumnElement[Any]]:
    return [whole_sum(rows.c[name]).label(name) for name in _COUNTERS]


def _day_of(instant: ColumnElement[Any]) -> ColumnElement[Any]:
    """Of two days that start together the first, which was skipped, has nothing."""
    return (func.width_bucket(instant, DAY_STARTS) - number(1)).label("day_index")
