"""The worker's one connection to PostgreSQL, shared by its tasks, recreated after any error."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from psycopg import AsyncConnection

from services import postgres

_STATEMENT_SECONDS: Final = 10
# A worker that is frozen in the middle of a transaction must not hold up the others.
_LIMITS: Final = postgres.set_local(
    statement_timeout=f"{_STATEMENT_SECONDS}s", idle_in_transaction_session_timeout=f"{_STATEMENT_SECONDS}s"
)

Transaction = AsyncConnection[Any]


class Database:
    """Short transactions, one at a time."""

    def __init__(self, url: str) -> None:
        self._parameters = postgres.parameters(url, application_name="flowpilot-push-worker", **postgres.PRIMARY)
        self._free = asyncio.Lock()
        self._connection: Transaction | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commit at the end of the block, or roll back on an error."""
        async with self._free, asyncio.timeout(postgres.CONNECT_SECONDS + _STATEMENT_SECONDS):
            if self._connection is None:
                self._connection = await AsyncConnection.connect(
                    **self._parameters, autocommit=True, prepare_threshold=None
                )
            connection = self._connection
            try:
                async with connection.transaction():
                    # In each transaction, for a pooler in between gives each another session.
                    await connection.execute(_LIMITS)
                    yield connection
            except BaseException:
                # Whatever it was, also a cancellation: where the connection stands is not known any more.
                await self._discard()
                raise

    async def _discard(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            await connection.close()

    async def close(self) -> None:
        """End the connection."""
        await self._discard()
