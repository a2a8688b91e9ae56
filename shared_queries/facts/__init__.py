"""The first source of every number: the sessions and pushes themselves. The reference for any faster one."""

from shared_queries.facts.activity import activity_by_day, entry_sessions, push_stages
from shared_queries.facts.sessions import by_domain, duration_percentiles, flows

__all__ = ["activity_by_day", "by_domain", "duration_percentiles", "entry_sessions", "flows", "push_stages"]
