"""The vocabulary of metrics.md as SQL conditions, once: the aggregates and the drill-down must agree on every one.

A condition may be null where the column is; where it is negated it is made not null first.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, true

from shared_queries import tables
from shared_queries.sql.domains import trimmed
from shared_queries.sql.literals import word
from shared_queries.sql.parameters import ACCOUNT_ID, PERIOD_END, PERIOD_START

sessions = tables.sessions_view
flows = tables.flows_view
categories = tables.categories_view
activity = tables.psa_activity_log
engineers = tables.engineers_view

Condition = ColumnElement[bool]


RESOLVED, ESCALATED, ABANDONED = word("resolved"), word("escalated"), word("abandoned")
GUIDED, EXPLORING, DISCOVERY = word("guided"), word("exploring"), word("discovery")
NOTE, TIME_ENTRY, STATUS_UPDATE = word("note_posted"), word("time_entry_posted"), word("status_updated")


SESSIONS_OF_PERIOD = and_(
    sessions.c.account_id == ACCOUNT_ID,
    sessions.c.created_at >= PERIOD_START,
    sessions.c.created_at < PERIOD_END,
)
"""The account's sessions created in the period."""

ACTIVITY_OF_PERIOD = and_(
    activity.c.account_id == ACCOUNT_ID,
    activity.c.created_at >= PERIOD_START,
    activity.c.created_at < PERIOD_END,
)
"""The account's pushes that happened in the period."""


def has_ended(status: ColumnElement[Any]) -> Condition:
    """Return whether the status is resolved, escalated or abandoned."""
    return status.in_([RESOLVED, ESCALATED, ABANDONED])


def is_open(status: ColumnElement[Any]) -> Condition:
    """Return whether it has not ended; an unknown status, or none, is open."""
    return has_ended(status).is_not(true())


def is_classified(tier: ColumnElement[Any]) -> Condition:
    """Return whether the tier is known."""
    return tier.in_([GUIDED, EXPLORING, DISCOVERY])


def is_unclassified(tier: ColumnElement[Any]) -> Condition:
    """Return whether it has no tier, or an unknown one."""
    return is_classified(tier).is_not(true())


def is_unguided(tier: ColumnElement[Any]) -> Condition:
    """Return whether its tier is not guided; an unknown tier, or none, is not."""
    return tier.is_distinct_from(GUIDED)


def is_linked(ticket: ColumnElement[Any]) -> Condition:
    """Return whether there is a ticket that is not blank."""
    return func.coalesce(trimmed(ticket), word("")) != word("")


def is_active(archived_when_false: ColumnElement[Any]) -> Condition:
    """Return whether the flow is not archived."""
    return or_(archived_when_false, archived_when_false.is_(None))
