"""The outbox as the relay sees it. Every statement runs in a transaction of its own settings: PgBouncer-friendly."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import class_row

from services import postgres

STATEMENT_TIMEOUT_SECONDS: Final = 15
# The rows stay locked while Kafka answers. A relay that is frozen must not keep them from the others forever.
IDLE_TIMEOUT_SECONDS: Final = 60

# Rows are locked above the sort, so a sort would take all rows of a backlog to find the first thousand: 1,000 times
# slower at 100,000 rows. The index has the order; what a queue's statistics say of its size is always out of date.
_LIMITS: Final = postgres.set_local(
    statement_timeout=f"{STATEMENT_TIMEOUT_SECONDS - 5}s",
    idle_in_transaction_session_timeout=f"{IDLE_TIMEOUT_SECONDS}s",
    enable_sort="off",
)
_CLAIM: Final = """
    select id, aggregatetype as topic, aggregateid as key, payload, created_at
    from analytics.outbox
    where id <> all (%(rows)s) and aggregatetype <> all (%(topics)s)
    order by created_at, id
    limit %(limit)s
    for update skip locked
"""
_DELETE: Final = "delete from analytics.outbox where id = any (%s)"
# Bounded: to count a backlog of millions every few seconds would slow the relay that is to clear it.
_BACKLOG: Final = """
    select (select count(*) from (select from analytics.outbox limit 100000) as counted),
           coalesce(extract(epoch from clock_timestamp() - (select min(created_at) from analytics.outbox)), 0)
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One stored event."""

    id: UUID
    topic: str
    key: str
    payload: bytes
    created_at: datetime


class LockedRows:
    """Rows that no other relay sees until the transaction ends."""

    def __init__(self, connection: AsyncConnection[Any], rows: Sequence[Row]) -> None:
        self.rows = rows
        self._connection = connection

    async def delete(self, ids: Collection[UUID]) -> None:
        """Delete rows that Kafka has; the commit makes it so."""
        async with asyncio.timeout(STATEMENT_TIMEOUT_SECONDS):
            await self._connection.execute(_DELETE, [list(ids)])


class Store:
    """A connection that is made when it is needed and recreated after any error."""

    def __init__(self, database_url: str) -> None:
        self._parameters = postgres.parameters(database_url, application_name="flowpilot-relay", **postgres.PRIMARY)
        self._connection: AsyncConnection[Any] | None = None

    @asynccontextmanager
    async def claim(
        self, limit: int, *, held_rows: Collection[UUID], held_topics: Collection[str]
    ) -> AsyncIterator[LockedRows]:
        """Yield the oldest rows, locked; commit at the end of the block, or roll back on an error."""
        async with self._transaction() as connection, connection.cursor(row_factory=class_row(Row)) as cursor:
            async with asyncio.timeout(STATEMENT_TIMEOUT_SECONDS):
                await cursor.execute(
                    _CLAIM, {"limit": limit, "rows": list(held_rows), "topics": list(held_topics)}, binary=True
                )
                rows = await cursor.fetchall()
            yield LockedRows(connection, rows)

    async def backlog(self) -> tuple[int, float]:
        """How many rows wait (at most 100,000 are counted), and the age of the oldest in seconds."""
        async with self._transaction() as connection, asyncio.timeout(STATEMENT_TIMEOUT_SECONDS):
            row = await (await connection.execute(_BACKLOG)).fetchone()
        assert row is not None  # noqa: S101  a select without from has one row
        return int(row[0]), float(row[1])

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncConnection[Any]]:
        try:
            if self._connection is None:
                async with asyncio.timeout(postgres.CONNECT_SECONDS * 3):
                    self._connection = await AsyncConnection.connect(**self._parameters, prepare_threshold=None)
            connection = self._connection
            async with asyncio.timeout(STATEMENT_TIMEOUT_SECONDS):
                await connection.execute(_LIMITS)
            yield connection
            async with asyncio.timeout(STATEMENT_TIMEOUT_SECONDS):
                await connection.commit()
        except BaseException:
            # Whatever it was, also a time-out: no one knows what this connection is in the middle of. The server
            # rolls back.
            await self.close()
            raise

    async def close(self) -> None:
        """End the connection; the next use makes another."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()
