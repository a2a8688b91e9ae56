"""The fast source of every number: sums kept per hour, day and week, exact in every snapshot."""

from shared_queries.facts import by_user, effects, trend
from shared_queries.rollups.activity import activity_by_day
from shared_queries.rollups.entry_sessions import entry_sessions
from shared_queries.rollups.pushes import push_stages
from shared_queries.rollups.sessions import by_domain, duration_percentiles, flows
from shared_queries.rollups.state import is_filled

__all__ = [
    "activity_by_day",
    "by_domain",
    "by_user",
    "duration_percentiles",
    "effects",
    "entry_sessions",
    "flows",
    "is_filled",
    "push_stages",
    "trend",
]
