"""The first source of every number: the sessions and pushes themselves. The reference for any faster one."""

from shared_queries.facts.activity import activity_by_day, entry_sessions
from shared_queries.facts.sessions import (
    by_domain,
    by_user,
    duration_percentiles,
    effects,
    flows,
    push_stages,
    trend,
)

__all__ = [
    "activity_by_day",
    "by_domain",
    "by_user",
    "duration_percentiles",
    "effects",
    "entry_sessions",
    "flows",
    "push_stages",
    "trend",
]
