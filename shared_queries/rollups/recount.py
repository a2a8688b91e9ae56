"""The facts as rows of the delta tables: what the rollups and the pending deltas must add up to.

SQL over all accounts, for the first filling and the reconciliation.
"""

from collections.abc import Iterable

from shared_queries.rollups.folding import DOMAIN, DURATION, FLOW, PUSH
from shared_queries.rollups.tables import SESSION_COUNTERS, STAGE_COUNTERS


def _sums(names: Iterable[str]) -> str:
    return ", ".join(f"sum({name}) as {name}" for name in names)


def _zeros(names: Iterable[str]) -> str:
    return ", ".join(f"0 as {name}" for name in names)


_SESSIONS = f"""
    select ({DOMAIN | FLOW | DURATION})::smallint as families, account_id, hour, spelling, flow_id, bucket,
      {_sums(SESSION_COUNTERS)}, {_zeros(STAGE_COUNTERS)}
    from analytics.all_session_counts
    where {{where}}
    group by account_id, hour, spelling, flow_id, bucket
"""
_PUSHES = f"""
    select ({PUSH})::smallint as families, account_id, hour, '' as spelling, null::uuid as flow_id,
      null::smallint as bucket, sum(total_sessions) as session_count, {_zeros(SESSION_COUNTERS[1:])},
      {_sums(STAGE_COUNTERS)}
    from analytics.all_push_counts
    where {{where}}
    group by account_id, hour
"""


def sessions(where: str = "true") -> str:
    """Rows like `session_delta`'s; the condition is about `account_id` and `created_at`."""
    return f"{_SESSIONS.format(where=where)} union all {_PUSHES.format(where=where)}"


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
    select account_id, analytics.bin('15 minutes', activity.created_at) as quarter,
      sum(entries) as entries, sum(hour_units) as hour_units, sum(session_hour_units) as session_hour_units,
      sum(notes) as notes, sum(status_updates) as status_updates, 0 as first_entries
    from psa_activity_log as activity
    cross join lateral analytics.activity_counters(
      activity.activity_type, activity.hours_logged, activity.session_id is not null
    ) as counter
    group by 1, 2
    union all
    select account_id, quarter, 0, 0, 0, 0, 0, count(*)
    from ({_CHAINS}) as chain
    where from_quarter is null
    group by 1, 2
"""
GAPS = f"""
    select account_id, from_quarter, quarter as to_quarter, count(*) as session_count
    from ({_CHAINS}) as chain
    where from_quarter is not null
    group by 1, 2, 3
"""
