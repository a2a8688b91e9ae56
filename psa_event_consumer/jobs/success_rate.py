"""Every five minutes: `trees.success_rate`, resolved / ended over all sessions matched to the flow now (metrics.md)."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from psycopg import AsyncConnection, errors

from psa_event_consumer.apply import database
from psa_event_consumer.jobs.job import Result, exclusive

NAME = "success_rate"
INTERVAL = timedelta(minutes=5)

_CHUNK = 500
_ATTEMPTS = 10
_UPDATE = """
    with given as (
      select * from unnest(%s::uuid[], %s::double precision[]) as given (flow_id, value)
    ),
    locked as materialized (
      select flow.id from trees as flow
      where flow.id = any(%s::uuid[])
      order by flow.id
      for no key update
    )
    update trees as flow
    set success_rate = given.value
    from given
    join locked on locked.id = given.flow_id
    where flow.id = given.flow_id and flow.success_rate is distinct from given.value
"""


async def run(connection: AsyncConnection) -> Result:
    """One pass over the sessions finds the flows whose rate differs; short transactions write them, in id order.

    The same order as the consumer's, so that the two never wait for each other in a circle; only rates that differ, so
    that a quiet flow's row is not rewritten.
    """
    async with database.transaction(connection):
        await connection.execute("set local statement_timeout = '4min'")
        cursor = await connection.execute(
            """
            select flow.id, rate.value
            from trees as flow
            left join (
              select
                session.matched_flow_id as flow_id,
                session.account_id,
                count(*) filter (where session.status = 'resolved')::double precision
                  / nullif(count(*) filter (where session.status in ('resolved', 'escalated', 'abandoned')), 0)
                  as value
              from ai_sessions as session
              where session.matched_flow_id is not null
              group by session.matched_flow_id, session.account_id
            ) as rate on rate.flow_id = flow.id and rate.account_id = flow.account_id
            where flow.success_rate is distinct from rate.value
            order by flow.id
            """
        )
        changed = await cursor.fetchall()
    updated = 0
    for first in range(0, len(changed), _CHUNK):
        updated += await _write(connection, changed[first : first + _CHUNK])
    return {"updated": updated}


async def _write(connection: AsyncConnection, chunk: Sequence[tuple[UUID, float | None]]) -> int:
    flows = [flow for flow, _ in chunk]
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            async with exclusive(connection, NAME):
                cursor = await connection.execute(_UPDATE, (flows, [value for _, value in chunk], flows))
                return cursor.rowcount
        except (errors.LockNotAvailable, errors.DeadlockDetected):
            # The main application holds a flow for longer than we wait for any lock.
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError  # pragma: no cover  the loop returns or raises
