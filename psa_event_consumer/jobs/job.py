"""What a job is, and how any number of replicas run it without a leader.

Each transaction of a job locks the job's row in `analytics.job_lock`: that works through a pooler, is never leaked,
goes with its connection, and no other role may do it. `analytics.job_run` says when the job was last begun. Every job
is a pure function of the tables, so that even a double run would do no harm.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from psycopg import AsyncConnection, AsyncTransaction
from psycopg.errors import LockNotAvailable
from psycopg.types.json import Jsonb

from psa_event_consumer.apply import database

T = TypeVar("T")
Result = Mapping[str, Any]

_WAIT_SECONDS = 60.0
_AGAIN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is due at an interval."""

    name: str
    interval: timedelta
    run: Callable[[AsyncConnection], Awaitable[Result]]
    """Gets a connection in autocommit mode, and opens its transactions by `exclusive`."""
    timeout: timedelta
    """After which a hung run is given up; it would block all later ones."""
    on_every_replica: bool = False
    """Not only on one at a time: it tells about this process too."""


class BusyError(Exception):
    """The job runs elsewhere at this moment."""


@asynccontextmanager
async def exclusive(connection: AsyncConnection, name: str) -> AsyncIterator[AsyncTransaction]:
    """Yield a transaction that no other run of the job overlaps.

    Raises:
        BusyError: another run is in such a transaction.
    """
    async with database.transaction(connection) as transaction:
        await _have_lock(connection, name)
        cursor = await connection.execute(
            "select from analytics.job_lock where job = %s for update skip locked", (name,)
        )
        if cursor.rowcount != 1:
            raise BusyError(f"{name} runs elsewhere")
        yield transaction


async def once_free(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try again for a minute while another run is at it.

    Raises:
        BusyError: it was, all the while.
    """
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            return await attempt()
        except BusyError:
            if time.monotonic() > deadline:
                raise
        await asyncio.sleep(_AGAIN_SECONDS)


async def wait_for_turn(connection: AsyncConnection, name: str, at_most: timedelta) -> None:
    """Take the job's lock for the connection's transaction; who waits longest is next. `lock_timeout` stays as set.

    Raises:
        BusyError: other runs held it all the while.
    """
    await connection.execute(
        "select set_config('lock_timeout', %s, true)", (str(round(at_most.total_seconds() * 1000)),)
    )
    await _have_lock(connection, name)
    try:
        await connection.execute("select from analytics.job_lock where job = %s for update", (name,))
    except LockNotAvailable:
        raise BusyError(f"{name} still runs elsewhere after {at_most.total_seconds():g} s") from None


async def _have_lock(connection: AsyncConnection, name: str) -> None:
    """Make the row of a job that is newer than the schema's last version."""
    await connection.execute("insert into analytics.job_lock (job) values (%s) on conflict do nothing", (name,))


async def claim(connection: AsyncConnection, job: Job) -> bool:
    """Whether the job is due and now ours to run. The scheduler's own jitter is forgiven."""
    cursor = await connection.execute(
        """
        insert into analytics.job_run as run (job, last_started_at)
        values (%(name)s, now())
        on conflict (job) do update set last_started_at = now()
        where run.last_started_at is null
          or run.last_started_at not between now() - 0.9 * %(interval)s::interval and now()
        returning job
        """,
        {"name": job.name, "interval": job.interval},
    )
    return await cursor.fetchone() is not None


async def run(connection: AsyncConnection, job: Job) -> Result:
    """Run a job, due or not, and record how it ended.

    Raises:
        BusyError: it runs elsewhere.
        Exception: whatever made it fail.
    """
    try:
        result = await job.run(connection)
    except BusyError:
        raise
    except Exception as error:
        if not connection.broken:
            await _record(connection, job, error=f"{type(error).__name__}: {error}", result=None)
        raise
    await _record(connection, job, error=None, result=result)
    return result


async def _record(connection: AsyncConnection, job: Job, *, error: str | None, result: Result | None) -> None:
    await connection.execute(
        """
        insert into analytics.job_run as run (job, last_finished_at, last_succeeded_at, last_result, last_error)
        values (%(name)s, now(), case when %(error)s::text is null then now() end, %(result)s, %(error)s)
        on conflict (job) do update set
          last_finished_at = excluded.last_finished_at,
          last_succeeded_at = coalesce(excluded.last_succeeded_at, run.last_succeeded_at),
          last_result = coalesce(excluded.last_result, run.last_result),
          last_error = excluded.last_error
        """,
        {"name": job.name, "error": error, "result": None if result is None else Jsonb(result)},
    )
