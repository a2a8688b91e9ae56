"""What was pushed to the PSA, and which sessions got there."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from shared_queries.periods.period import Period
from shared_queries.scope import Scope
from shared_queries.scoring import HOUR_UNITS
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID, asked_for_period
from shared_queries.sql.predicates import (
    ACTIVITY_OF_PERIOD,
    NOTE,
    RESOLVED,
    SESSIONS_OF_PERIOD,
    STATUS_UPDATE,
    TIME_ENTRY,
    activity,
    is_linked,
    sessions,
)
from shared_queries.sql.units import count, whole_sum, whole_units
from shared_queries.statement import Statement
from shared_queries.tables import Instant

IS_ENTRY = activity.c.activity_type == TIME_ENTRY
IS_NOTE = activity.c.activity_type == NOTE
NAMES_SESSION = activity.c.session_id.is_not(None)


def activity_by_day(scope: Scope, period: Period) -> Statement:
    """`ActivityDay`: one row per local day on which something was pushed.

    The days reach SQL as instants; of two days that start together the first, which was skipped, is empty.
    """
    starts = period.day_starts
    asked = _activity_by_day(scope, period)
    return Statement(asked.select, {**asked.values, "day_starts": starts, "day_ends": [*starts[1:], period.end]})


@asked_for_period
def _activity_by_day() -> Select[Any]:
    bounds = (bindparam(name, type_=ARRAY(Instant)) for name in ("day_starts", "day_ends"))
    day = func.unnest(*bounds).table_valued("start", "end", with_ordinality="number", name="day").render_derived()
    entry_hours = whole_units(activity.c.hours_logged, HOUR_UNITS)
    # Each day by a look into the index, which costs less than finding the day of each push.
    pushed = (
        select(
            count("pushes"),
            count("entries", IS_ENTRY),
            whole_sum(entry_hours, IS_ENTRY & NAMES_SESSION).label("session_hour_units"),
            whole_sum(entry_hours, IS_ENTRY & ~NAMES_SESSION).label("other_hour_units"),
            count("notes", IS_NOTE),
            count("status_updates", activity.c.activity_type == STATUS_UPDATE),
        )
        .where(
            activity.c.account_id == ACCOUNT_ID,
            activity.c.created_at >= day.c.start,
            activity.c.created_at < day.c.end,
        )
        .lateral("pushed")
    )
    of = pushed.c
    return (
        select(
            (day.c.number - number(1)).label("day_index"),
            of.entries,
            (of.session_hour_units + of.other_hour_units).label("hour_units"),
            of.session_hour_units,
            of.notes,
            of.status_updates,
        )
        .select_from(day.join(pushed, true()))
        .where(of.pushes > number(0))
    )


@asked_for_period
def entry_sessions() -> Select[Any]:
    """`EntrySessions`: one row."""
    return select(func.count(activity.c.session_id.distinct()).label("sessions_with_time_entry")).where(
        ACTIVITY_OF_PERIOD, IS_ENTRY
    )


@asked_for_period
def push_stages() -> Select[Any]:
    """`PushStages`: one row. A session is counted once, however often it was pushed."""
    pushed = (
        select(
            activity.c.session_id,
            func.bool_or(IS_NOTE).label("note"),
            func.bool_or(IS_ENTRY).label("entry"),
        )
        .where(activity.c.account_id == ACCOUNT_ID, NAMES_SESSION, or_(IS_NOTE, IS_ENTRY))
        .group_by(activity.c.session_id)
        .subquery("pushed")
    )
    cell = (
        select(
            is_linked(sessions.c.psa_ticket_id).label("linked"),
            (sessions.c.status == RESOLVED).is_(true()).label("resolved"),
            pushed.c.note.is_(true()).label("note"),
            pushed.c.entry.is_(true()).label("entry"),
            count("session_count"),
        )
        .select_from(sessions.outerjoin(pushed, pushed.c.session_id == sessions.c.id))
        .where(SESSIONS_OF_PERIOD)
        .group_by("linked", "resolved", "note", "entry")
        .cte("cell")
    )
    of = cell.c

    def stage(name: str, *where: ColumnElement[bool]) -> ColumnElement[Any]:
        return whole_sum(of.session_count, and_(*where)).label(name)

    stages: list[ColumnElement[Any]] = [
        whole_sum(of.session_count).label("total_sessions"),
        stage("linked_to_ticket", of.linked),
        stage("doc_pushed", of.linked, of.note),
        stage("time_entry_logged", of.linked, of.note, of.entry),
        stage("time_entry_without_doc", of.entry, ~of.note),
        stage("doc_without_ticket", of.note, ~of.linked),
        stage("capture_eligible", of.linked, of.resolved),
        stage("captured", of.linked, of.resolved, of.entry),
    ]
    return select(*stages)
