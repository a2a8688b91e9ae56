"""Sessions counted in two steps, by whatever they are grouped.

First by what a session is (its keys, status, tier, and where asked for what was pushed for it): few aggregates over
many rows. Then by what is asked: many conditions over few rows. On 100,000 sessions that takes a third of the time of
one step.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, FromClause, Numeric, Select, func, literal_column, or_, select

from shared_queries.counters import Counter, counters_of
from shared_queries.sql.parameters import ACCOUNT_ID
from shared_queries.sql.predicates import (
    ABANDONED,
    DISCOVERY,
    ESCALATED,
    EXPLORING,
    GUIDED,
    NOTE,
    RESOLVED,
    TIME_ENTRY,
    Condition,
    activity,
    has_ended,
    is_linked,
    sessions,
)

IS_ENTRY = activity.c.activity_type == TIME_ENTRY
IS_NOTE = activity.c.activity_type == NOTE
NAMES_SESSION = activity.c.session_id.is_not(None)


def alike(row: type[Any], keys: Mapping[str, ColumnElement[Any]], where: Condition) -> FromClause:
    """Group sessions alike in the keys and in all that the row's counters distinguish, with their measures."""
    counters = counters_of(row).values()
    asks_for_pushes = any(counter.kind == "push" for counter in counters)
    source: FromClause = sessions
    told_apart: list[ColumnElement[Any]] = [sessions.c.status, sessions.c.confidence_tier.label("tier")]
    if asks_for_pushes:
        pushed = _pushed()
        source = sessions.outerjoin(pushed, pushed.c.session_id == sessions.c.id)
        told_apart += [
            is_linked(sessions.c.psa_ticket_id).label("linked"),
            pushed.c.note.is_(True).label("note"),
            pushed.c.entry.is_(True).label("entry"),
        ]
    measures = {counter.measure.name: counter.measure for counter in counters}.values()
    cell = (
        select(
            *(key.label(name) for name, key in keys.items()),
            *told_apart,
            *(literal_column(measure.facts).label(measure.name) for measure in measures),
        )
        .select_from(source)
        .where(where)
        .group_by(*(literal_column(str(number)) for number in range(1, len(keys) + len(told_apart) + 1)))
        .cte("cell")
    )
    return select(*cell.c, *_words(cell)).subquery("alike")


def summed(row: type[Any], groups: FromClause, *keys: ColumnElement[Any]) -> Select[Any]:
    """Add up the row's counters over the groups, under their names, for each of the keys."""
    counters = [_sum(counter).label(name) for name, counter in counters_of(row).items()]
    return select(*counters, *keys).select_from(groups).group_by(*keys)


def _sum(counter: Counter) -> ColumnElement[Any]:
    # Its words are the groups' columns, the only ones that there are.
    return literal_column(counter.facts, Numeric(asdecimal=True) if counter.type == "numeric" else BigInteger)


def _words(cell: FromClause) -> list[ColumnElement[bool]]:
    """Say of a status or a tier what the counters' conditions ask; false where it is null."""
    status, tier = cell.c.status, cell.c.tier
    words: dict[str, ColumnElement[bool]] = {
        "resolved": status == RESOLVED,
        "escalated": status == ESCALATED,
        "abandoned": status == ABANDONED,
        "ended": has_ended(status),
        "guided": tier == GUIDED,
        "exploring": tier == EXPLORING,
        "discovery": tier == DISCOVERY,
    }
    return [word.is_(True).label(name) for name, word in words.items()]


def _pushed() -> FromClause:
    """Give the account's sessions that something was pushed for, whenever that was."""
    return (
        select(
            activity.c.session_id,
            func.bool_or(IS_NOTE).label("note"),
            func.bool_or(IS_ENTRY).label("entry"),
        )
        .where(activity.c.account_id == ACCOUNT_ID, NAMES_SESSION, or_(IS_NOTE, IS_ENTRY))
        .group_by(activity.c.session_id)
        .subquery("pushed")
    )
