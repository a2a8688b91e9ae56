"""What was pushed to the PSA on each day, from the rollups: the same columns and numbers as `shared_queries.facts`."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import Column, Select, Table, bindparam, func, select, union_all
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
    PERIOD_END,
    PERIOD_START,
    Among,
    DomainQuestion,
    asked_among,
)
from shared_queries.sql.predicates import activity
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
                **asked,
            }
            return Statement(built(among), values)

        question.__doc__ = build.__doc__
        return question

    return decorate


def activity_by_day(scope: Scope, period: Period, domain: str | None = None) -> Statement:
    """`ActivityDay`: one row per local day on which something was pushed."""
    asked = _activity_by_day(scope, period, domain)
    values = {"day_ends": [], **asked.values, "day_starts": period.day_starts}
    return Statement(asked.select, values, plan_once=True)


@asked_for_quarters(facts.activity_by_day)
def _activity_by_day(among: Among) -> Select[Any]:
    rollup, of_domain = ROLLUPS[_FAMILY[among].name]["quarter"], among == "domain"
    folded = _quarters(rollup, rollup.c.start)
    pending = _quarters(pending_activity, pending_activity.c.quarter).where(
        pending_activity.c.families.bitwise_and(number(_FAMILY[among].bit)) != number(0)
    )
    if of_domain:
        folded = folded.where(rollup.c.domain_hash == domains.hash_asked_for())
        pending = pending.where(domains.is_asked_for(pending_activity.c.spelling))
    rows = union_all(folded, pending, _edge(among)).subquery("part")
    day_starts = bindparam("day_starts", type_=ARRAY(Instant))
    day_index = (func.width_bucket(rows.c.instant, day_starts) - number(1)).label("day_index")
    return select(day_index, *(whole_sum(rows.c[name]).label(name) for name in _COUNTERS)).group_by(day_index)


def _quarters(source: Table, quarter: Column[Any]) -> Select[Any]:
    return select(quarter.label("instant"), *(source.c[name] for name in _COUNTERS)).where(
        source.c.account_id == ACCOUNT_ID, quarter >= PERIOD_START, quarter < QUARTERS_END
    )


def _edge(among: Among) -> Select[Any]:
    """Count the pushes of the cut quarter, which is of one day."""
    in_edge = (activity.c.created_at >= QUARTERS_END, activity.c.created_at < PERIOD_END)
    groups = pushes_alike(*in_edge, among=among).subquery("alike")
    counters = summed(ActivityDay, groups)
    edge = select(QUARTERS_END.label("instant"), *counters.selected_columns).select_from(groups)
    return edge.having(func.count() > number(0))
