"""What was pushed to the PSA."""

from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, func, literal_column, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from shared_queries.counters import ACTIVITIES, HOUR_UNITS
from shared_queries.facts.counting import IS_ENTRY, IS_NOTE, NAMES_SESSION, summed
from shared_queries.facts.sessions import chosen
from shared_queries.periods.period import Period
from shared_queries.scope import Scope
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID, PERIOD_END, PERIOD_START, Among, asked_by_domain
from shared_queries.sql.predicates import ACTIVITY_OF_PERIOD, STATUS_UPDATE, activity, sessions
from shared_queries.statement import Statement
from shared_queries.sums import ActivityDay, column_names
from shared_queries.tables import Instant


def activity_by_day(scope: Scope, period: Period, domain: str | None = None) -> Statement:
    """`ActivityDay`: one row per local day on which something was pushed.

    The days reach SQL as instants; of two days that start together the first, which was skipped, is empty.
    """
    starts = period.day_starts
    asked = _activity_by_day(scope, period, domain)
    return Statement(asked.select, {**asked.values, "day_starts": starts, "day_ends": [*starts[1:], period.end]})


@asked_by_domain
def _activity_by_day(among: Among) -> Select[Any]:
    groups = (_looked_up_by_day(among) if among == "all" else _found_by_day(among)).subquery("alike")
    counters = summed(ActivityDay, groups, groups.c.day_index)
    return select(*(counters.selected_columns[name] for name in column_names(ActivityDay))).group_by(groups.c.day_index)


def _looked_up_by_day(among: Among) -> Select[Any]:
    """Look each day up in the index, which costs less than finding the day of each push."""
    bounds = (bindparam(name, type_=ARRAY(Instant)) for name in ("day_starts", "day_ends"))
    day = func.unnest(*bounds).table_valued("start", "end", with_ordinality="number", name="day").render_derived()
    of_day = pushes_alike(activity.c.created_at >= day.c.start, activity.c.created_at < day.c.end, among=among)
    pushed = of_day.lateral("pushed")
    return select((day.c.number - number(1)).label("day_index"), *pushed.c).select_from(day.join(pushed, true()))


def _found_by_day(among: Among) -> Select[Any]:
    """Find the day of each push: by days the sessions would be looked through as often as there are days."""
    day = func.width_bucket(activity.c.created_at, bindparam("day_starts", type_=ARRAY(Instant))) - number(1)
    of_period = (activity.c.created_at >= PERIOD_START, activity.c.created_at < PERIOD_END)
    return pushes_alike(*of_period, among=among).add_columns(day.label("day_index")).group_by("day_index")


def pushes_alike(*where: ColumnElement[bool], among: Among) -> Select[Any]:
    """Group the account's pushes by all that the counters distinguish, with their measures."""
    words: dict[str, ColumnElement[Any]] = {
        "is_entry": IS_ENTRY,
        "is_note": IS_NOTE,
        "is_status": activity.c.activity_type == STATUS_UPDATE,
        "named": NAMES_SESSION,
    }
    measures: list[ColumnElement[Any]] = [
        literal_column(measure.facts).label(measure.name) for measure in (ACTIVITIES, HOUR_UNITS)
    ]
    return (
        select(*(word.label(name) for name, word in words.items()), *measures)
        .where(activity.c.account_id == ACCOUNT_ID, *where, session_is_chosen(among))
        .group_by(activity.c.activity_type, NAMES_SESSION)
    )


@asked_by_domain
def entry_sessions(among: Among) -> Select[Any]:
    """`EntrySessions`: one row."""
    return select(func.count(activity.c.session_id.distinct()).label("sessions_with_time_entry")).where(
        ACTIVITY_OF_PERIOD, IS_ENTRY, session_is_chosen(among)
    )


def session_is_chosen(among: Among) -> ColumnElement[bool]:
    """Whether the session that an activity names is asked about, as it is now; of all also those that name none."""
    if among == "all":
        return true()
    return exists().where(sessions.c.id == activity.c.session_id, sessions.c.account_id == ACCOUNT_ID, chosen(among))
