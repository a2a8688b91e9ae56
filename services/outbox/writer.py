"""`add_event` for every kind of connection that the main application may hold."""

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any, overload

from sqlalchemy import insert

from services.connection import AnyAsyncConnection, Steps, SyncConnection, run
from services.events import DecodeError, Event, InvalidEventError, decode, encode, key_of, topic_of, type_of
from services.outbox.trace import current_traceparent
from shared_queries.tables import outbox


@overload
def add_event(connection: SyncConnection, event: Event) -> None: ...
@overload
def add_event(connection: AnyAsyncConnection, event: Event) -> Awaitable[None]: ...
def add_event(connection: Any, event: Event) -> Awaitable[None] | None:
    """Store the event in the outbox, inside the caller's transaction: it never commits, begins or rolls back.

    Takes psycopg's and SQLAlchemy's connections and sessions. With an asynchronous one the answer is to be awaited:
    `await add_event(connection, event)`. The active OpenTelemetry span, if any, becomes the event's cause.

    Raises:
        InvalidEventError: the event breaks a rule of its contract; nothing has been sent to the database.
        TypeError: the connection is of another kind.
    """
    stored: Awaitable[None] | None = run(connection, _store(_row(event)))
    return stored


def _store(row: dict[str, Any]) -> Steps[None]:
    yield insert(outbox).values(row)


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
