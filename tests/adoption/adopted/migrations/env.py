"""The application's own Alembic, on asyncpg."""

import asyncio
import os

from alembic import context
from app.models import Base
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from services.alembic import include_object


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection, target_metadata=Base.metadata, include_schemas=True, include_object=include_object
    )
    with context.begin_transaction():
        context.run_migrations()


async def connect() -> None:
    async with create_async_engine(os.environ["OWNER_URL"]).begin() as connection:
        await connection.run_sync(migrate)


asyncio.run(connect())
