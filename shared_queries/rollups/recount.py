"""The facts as rows like the pending ones: what the rollups and what is pending must add up to.

SQL over all accounts, for the first filling and the reconciliation.
"""

from collections.abc import Iterable

from shared_queries.rollups.families import (
    ACTIVITY,
    ACTIVITY_COUNTERS,
    DOMAIN_ACTIVITY,
    PUSH_COUNTERS,
    SESSION_COUNTERS,
    SESSION_FAMILIES,
    bits,
)

_DIMENSIONS = "account_id, quarter, spelling, flow_id, user_id, bucket"


def _sums(names: Iterable[str]) -> str:
    return ", ".join(f"sum({name}) as {name}" for name in names)


def _zeros(names: Iterable[str]) -> str:
    return ", ".join(f"0 as {name}" for name in names)


def _counted(view: str, columns: str, where: str) -> str:
    return f"""select ({bits(SESSION_FAMILIES)})::smallint as families, {_DIMENSIONS},
  {columns}
from analytics.{view}
where {where}
group by {_DIMENSIONS}"""


def sessions(where: str = "true") -> str:
    """Select rows like `pending_session`'s; the condition is about `account_id` and `created_at`."""
    by_row = _counted("all_counted_sessions", f"{_sums(SESSION_COUNTERS)}, {_zeros(PUSH_COUNTERS)}", where)
    by_push = _counted("all_counted_pushes", f"{_zeros(SESSION_COUNTERS)}, {_sums(PUSH_COUNTERS)}", where)
    any_push = ", ".join(f"sum({name})" for name in PUSH_COUNTERS)
    nothing = ", ".join("0" for _ in PUSH_COUNTERS)
    return f"{by_row}\nunion all\n{by_push}\nhaving row({any_push}) is distinct from row({nothing})"


_PLAIN = tuple(name for name in ACTIVITY_COUNTERS if name != "first_entries")
_CHAINS = """
    select account_id, session_id, quarter,
      lag(quarter) over (partition by account_id, session_id order by quarter) as from_quarter
    from (
      select distinct account_id, session_id, analytics.bin('15 minutes', created_at) as quarter
      from psa_activity_log
      where activity_type = 'time_entry_posted' and session_id is not null
    ) as entry
"""
ACTIVITIES = f"""
    select ({ACTIVITY.bit})::smallint as families, account_id,
      analytics.bin('15 minutes', activity.created_at) as quarter, '' as spelling, {_sums(_PLAIN)}, 0 as first_entries
    from psa_activity_log as activity
    cross join lateral analytics.count_activity(
      activity.activity_type, activity.hours_logged, activity.session_id is not null
    ) as counter
    group by 2, 3
    union all
    select ({ACTIVITY.bit})::smallint, account_id, quarter, '', {_zeros(_PLAIN)}, count(*)
    from ({_CHAINS}) as chain
    where from_quarter is null
    group by account_id, quarter
    union all
    select ({DOMAIN_ACTIVITY.bit})::smallint, activity.account_id, analytics.bin('15 minutes', activity.created_at),
      session.spelling, {_sums(_PLAIN)}, 0
    from psa_activity_log as activity
    join analytics.all_counted_sessions as session
      on session.id = activity.session_id and session.account_id = activity.account_id
    cross join lateral analytics.count_activity(activity.activity_type, activity.hours_logged, true) as counter
    where session.spelling <> ''
    group by 2, 3, 4
"""
GAPS = f"""
    select account_id, from_quarter, quarter as to_quarter, count(*) as session_count
    from ({_CHAINS}) as chain
    where from_quarter is not null
    group by 1, 2, 3
"""
