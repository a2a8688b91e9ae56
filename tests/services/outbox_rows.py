"""The outbox as a test fills it and looks at it."""

from collections.abc import Iterable
from uuid import UUID

import psycopg

from services.events import Event, encode, key_of, topic_of, type_of
from tests.infra.database import Database


def add_rows(database: Database, events: Iterable[Event]) -> None:
    """Many at once, as `add_event` would store them."""
    rows = [(event.id, topic_of(event), key_of(event), type_of(event), encode(event)) for event in events]
    with (
        database.connect() as connection,
        connection.cursor() as cursor,
        cursor.copy("copy analytics.outbox (id, aggregatetype, aggregateid, type, payload) from stdin") as copy,
    ):
        for row in rows:
            copy.write_row(row)


def add_raw(connection: psycopg.Connection, row_id: UUID, topic: str, payload: bytes) -> None:
    """What `add_event` would never store."""
    connection.execute(
        "insert into analytics.outbox (id, aggregatetype, aggregateid, type, payload) values (%s, %s, 'k', 't', %s)",
        [row_id, topic, payload],
    )


def rows_left(database: Database) -> list[UUID]:
    with database.connect() as connection:
        return [row[0] for row in connection.execute("select id from analytics.outbox order by created_at, id")]
