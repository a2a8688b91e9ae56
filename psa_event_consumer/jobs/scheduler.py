"""Runs the jobs beside the loop, by APScheduler 3.11, around its traps.

- The memory job store, one scheduler a process: stores shared between schedulers are unsupported. Who runs what is
  settled in the database.
- `misfire_grace_time=None`: by default a run that is a second late is skipped, with a warning only.
- `next_run_time` now: an interval counts from the start, so that frequent deployments would starve the slow jobs.
- UTC: no daylight saving in an interval.
- Exceptions of coroutine jobs, cancellations included, are caught and logged by the scheduler: ours are handled here.
- `shutdown(wait=True)` cancels running coroutine jobs: they are waited for first.
"""

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime

import structlog
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from psycopg import AsyncConnection

from psa_event_consumer import metrics
from psa_event_consumer.apply import database
from psa_event_consumer.jobs import job as jobs
from psa_event_consumer.jobs.job import BusyError, Job

log = structlog.get_logger(__name__)

_STOP_SECONDS = 2.0
_KEEP_CONNECTION_SECONDS = 60


class Scheduler:
    """The jobs of one process. Make it inside the running loop."""

    def __init__(self, database_url: str, table: dict[str, Job]) -> None:
        self._database_url = database_url
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._connections: dict[str, AsyncConnection] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._failing: set[str] = set()
        self._scheduler.add_listener(_warn, EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES)
        for job in table.values():
            self._scheduler.add_job(
                self._run,
                "interval",
                [job],
                id=job.name,
                seconds=job.interval.total_seconds(),
                next_run_time=datetime.now(UTC),
                misfire_grace_time=None,
                coalesce=True,
                max_instances=1,
            )

    def start(self) -> None:
        """Run every job at once, and then by its interval."""
        self._scheduler.start()

    async def stop(self) -> None:
        """Begin no more runs, and give those under way two seconds."""
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=_STOP_SECONDS)
        self._scheduler.shutdown(wait=False)
        for connection in self._connections.values():
            connection.pgconn.finish()

    async def _run(self, job: Job) -> None:
        task = asyncio.create_task(self._run_one(job))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await task

    async def _run_one(self, job: Job) -> None:
        began = time.monotonic()
        try:
            async with asyncio.timeout(job.timeout.total_seconds()):
                connection = await self._connection(job)
                if not job.on_every_replica and not await jobs.claim(connection, job):
                    metrics.JOB_LEADER.labels(job.name).set(0)
                    await self._tell_last_success(connection, job)
                    return
                result = await jobs.run(connection, job)
        except BusyError:
            return
        except Exception as error:  # noqa: BLE001  the next run may do better; a job never ends the process
            await self._failed(job, error)
            return
        self._failing.discard(job.name)
        metrics.JOB_LEADER.labels(job.name).set(1)
        metrics.JOB_SUCCESS.labels(job.name).set_to_current_time()
        metrics.JOB_SECONDS.labels(job.name).set(time.monotonic() - began)
        for name, value in result.items():
            if isinstance(value, int | float):
                metrics.JOB_RESULT.labels(job.name, name).set(value)
        if job.interval.total_seconds() > _KEEP_CONNECTION_SECONDS:
            await self._drop_connection(job)

    async def _failed(self, job: Job, error: Exception) -> None:
        metrics.JOB_FAILURES.labels(job.name).inc()
        # While a server is away a job fails every second: say so once.
        level = log.debug if job.name in self._failing else log.warning
        level("job_failed", job=job.name, error=f"{type(error).__name__}: {error}")
        self._failing.add(job.name)
        await self._drop_connection(job)

    async def _tell_last_success(self, connection: AsyncConnection, job: Job) -> None:
        cursor = await connection.execute(
            "select extract(epoch from last_succeeded_at)::double precision from analytics.job_run where job = %s",
            (job.name,),
        )
        row = await cursor.fetchone()
        if row is not None and row[0] is not None:
            metrics.JOB_SUCCESS.labels(job.name).set(row[0])

    async def _connection(self, job: Job) -> AsyncConnection:
        """Give each job a connection of its own, so that no long job holds up the heartbeat.

        It is kept between runs where the job runs every few seconds.
        """
        connection = self._connections.get(job.name)
        if connection is None or connection.closed:
            connection = await database.connect(self._database_url, application_name=f"psa_event_consumer {job.name}")
            self._connections[job.name] = connection
        return connection

    async def _drop_connection(self, job: Job) -> None:
        connection = self._connections.pop(job.name, None)
        if connection is not None:
            with suppress(Exception):
                await connection.close()


def _warn(event: JobEvent) -> None:
    log.warning("job_not_run", job=event.job_id, code=event.code)
