"""One engine, and transactions that see one account: row-level security is forced on every table."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

engine = create_async_engine(os.environ["DATABASE_URL"])


@asynccontextmanager
async def transaction(account_id: UUID) -> AsyncIterator[AsyncConnection]:
    async with engine.begin() as connection:
        await connection.execute(
            text("select set_config('app.current_account_id', :account_id, true)"), {"account_id": str(account_id)}
        )
        yield connection
