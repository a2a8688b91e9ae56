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
from shared_queries.rollups.state import is_filled, is_our_schema

__all__ = [
    "activity_by_day",
    "by_domain",
    "by_user",
    "duration_percentiles",
    "effects",
    "entry_sessions",
    "flows",
    "is_filled",
    "is_our_schema",
    "push_stages",
    "trend",
]
