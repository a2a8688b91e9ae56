"""Connections to the primary, and what must hold before anything is consumed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, AsyncCursor, AsyncTransaction, OperationalError
from psycopg.pq import Format
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql

from psa_event_consumer.apply import arrays
from services.postgres import PRIMARY, parameters, set_local
from shared_queries import schema_check

# A wait for a lock ends before PostgreSQL looks for a deadlock on behalf of the main application (after
# deadlock_timeout, 1 s), so that in a deadlock we are the one that gives way.
_LIMITS = set_local(
    lock_timeout="500ms",
    statement_timeout="30s",
    idle_in_transaction_session_timeout="60s",
    jit="off",
    # A role or a database may have set them otherwise.
    row_security="on",
    timezone="UTC",
    datestyle="ISO",
    extra_float_digits="1",
)
# We look for deadlocks early where we may: GRANT SET ON PARAMETER deadlock_timeout TO our role, from PostgreSQL 15 on.
_LOOK_EARLY = """
    select set_config('deadlock_timeout', '100ms', true) where has_parameter_privilege('deadlock_timeout', 'SET')
"""
_ANSWER_SECONDS = 60.0

_DIALECT = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so


class NotReadyError(Exception):
    """The database is there, but not as we need it: nothing may be consumed, or good events would be buried."""


@asynccontextmanager
async def patiently() -> AsyncIterator[None]:
    """Bound work on a connection by our own clock.

    A server that hangs keeps its sockets alive and ends no statement: without this, the consumer would wait for it
    beyond any failover.

    Raises:
        psycopg.OperationalError: it took longer than any of the server's own limits allows.
    """
    try:
        async with asyncio.timeout(_ANSWER_SECONDS) as limit:
            yield
    except TimeoutError:
        if limit.expired():
            raise OperationalError(f"the server has not answered for {_ANSWER_SECONDS:g} s") from None
        raise


class _BinaryCursor(AsyncCursor[Any]):
    """Takes results in binary, which no setting of a role or database changes the form of."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401  psycopg's own
        super().__init__(*arguments, **options)
        self.format = Format.BINARY


async def connect(url: str, *, application_name: str = "psa_event_consumer") -> AsyncConnection:
    """Return a connection in autocommit mode: transactions are written out where they are meant.

    Nothing of it lasts beyond a transaction, neither settings nor prepared statements: behind PgBouncer the next one
    may run in another session.

    Raises:
        psycopg.OperationalError: no host takes writes.
    """
    given = parameters(url, application_name=application_name, **PRIMARY)
    connection = await AsyncConnection.connect(**given, autocommit=True, prepare_threshold=None)
    connection.cursor_factory = _BinaryCursor
    arrays.register(connection)
    return connection


@asynccontextmanager
async def transaction(connection: AsyncConnection) -> AsyncIterator[AsyncTransaction]:
    """Run a transaction under our limits; one within another is a plain `connection.transaction()`."""
    async with connection.transaction() as begun:
        async with connection.cursor() as cursor:
            await cursor.execute(
                f"{_LIMITS}; {_LOOK_EARLY}", binary=False
            )  # several statements at once are sent as text
        yield begun


async def check(connection: AsyncConnection) -> None:
    """Compare the schema with what events need.

    Raises:
        NotReadyError: it differs; the message says in what.
    """
    found = [*await differences(connection, schema_check.CONSUMING), *await _hidden(connection)]
    if found:
        raise NotReadyError("; ".join(found))


async def differences(connection: AsyncConnection, need: schema_check.Need | None = None) -> list[str]:
    """One sentence for each thing that differs from what we rely on, or from what is needed."""
    columns = await connection.execute(as_text(schema_check.live_columns()))
    surroundings = await connection.execute(as_text(schema_check.live_surroundings()))
    rows: list[Any] = await columns.fetchall()
    around: Any = await surroundings.fetchone()
    return schema_check.differences(rows, around, need)


async def ensure_rows_are_visible(connection: AsyncConnection) -> None:
    """Our role must see every account's rows.

    Raises:
        NotReadyError: the main application's row-level security applies to us.
    """
    hidden = await _hidden(connection)
    if hidden:
        raise NotReadyError(hidden[0])


async def _hidden(connection: AsyncConnection) -> list[str]:
    cursor = await connection.execute(
        """
        select name, current_user
        from unnest(array['accounts', 'trees', 'ai_sessions']) as name
        where row_security_active(name)
        """
    )
    rows = await cursor.fetchall()
    if not rows:
        return []
    tables = ", ".join(name for name, _ in rows)
    return [
        f"row-level security of {tables} hides rows from us: run ALTER ROLE {rows[0][1]} BYPASSRLS as a superuser",
    ]


def as_text(statement: Select[*tuple[Any, ...]]) -> str:
    """Write the select out, values included, for psycopg."""
    return str(statement.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))
