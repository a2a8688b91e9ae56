"""Connections to whichever server answers: a pool at a time, left as a whole when its server is lost."""

import asyncio
import logging
from itertools import count
from typing import Any

import psycopg
import structlog
from psycopg_pool import AsyncConnectionPool, PoolClosed

from analytics_api.database.conninfo import prefers_standby

POOL_SIZE = 10
POOL_WAIT_SECONDS = 5
LIFETIME_SECONDS = 300


class Connection(psycopg.AsyncConnection[Any]):
    """A connection that remembers what is prepared on its server session."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  passed on as they are
        super().__init__(*args, **kwargs)
        self.prepared: dict[object, bytes] | None = None
        """The name of each statement; None where a pooler stands between, whose sessions change."""
        self.numbers = count()
        """For their names: none is given twice."""


Pool = AsyncConnectionPool[Connection]

log = structlog.get_logger(__name__)
# What it warns of is either handled, and said, by us, or a transaction that a refusal left open.
logging.getLogger("psycopg.pool").setLevel(logging.ERROR)


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
