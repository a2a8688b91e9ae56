"""`add_event` for every kind of connection that the main application may hold."""

import sys
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, overload

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session, scoped_session

from services.events import DecodeError, Event, InvalidEventError, decode, encode, key_of, topic_of, type_of
from services.outbox.trace import current_traceparent
from shared_queries.tables import outbox

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_scoped_session

    type_sync = psycopg.Connection[Any] | Connection | Session | scoped_session[Any]
    type_async = psycopg.AsyncConnection[Any] | AsyncConnection | AsyncSession | async_scoped_session[Any]

_INSERT = """
    insert into analytics.outbox (id, aggregatetype, aggregateid, type, payload)
    values (%(id)s, %(aggregatetype)s, %(aggregateid)s, %(type)s, %(payload)s)
"""


@overload
def add_event(connection: "type_sync", event: Event) -> None: ...
@overload
def add_event(connection: "type_async", event: Event) -> Awaitable[None]: ...
def add_event(connection: Any, event: Event) -> Awaitable[None] | None:
    """Stores the event in the outbox, inside the caller's transaction: it never commits, begins or rolls back.

    Takes psycopg's and SQLAlchemy's connections and sessions. With an asynchronous one the answer is to be awaited:
    `await add_event(connection, event)`. The active OpenTelemetry span, if any, becomes the event's cause.

    Raises:
        InvalidEventError: the event breaks a rule of its contract; nothing has been sent to the database.
        TypeError: the connection is of another kind.
    """
    row = _row(event)
    if isinstance(connection, Connection | Session | scoped_session):
        connection.execute(insert(outbox), row)
        return None
    # An asynchronous session, or a connection of psycopg, exists only where its module has been imported.
    asynchronous: Any = sys.modules.get("sqlalchemy.ext.asyncio")
    if asynchronous and isinstance(
        connection,
        asynchronous.AsyncConnection | asynchronous.AsyncSession | asynchronous.async_scoped_session,
    ):
        return _sqlalchemy(connection, row)
    driver: Any = sys.modules.get("psycopg")
    if driver and isinstance(connection, driver.Connection):
        connection.execute(_INSERT, row)
        return None
    if driver and isinstance(connection, driver.AsyncConnection):
        return _psycopg(connection, row)
    raise TypeError(
        f"add_event takes a connection or session of psycopg or SQLAlchemy, not {type(connection).__qualname__}"
    )


async def _sqlalchemy(connection: "AsyncConnection | AsyncSession", row: dict[str, Any]) -> None:
    await connection.execute(insert(outbox), row)


async def _psycopg(connection: "psycopg.AsyncConnection[Any]", row: dict[str, Any]) -> None:
    await connection.execute(_INSERT, row)


def _row(event: Event) -> dict[str, Any]:
    payload = encode(event, traceparent=current_traceparent())
    try:
        # As the consumer will see it: ids given as text become UUIDs, and a time too far ahead is refused here.
        event = decode(topic_of(event), payload, now=datetime.now(UTC))
    except DecodeError as error:
        raise InvalidEventError(error.detail) from None
    return {
        "id": event.id,
        "aggregatetype": topic_of(event),
        "aggregateid": key_of(event),
        "type": type_of(event),
        "payload": payload,
    }
