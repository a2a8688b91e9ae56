"""The read-only database: a connection type of its own, on a replica where one answers and else on the primary.

Nothing that this module hands out can write: the role holds no such grant, PostgreSQL refuses it in a read-only
transaction, and `Snapshot` takes no statement but a `Select`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import psycopg
import structlog

from analytics_api.database.conninfo import standby_only, with_server_settings
from analytics_api.database.engine import POOL_SIZE, Engine
from analytics_api.database.snapshot import Observe, Snapshot
from analytics_api.database.transient import breaks_others, gone_column, is_unavailability, is_worth_a_retry, sqlstate
from analytics_api.problems.errors import ColumnGoneError, UnavailableError

__all__ = ["Replica", "Snapshot"]

T = TypeVar("T")

DRIFT_BACK_SECONDS = 5
"""How often to look for a standby while the primary stands in."""

log = structlog.get_logger(__name__)


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
                snapshot = Snapshot(connection, self._observe)
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
                return await work(Snapshot(connection, self._observe))
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
