"""The worker's one connection to PostgreSQL, shared by its tasks, made anew after any error."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict

_CONNECT_SECONDS: Final = 5
_STATEMENT_SECONDS: Final = 10
# A worker that is frozen in the middle of a transaction must not hold up the others.
_LIMITS: Final = f"""
    set local statement_timeout = '{_STATEMENT_SECONDS}s';
    set local idle_in_transaction_session_timeout = '{_STATEMENT_SECONDS}s'
"""

Transaction = AsyncConnection[Any]


class Database:
    """Short transactions, one at a time."""

    def __init__(self, url: str) -> None:
        self._options: dict[str, Any] = {
            "application_name": "flowpilot-push-worker",
            "connect_timeout": _CONNECT_SECONDS,
            # After a fail-over the old primary may answer as a replica.
            "target_session_attrs": "read-write",
            # A peer that vanished without a word is noticed within half a minute.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 25_000,
        } | conninfo_to_dict(url)
        self._free = asyncio.Lock()
        self._connection: Transaction | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Commit at the end of the block, rolls back on an error."""
        async with self._free, asyncio.timeout(_CONNECT_SECONDS + _STATEMENT_SECONDS):
            if self._connection is None:
                self._connection = await AsyncConnection.connect(
                    **self._options, autocommit=True, prepare_threshold=None
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
