"""Connections to the primary, and what must hold before anything is consumed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, OperationalError
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql

from psa_event_consumer.apply import arrays
from shared_queries import schema_check

# A wait for a lock ends before PostgreSQL looks for a deadlock on behalf of the main application (after
# deadlock_timeout, 1 s), so that in a deadlock we are the one that gives way.
_OPTIONS = {
    "lock_timeout": "500ms",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
    # A role or a database may have set them otherwise.
    "row_security": "on",
    "datestyle": "ISO",
    "extra_float_digits": "1",
    "jit": "off",
    # Ten thousand ids in one batch and three in the next ask for different plans.
    "plan_cache_mode": "force_custom_plan",
}
_KEEPALIVES = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    # After a failover one of several hosts is read-only for a while: choose the other, or wait.
    "target_session_attrs": "read-write",
}
_ANSWER_SECONDS = 60.0

_DIALECT = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so


class NotReadyError(Exception):
    """The database is there, but not as we need it: nothing may be consumed, or good events would be buried."""


@asynccontextmanager
async def answering() -> AsyncIterator[None]:
    """Bounds work on a connection by our own clock.

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


async def connect(url: str, *, application_name: str = "psa_event_consumer") -> AsyncConnection:
    """Return a connection in autocommit mode: transactions are written out where they are meant.

    Raises:
        psycopg.OperationalError: no host takes writes.
    """
    given = conninfo_to_dict(url)
    settings = " ".join(f"-c {name}={value}" for name, value in _OPTIONS.items())
    parameters: dict[str, Any] = {"application_name": application_name, **_KEEPALIVES, **given}
    parameters["options"] = f"{settings} {given.get('options', '')}"
    connection = await AsyncConnection.connect(**parameters, autocommit=True)
    arrays.register(connection)
    await _look_for_deadlocks_early(connection)
    return connection


async def _look_for_deadlocks_early(connection: AsyncConnection) -> None:
    """Where we may: GRANT SET ON PARAMETER deadlock_timeout TO our role, from PostgreSQL 15 on."""
    await connection.execute(
        "select set_config('deadlock_timeout', '100ms', false) where has_parameter_privilege('deadlock_timeout', 'SET')"
    )


async def check(connection: AsyncConnection) -> None:
    """Compare the schema with what we rely on.

    Raises:
        NotReadyError: it differs; the message says in what.
    """
    columns = await connection.execute(as_text(schema_check.live_columns()))
    surroundings = await connection.execute(as_text(schema_check.live_surroundings()))
    rows: list[Any] = await columns.fetchall()
    around: Any = await surroundings.fetchone()
    found = [*schema_check.differences(rows, around), *await _hidden(connection)]
    if found:
        raise NotReadyError("; ".join(found))


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
