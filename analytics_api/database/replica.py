"""The read-only database: a connection type of its own, on a replica where one answers and else on the primary.

Nothing that this module hands out can write: the role holds no such grant, PostgreSQL refuses it in a read-only
transaction, and `Snapshot` takes no statement but a `Select`.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar, TypeVarTuple

import psycopg
import structlog
from sqlalchemy import Row, Select
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from analytics_api.database.conninfo import prefers_standby, standby_only, with_server_settings
from analytics_api.database.transient import is_unavailability, is_worth_a_retry, sqlstate
from analytics_api.problems.errors import UnavailableError

T = TypeVar("T")
Columns = TypeVarTuple("Columns")

POOL_SIZE = 10
POOL_WAIT_SECONDS = 5
RECYCLE_SECONDS = 300
ATTEMPT_SECONDS = 8
"""How long one attempt at a whole request may take: a server that is frozen rather than gone answers nothing at all."""
DRIFT_BACK_SECONDS = 5
"""How often to look for a standby while the primary stands in."""

log = structlog.get_logger(__name__)


class Snapshot:
    """One REPEATABLE READ READ ONLY transaction: every statement sees the same rows."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def rows(
        self, statement: Select[*Columns], values: Mapping[str, Any] | None = None
    ) -> Sequence[Row[*Columns]]:
        """All rows of the statement."""
        result = await self._connection.execute(statement, values)
        return result.all()


class Replica:
    """A pool of read-only connections."""

    def __init__(self, url: str, on_lost_snapshot: Callable[[], None] = lambda: None) -> None:
        self._on_lost_snapshot = on_lost_snapshot
        self._conninfo = with_server_settings(url)
        self.fell_back = False
        """Whether the primary stands in for a standby that did not answer."""
        self._abandoned: set[asyncio.Task[Any]] = set()
        self.engine = create_async_engine(
            "postgresql+psycopg://",
            async_creator=self._connect,
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_timeout=POOL_WAIT_SECONDS,
            pool_recycle=RECYCLE_SECONDS,
            execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        )

    async def read(self, work: Callable[[Snapshot], Awaitable[T]]) -> T:
        """Run the work in one snapshot, once more in a new one where the first was lost to no fault of its own.

        A replica cancels queries and ends connections that stand in the way of replay, and goes away altogether; the
        work only reads, so doing it again is safe. Raises `UnavailableError` when that fails too.
        """
        try:
            return await self._attempt(work)
        except Exception as error:
            if not is_unavailability(error):
                raise
            if not is_worth_a_retry(error):
                raise UnavailableError("the database is too busy; ask again") from error
            self._on_lost_snapshot()
            log.warning("snapshot_lost", error=type(error).__name__, sqlstate=sqlstate(error))
            if isinstance(error, TimeoutError):
                # The server is frozen, and with it every idle connection of the pool.
                await self.engine.dispose()
        try:
            return await self._attempt(work)
        except Exception as error:
            if not is_unavailability(error):
                raise
            raise UnavailableError("no database answered in time; ask again") from error

    async def watch(self) -> None:
        """Go back to a standby as soon as one answers, for ever: libpq chooses a server at connect time only."""
        while True:
            await asyncio.sleep(DRIFT_BACK_SECONDS)
            if self.fell_back and await self._standby_answers():
                self.fell_back = False
                log.info("standby_is_back")
                # Connections that are in use finish their request and are closed then, by `_transaction`.
                await self.engine.dispose()

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.dispose()

    async def _attempt(self, work: Callable[[Snapshot], Awaitable[T]]) -> T:
        """Do the work in a transaction of its own; raise `TimeoutError` when it takes too long."""
        task = asyncio.create_task(self._transaction(work))
        try:
            done, _ = await asyncio.wait({task}, timeout=ATTEMPT_SECONDS)
        finally:
            # psycopg's way out of a cancelled query asks the server for up to ten seconds more; a frozen one answers
            # nothing, so nobody waits for that.
            if task.cancel():
                self._abandoned.add(task)
                task.add_done_callback(self._forget)
        if not done:
            raise TimeoutError
        return await task

    async def _transaction(self, work: Callable[[Snapshot], Awaitable[T]]) -> T:
        pool = self.engine.pool
        async with self.engine.connect() as connection:
            try:
                async with connection.begin():
                    return await work(Snapshot(connection))
            finally:
                if self.engine.pool is not pool:
                    # Its pool was left meanwhile, which closes what is idle, and keeps what comes back to it later.
                    await connection.invalidate()

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._abandoned.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.debug("abandoned_attempt_ended", error=type(error).__name__)

    async def _connect(self) -> psycopg.AsyncConnection[Any]:
        # Statements are not prepared on the server: each is planned for its own account and period anyway
        # (plan_cache_mode), a migration would break what was prepared before it, and pgbouncer may sit in between.
        connection = await psycopg.AsyncConnection.connect(self._conninfo, prepare_threshold=None)
        on_primary = connection.info.parameter_status("in_hot_standby") == "off"
        if on_primary and prefers_standby(self._conninfo) and not self.fell_back:
            self.fell_back = True
            log.warning("no_standby_answers", reading_from="primary")
        return connection

    async def _standby_answers(self) -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(standby_only(self._conninfo))
        except (psycopg.Error, OSError):
            return False
        await connection.close()
        return True
