"""Distinct sessions with a time entry in a period, as a sum.

Those whose first entry is in the period, and those that step into it: from an entry before it to their next one in it.
What the last, cut quarter of an hour brings beyond them is looked up.
"""

from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, and_, exists, func, select

from shared_queries import facts
from shared_queries.facts.counting import IS_ENTRY, NAMES_SESSION
from shared_queries.periods.period import Period
from shared_queries.rollups.activity import FIRST_DAY, LAST_DAY, QUARTERS_END, SECOND_DAY, asked_for_quarters
from shared_queries.rollups.families import ACTIVITY
from shared_queries.rollups.tables import (
    ROLLUPS,
    entry_gap_rollup_day,
    entry_gap_rollup_quarter,
    pending_activity,
    pending_entry_gap,
)
from shared_queries.scope import Scope
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID, PERIOD_END, PERIOD_START, Among
from shared_queries.sql.predicates import activity
from shared_queries.sql.units import whole_sum
from shared_queries.statement import Statement

_ROLLUP = ROLLUPS[ACTIVITY.name]["quarter"]


@asked_for_quarters(facts.entry_sessions)
def _of_all(_: Among) -> Select[Any]:
    total = (
        _first_entries(_ROLLUP, _ROLLUP.c.start)
        + _first_entries(pending_activity, pending_activity.c.quarter)
        + _edge()
    )
    for stepping_in in (_pending(), _from_first_day(), _into_first_day(), _into_days_between(), _into_last_day()):
        total = total + stepping_in
    return select(total.label("sessions_with_time_entry"))


def entry_sessions(scope: Scope, period: Period, domain: str | None = None) -> Statement:
    """`EntrySessions`: one row; of one domain from its facts (docs/decisions/signed-deltas.md)."""
    return _of_all(scope, period) if domain is None else facts.entry_sessions(scope, period, domain)


def _first_entries(source: Table, quarter: Column[Any]) -> ColumnElement[int]:
    return _sum(source, source.c.first_entries, quarter >= PERIOD_START, quarter < QUARTERS_END)


def _pending() -> ColumnElement[int]:
    step = pending_entry_gap.c
    return _sum(
        pending_entry_gap,
        step.session_count,
        step.from_quarter < PERIOD_START,
        step.to_quarter >= PERIOD_START,
        step.to_quarter < QUARTERS_END,
    )


def _from_first_day() -> ColumnElement[int]:
    """From an earlier quarter of the day in which the period begins: these are looked up, not all that end in it."""
    step = entry_gap_rollup_quarter.c
    into_period = and_(step.to_quarter >= PERIOD_START, step.to_quarter < QUARTERS_END)
    return (
        select(whole_sum(step.session_count, into_period))
        .where(step.account_id == ACCOUNT_ID, step.from_quarter >= FIRST_DAY, step.from_quarter < PERIOD_START)
        .scalar_subquery()
    )


def _into_first_day() -> ColumnElement[int]:
    """From an earlier day into the one in which the period begins."""
    step = entry_gap_rollup_quarter.c
    return _sum(
        entry_gap_rollup_quarter,
        step.session_count,
        step.from_quarter < FIRST_DAY,
        step.to_quarter >= PERIOD_START,
        step.to_quarter < func.least(SECOND_DAY, QUARTERS_END),
    )


def _into_days_between() -> ColumnElement[int]:
    """From an earlier day into one between the period's first and last."""
    step = entry_gap_rollup_day.c
    return _sum(
        entry_gap_rollup_day,
        step.session_count,
        step.from_day < FIRST_DAY,
        step.to_day >= SECOND_DAY,
        step.to_day < LAST_DAY,
    )


def _into_last_day() -> ColumnElement[int]:
    """From before the first day into the last one, where that is another."""
    step = entry_gap_rollup_quarter.c
    return _sum(
        entry_gap_rollup_quarter,
        step.session_count,
        step.from_quarter < FIRST_DAY,
        step.to_quarter >= func.greatest(LAST_DAY, SECOND_DAY),
        step.to_quarter < QUARTERS_END,
    )


def _edge() -> ColumnElement[int]:
    """Sessions with an entry in the cut quarter and none before it in the period.

    Their few entries are looked up session by session, whatever the planner would rather: hence the offset.
    """
    entry = activity.alias("entry")
    earlier = (
        select(entry.c.account_id, entry.c.created_at)
        .where(entry.c.session_id == activity.c.session_id, entry.c.activity_type == activity.c.activity_type)
        .offset(number(0))
        .correlate(activity)
        .subquery("earlier")
    )
    counted_before = exists().where(
        earlier.c.account_id == ACCOUNT_ID,
        earlier.c.created_at >= PERIOD_START,
        earlier.c.created_at < QUARTERS_END,
    )
    return (
        select(func.count(activity.c.session_id.distinct()))
        .where(
            activity.c.account_id == ACCOUNT_ID,
            activity.c.created_at >= QUARTERS_END,
            activity.c.created_at < PERIOD_END,
            IS_ENTRY,
            NAMES_SESSION,
            ~counted_before,
        )
        .scalar_subquery()
    )


def _sum(table: Table, counter: ColumnElement[int], *where: ColumnElement[bool]) -> ColumnElement[int]:
    return select(whole_sum(counter)).where(table.c.account_id == ACCOUNT_ID, *where).scalar_subquery()
