"""The first source of every number: the sessions and pushes themselves. The reference for any faster one."""

from shared_queries.facts.activity import activity_by_day, entry_sessions, push_stages
from shared_queries.facts.sessions import by_domain, by_flow, duration_percentiles

__all__ = ["activity_by_day", "by_domain", "by_flow", "duration_percentiles", "entry_sessions", "push_stages"]
