"""The read-only database: a connection type of its own, on a replica where one answers and else on the primary.

Nothing that this module hands out can write: the role holds no such grant, PostgreSQL refuses it in a read-only
transaction, and `Snapshot` takes no statement but a `Select`. Connections come from one pool at a time, which is left
as a whole when its server is lost.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolClosed

from analytics_api.database.conninfo import prefers_standby, standby_only, with_server_settings
from analytics_api.database.snapshot import Connection, Observe, Snapshot
from analytics_api.database.transient import breaks_others, gone_column, is_unavailability, is_worth_a_retry, sqlstate
from analytics_api.problems.errors import ColumnGoneError, UnavailableError

__all__ = ["Replica", "Snapshot"]

T = TypeVar("T")
Pool = AsyncConnectionPool[Connection]

POOL_SIZE = 10
POOL_WAIT_SECONDS = 5
LIFETIME_SECONDS = 300
DRIFT_BACK_SECONDS = 5
"""How often to look for a standby while the primary stands in."""

log = structlog.get_logger(__name__)
# What it warns of is either handled, and said, by us, or a transaction that a refusal left open.
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


class Replica:
    """Snapshots of whichever server answers."""

    def __init__(
        self,
        url: str,
        on_lost_snapshot: Callable[[], None] = lambda: None,
        observe: Observe | None = None,
        pool_size: int = POOL_SIZE,
    ) -> None:
        self._on_lost_snapshot = on_lost_snapshot
        self._observe = observe
        self.is_older = False
        """Whether the database has the schema of release 0.1.0, as its last answer told."""
        self.engine = Engine(with_server_settings(url), pool_size)

    async def read(self, work: Callable[[Snapshot], Awaitable[T]]) -> T:
        """Run the work on one connection, once more on a new one where the first was lost to no fault of its own.

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
        try:
            return await self._attempt(work)
        except Exception as error:
            if not is_unavailability(error):
                raise
            raise UnavailableError("no database answered in time; ask again") from error

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[Snapshot]:
        """Give one snapshot for as long as the block reads. No second attempt: part of it may have been sent."""
        pool = await self.engine.pool()
        try:
            connection = await self.engine.take(pool)
            try:
                snapshot = Snapshot(connection, self._observe, is_older=self.is_older)
                await snapshot.hold()
                yield snapshot
            finally:
                # It rolls back there.
                await pool.putconn(connection)
        except Exception as error:
            if breaks_others(error):
                await self.engine.leave(pool)
            if is_unavailability(error):
                raise UnavailableError("no database answered in time; ask again") from error
            if (gone := gone_column(error)) is not None:
                raise ColumnGoneError(gone) from error
            raise

    async def watch(self) -> None:
        """Go back to a standby as soon as one answers, forever: libpq chooses a server at connect time only."""
        while True:
            await asyncio.sleep(DRIFT_BACK_SECONDS)
            if self.engine.fell_back and await self._standby_answers():
                self.engine.fell_back = False
                log.info("standby_is_back")
                await self.engine.dispose()

    async def close(self) -> None:
        """Close every connection."""
        await self.engine.close()

    async def _attempt(self, work: Callable[[Snapshot], Awaitable[T]]) -> T:
        pool = await self.engine.pool()
        try:
            connection = await self.engine.take(pool)
            try:
                return await work(Snapshot(connection, self._observe, is_older=self.is_older))
            finally:
                # Whatever state a failure left it in is seen to there.
                await pool.putconn(connection)
        except Exception as error:
            if breaks_others(error):
                await self.engine.leave(pool)
            if (gone := gone_column(error)) is not None:
                raise ColumnGoneError(gone) from error
            raise

    async def _standby_answers(self) -> bool:
        try:
            connection = await psycopg.AsyncConnection.connect(standby_only(self.engine.conninfo))
        except (psycopg.Error, OSError):
            return False
        await connection.close()
        return True


class Engine:
    """Gives connections of the present pool; a connection that is first used finds out whether it still is one."""

    def __init__(self, conninfo: str, size: int = POOL_SIZE) -> None:
        self.conninfo = conninfo
        self._size = size
        self.fell_back = False
        """Whether the primary stands in for a standby that did not answer."""
        self._pool: Pool | None = None
        self._no_server: BaseException | None = None
        self._leaving: set[asyncio.Task[None]] = set()

    async def pool(self) -> Pool:
        """Return the present pool, opened when it is first asked for."""
        if self._pool is None:
            self._pool = AsyncConnectionPool(
                self.conninfo,
                min_size=0,
                max_size=self._size,
                open=False,
                timeout=POOL_WAIT_SECONDS,
                max_lifetime=LIFETIME_SECONDS,
                connection_class=self._connection_class(),
                configure=self._notice_server,
                # What is prepared, `Snapshot` prepares.
                kwargs={"autocommit": True, "prepare_threshold": None},
            )
            await self._pool.open()
        return self._pool

    async def take(self, pool: Pool) -> Connection:
        """Take a connection of that pool, to be put back there. Raises what stands in the way of making one."""
        try:
            return await pool.getconn()
        except PoolClosed:
            if self._no_server is not None:
                raise self._no_server from None
            raise

    async def dispose(self) -> None:
        """Leave the pool: what is idle is closed, what is in use once it comes back, who waits is told at once."""
        if self._pool is not None:
            await self.leave(self._pool)

    async def leave(self, pool: Pool) -> None:
        """Leave that pool, unless it has been left already."""
        if pool is self._pool:
            self._pool = None
            leaving = asyncio.create_task(pool.close())
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """Close every connection."""
        await self.dispose()
        await asyncio.gather(*self._leaving)

    def _connection_class(self) -> type[Connection]:
        engine = self

        class Connecting(Connection):
            """Tells whoever waits why there is no connection, instead of letting them wait for further attempts."""

            @classmethod
            async def connect(cls, conninfo: str = "", **kwargs: Any) -> "Connecting":  # noqa: ANN401  # passed on as they are
                pool = engine._pool
                try:
                    return await super().connect(conninfo, **kwargs)
                except Exception as error:
                    if pool is not None and pool.get_stats()["pool_size"] <= 1:
                        engine._no_server = error
                        await engine.leave(pool)
                    raise

        return Connecting

    async def _notice_server(self, connection: Connection) -> None:
        self._no_server = None
        cursor = await connection.execute("select pg_backend_pid()")
        if await cursor.fetchone() == (connection.info.backend_pid,):
            # Its own server session: PgBouncer tells clients numbers that it made up.
            connection.prepared = {}
        on_primary = connection.info.parameter_status("in_hot_standby") == "off"
        if on_primary and prefers_standby(self.conninfo) and not self.fell_back:
            self.fell_back = True
            log.warning("no_standby_answers", reading_from="primary")
