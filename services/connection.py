"""Runs a few statements on whatever connection the main application holds, inside its transaction.

psycopg and SQLAlchemy, plain and asynchronous. The statements are a generator: it yields a statement and is sent the
rows, so that it is written once for both worlds.

    def name_of(account_id: UUID) -> Steps[str]:
        rows = yield select(accounts.c.name).where(accounts.c.id == account_id)
        return rows[0][0]

    run(connection, name_of(account_id))  # the name, or an awaitable of it
"""

import sys
from collections.abc import Awaitable, Generator, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

from sqlalchemy import Connection, Executable
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.orm import Session, scoped_session

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession


class SyncConnection(Protocol):
    """psycopg's `Connection`, SQLAlchemy's `Connection`, `Session` and `scoped_session`.

    Told apart by how they commit, as a type checker knows no class of a driver that is not installed.
    """

    def commit(self) -> None: ...


class AnyAsyncConnection(Protocol):
    """psycopg's `AsyncConnection`, SQLAlchemy's `AsyncConnection`, `AsyncSession` and `async_scoped_session`."""

    def commit(self) -> Awaitable[None]: ...


Answer = TypeVar("Answer")
Rows = Sequence[Any]
Steps = Generator[Executable, Rows, Answer]

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped


@overload
def run(connection: SyncConnection, steps: Steps[Answer]) -> Answer: ...
@overload
def run(connection: AnyAsyncConnection, steps: Steps[Answer]) -> Awaitable[Answer]: ...
def run(connection: Any, steps: Steps[Any]) -> Any:
    """Return the steps' answer, to be awaited where the connection is asynchronous. Begins and ends no transaction.

    Raises:
        TypeError: the connection is of another kind.
    """
    if isinstance(connection, Connection | Session | scoped_session):
        return _drive(steps, lambda statement: _rows(connection.execute(statement)))
    # An asynchronous session, or a connection of psycopg, exists only where its module has been imported.
    alchemy: Any = sys.modules.get("sqlalchemy.ext.asyncio")
    if alchemy and isinstance(
        connection, alchemy.AsyncConnection | alchemy.AsyncSession | alchemy.async_scoped_session
    ):
        return _drive_async(steps, lambda statement: _alchemy_async(connection, statement))
    driver: Any = sys.modules.get("psycopg")
    if driver and isinstance(connection, driver.Connection):
        return _drive(steps, lambda statement: _psycopg(connection, statement))
    if driver and isinstance(connection, driver.AsyncConnection):
        return _drive_async(steps, lambda statement: _psycopg_async(connection, statement))
    raise TypeError(f"not a connection or session of psycopg or SQLAlchemy: {type(connection).__qualname__}")


def _drive(steps: Steps[Answer], execute: Any) -> Answer:  # noqa: ANN401  one of the lambdas above
    try:
        statement = next(steps)
        while True:
            statement = steps.send(execute(statement))
    except StopIteration as end:
        answer: Answer = end.value
        return answer


async def _drive_async(steps: Steps[Answer], execute: Any) -> Answer:  # noqa: ANN401  the same
    try:
        statement = next(steps)
        while True:
            statement = steps.send(await execute(statement))
    except StopIteration as end:
        answer: Answer = end.value
        return answer


async def _alchemy_async(connection: "AsyncConnection | AsyncSession", statement: Executable) -> Rows:
    return _rows(await connection.execute(statement))


def _psycopg(connection: "psycopg.Connection[Any]", statement: Executable) -> Rows:
    from psycopg.rows import tuple_row  # noqa: PLC0415  imported already where there is such a connection

    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(*_compiled(statement))
        return cursor.fetchall() if cursor.description else []


async def _psycopg_async(connection: "psycopg.AsyncConnection[Any]", statement: Executable) -> Rows:
    from psycopg.rows import tuple_row  # noqa: PLC0415  the same

    async with connection.cursor(row_factory=tuple_row) as cursor:
        await cursor.execute(*_compiled(statement))
        return await cursor.fetchall() if cursor.description else []


def _rows(result: Any) -> Rows:  # noqa: ANN401  a result of SQLAlchemy
    return result.all() if result.returns_rows else []


def _compiled(statement: Any) -> tuple[bytes, dict[str, Any]]:  # noqa: ANN401  any statement of SQLAlchemy's
    compiled = statement.compile(dialect=_DIALECT)
    return str(compiled).encode(), compiled.params
