"""What must hold of the database before anything is consumed, or good events would become dead letters."""

from typing import Any

from psycopg import AsyncConnection
from sqlalchemy import Select
from sqlalchemy.dialects import postgresql

from shared_queries import schema_check

_DIALECT = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it so


class NotReadyError(Exception):
    """The database is there, but not as we need it: nothing may be consumed, or good events would be buried."""


async def check(connection: AsyncConnection) -> None:
    """Compare the schema with what events need.

    Raises:
        NotReadyError: it differs; the message says in what.
    """
    found = [*await differences(connection, schema_check.CONSUMING), *await _hidden(connection)]
    if found:
        raise NotReadyError("; ".join(found))


async def differences(connection: AsyncConnection, need: schema_check.Need | None = None) -> list[str]:
    """Return a sentence for each difference from what we rely on, or from what is needed."""
    columns = await connection.execute(as_text(schema_check.live_columns()))
    surroundings = await connection.execute(as_text(schema_check.live_surroundings()))
    rows: list[Any] = await columns.fetchall()
    around: Any = await surroundings.fetchone()
    return schema_check.differences(rows, around, need)


async def ensure_rows_are_visible(connection: AsyncConnection) -> None:
    """Make sure that our role sees every account's rows.

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
