"""What was pushed to the PSA, and which sessions got there."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from shared_queries.asked import ACCOUNT_ID, asked_for_period
from shared_queries.literals import number
from shared_queries.period import Period
from shared_queries.predicates import (
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
from shared_queries.scope import Scope
from shared_queries.scoring import HOUR_UNITS
from shared_queries.tables import Instant
from shared_queries.units import count, whole_sum, whole_units

IS_ENTRY = activity.c.activity_type == TIME_ENTRY
IS_NOTE = activity.c.activity_type == NOTE
NAMES_SESSION = activity.c.session_id.is_not(None)


def activity_by_day(scope: Scope, period: Period) -> Select[Any]:
    """`ActivityDay`: one row per local day on which something was pushed.

    The days reach SQL as their first instants; of two days that start together (the first was skipped) the second
    gets the rows.
    """
    return _activity_by_day(scope, period).params(day_starts=period.day_starts)


@asked_for_period
def _activity_by_day() -> Select[Any]:
    day_starts = bindparam("day_starts", type_=ARRAY(Instant))
    day_index = (func.width_bucket(activity.c.created_at, day_starts) - number(1)).label("day_index")
    names_session = NAMES_SESSION.label("names_session")
    cell = (
        select(
            day_index,
            activity.c.activity_type,
            names_session,
            count("pushes"),
            whole_sum(whole_units(activity.c.hours_logged, HOUR_UNITS)).label("hour_units"),
        )
        .where(ACTIVITY_OF_PERIOD)
        .group_by(day_index, activity.c.activity_type, names_session)
        .cte("cell")
    )
    of, entries = cell.c, cell.c.activity_type == TIME_ENTRY
    return select(
        of.day_index,
        whole_sum(of.pushes, entries).label("entries"),
        whole_sum(of.hour_units, entries).label("hour_units"),
        whole_sum(of.hour_units, entries & of.names_session).label("session_hour_units"),
        whole_sum(of.pushes, of.activity_type == NOTE).label("notes"),
        whole_sum(of.pushes, of.activity_type == STATUS_UPDATE).label("status_updates"),
    ).group_by(of.day_index)


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
