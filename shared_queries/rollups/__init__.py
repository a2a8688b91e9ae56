"""The fast source of every number: sums kept per quarter, hour, day and week, exact in every snapshot."""

from shared_queries.rollups.activity import activity_by_day
from shared_queries.rollups.entry_sessions import entry_sessions
from shared_queries.rollups.sessions import (
    by_domain,
    by_user,
    duration_percentiles,
    effects,
    flows,
    push_stages,
    trend,
)
from shared_queries.rollups.state import account_state, is_filled, plain_account_state

__all__ = [
    "account_state",
    "activity_by_day",
    "by_domain",
    "by_user",
    "duration_percentiles",
    "effects",
    "entry_sessions",
    "flows",
    "is_filled",
    "plain_account_state",
    "push_stages",
    "trend",
]
