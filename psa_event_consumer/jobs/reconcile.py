"""Every ten minutes: compares the rollups with the facts, account by account, and adds what they lack.

The triggers leave nothing to be found here. This is for what goes around them: triggers switched off for a bulk load, a
table restored on its own, a hand in the rollups. One run takes as many accounts as its time allows; the next goes on.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from typing import Any
from uuid import UUID

import structlog
from psycopg import AsyncConnection, IsolationLevel
from psycopg.errors import SerializationFailure

from psa_event_consumer import metrics
from psa_event_consumer.jobs import compact_rollups
from psa_event_consumer.jobs.counters import expect_our_version
from psa_event_consumer.jobs.job import Result, exclusive, wait_for_turn
from shared_queries.rollups import recount
from shared_queries.rollups.drift import ACTIVITY_COMPARISONS, GAP_COMPARISONS, SESSION_COMPARISONS, Comparison

log = structlog.get_logger(__name__)

NAME = "reconcile"
INTERVAL = timedelta(minutes=10)

_SECONDS = 60.0
_ATTEMPTS = 3
_PATIENCE = timedelta(seconds=10)
_SESSIONS_AT_A_TIME = timedelta(weeks=8)
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(3000, 1, 6, tzinfo=UTC)
"""Mondays around everything that the rollups keep."""


async def run(connection: AsyncConnection) -> Result:
    """Compare account after account, from where the last run stopped; once around at most."""
    await expect_our_version(connection)
    until = time.monotonic() + _SECONDS
    drift, compared = 0, 0
    accounts = await _accounts(connection)
    for account_id in accounts:
        if time.monotonic() > until:
            break
        found = await _reconcile(connection, account_id)
        if found:
            log.warning("rollup_drift_corrected", account_id=account_id, rows=found)
        drift += found
        compared += 1
    metrics.ROLLUP_DRIFT_ROWS.set(drift)
    return {"accounts": compared, "complete": compared == len(accounts), "rollup_drift_rows": drift}


async def _accounts(connection: AsyncConnection) -> Sequence[UUID]:
    """Return every account, also those that only the rollups know, beginning after the one compared last."""
    cursor = await connection.execute(
        """
        select account_id
        from (
          select id as account_id from accounts
          union select account_id from analytics.account_rollup_day
          union select account_id from analytics.activity_rollup_quarter
        ) as account
        cross join analytics.rollup_state as state
        where state.counters_filled_at is not null
        order by coalesce(account_id <= state.checked_until, false), account_id
        """
    )
    return [account_id for (account_id,) in await cursor.fetchall()]


async def _reconcile(connection: AsyncConnection, account_id: UUID) -> int:
    found = 0
    for start, end in await _windows(connection, account_id):
        found += await _in_one_snapshot(connection, partial(_compare_sessions, connection, account_id, start, end))
    found += await _in_one_snapshot(connection, partial(_compare_activities, connection, account_id))
    await connection.execute("update analytics.rollup_state set checked_until = %s", (account_id,))
    return found


async def _windows(connection: AsyncConnection, account_id: UUID) -> list[tuple[datetime, datetime]]:
    """Cut all of time into whole weeks, as many together as hold a moderate number of sessions."""
    cursor = await connection.execute(
        """
        select analytics.bin('7 days', min(created_at)), max(created_at)
        from ai_sessions
        where account_id = %s and created_at >= %s and created_at < %s
        """,
        (account_id, _FIRST, _LAST),
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101  an aggregate without grouping gives one row
    edges = [_FIRST]
    edge, newest = row
    while edge is not None and edge < newest:
        edge += _SESSIONS_AT_A_TIME
        edges.append(edge)
    edges.append(_LAST)
    return list(pairwise(edges))


async def _in_one_snapshot(connection: AsyncConnection, compare: Callable[[], Awaitable[int]]) -> int:
    """Run comparisons in one snapshot; while a coarser rollup is corrected, no compactor runs."""
    await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    try:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with exclusive(connection, NAME):
                    await connection.execute("set local statement_timeout = '5min'")
                    await wait_for_turn(connection, compact_rollups.NAME, _PATIENCE)
                    await expect_our_version(connection)
                    return await compare()
            except SerializationFailure:
                # The compactor committed between our snapshot and our lock.
                if attempt == _ATTEMPTS:
                    raise
        raise AssertionError  # pragma: no cover  the loop returns or raises
    finally:
        await connection.set_isolation_level(None)


async def _compare_sessions(connection: AsyncConnection, account_id: UUID, start: datetime, end: datetime) -> int:
    values = {"account": account_id, "start": start, "end": end}
    created = "account_id = %(account)s and created_at >= %(start)s and created_at < %(end)s"
    await connection.execute(
        f"create temporary table recounted on commit drop as {recount.sessions(created)}", values, prepare=False
    )
    where = 'account_id = %(account)s and "start" >= %(start)s and "start" < %(end)s'
    found = 0
    for comparison in SESSION_COMPARISONS:
        found += await _repair(connection, comparison, "pg_temp.recounted", where, values)
    return found


async def _compare_activities(connection: AsyncConnection, account_id: UUID) -> int:
    values = {"account": account_id}
    where = "account_id = %(account)s"
    found = 0
    for comparisons, facts in ((ACTIVITY_COMPARISONS, recount.ACTIVITIES), (GAP_COMPARISONS, recount.GAPS)):
        for comparison in comparisons:
            found += await _repair(connection, comparison, f"({facts}) as fact", where, values)
    return found


async def _repair(
    connection: AsyncConnection, comparison: Comparison, facts: str, where: str, values: Mapping[str, Any]
) -> int:
    cursor = await connection.execute(comparison.repair(facts, where), values)
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101  an aggregate without grouping gives one row
    if row[0]:
        await connection.execute(comparison.clear(where), values)
        await connection.execute("update analytics.rollup_state set revision = revision + 1")
    return int(row[0])
