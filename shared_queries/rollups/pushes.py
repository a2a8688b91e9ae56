"""How far the sessions of a period got, from the rollups: the same columns and numbers as `shared_queries.facts`."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, and_, exists, select

from shared_queries import facts
from shared_queries.rollups import folding
from shared_queries.rollups.sources import FACTS, Family, added, asked_for_tiles, session_rows, within
from shared_queries.rollups.tables import PUSH_COUNTERS, STAGE_COUNTERS, rollup_push
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID
from shared_queries.sql.predicates import NOTE, RESOLVED, TIME_ENTRY, activity, is_linked, sessions
from shared_queries.sql.units import count, whole_sum


@asked_for_tiles(facts.push_stages)
def push_stages() -> Select[Any]:
    """`PushStages`: one row."""
    return select(
        *(
            column.label("session_count") if column.name == "total_sessions" else column
            for column in added(session_rows(PUSH), PUSH_COUNTERS)
        ),
        number(0).label("unlogged_us"),
    )


def _rolled_up_columns(source: FromClause) -> list[ColumnElement[Any]]:
    return [source.c[name] for name in PUSH_COUNTERS]


def _delta_columns(delta: FromClause) -> list[ColumnElement[Any]]:
    # One row: thousands may be pending, and what lies above would handle each. (Where rows have a key, grouping them
    # here costs more than it saves: the planner takes a queue for empty, and sorts.)
    total = whole_sum(delta.c.session_count).label("total_sessions")
    return [total, *(whole_sum(delta.c[name]).label(name) for name in STAGE_COUNTERS)]


def _facts() -> Select[Any]:
    # Few sessions: each one's activities are looked up, instead of all the account's being grouped.
    session = (
        select(
            sessions.c.status,
            is_linked(sessions.c.psa_ticket_id).label("linked"),
            _has(NOTE).label("note"),
            _has(TIME_ENTRY).label("entry"),
        )
        .where(sessions.c.account_id == ACCOUNT_ID, within(sessions.c.created_at, *FACTS))
        .offset(number(0))  # Or each of the counts below would look the activities up anew.
        .subquery("session")
    )
    linked, note, entry = session.c.linked, session.c.note, session.c.entry
    eligible = and_(linked, session.c.status == RESOLVED)
    return select(
        count("total_sessions"),
        count("linked_to_ticket", linked),
        count("doc_pushed", linked, note),
        count("time_entry_logged", linked, note, entry),
        count("time_entry_without_doc", entry, ~note),
        count("doc_without_ticket", note, ~linked),
        count("capture_eligible", eligible),
        count("captured", eligible, entry),
    ).select_from(session)


def _has(kind: ColumnElement[str]) -> ColumnElement[bool]:
    return exists().where(
        activity.c.session_id == sessions.c.id,
        activity.c.account_id == ACCOUNT_ID,
        activity.c.activity_type == kind,
    )


PUSH = Family(folding.PUSH, rollup_push, _rolled_up_columns, _delta_columns, _facts)
