"""The server reads our binary arrays as what they were made of."""

from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID, uuid4

import pytest
from psycopg import AsyncConnection

from psa_event_consumer.apply.database import bytea_array, timestamptz_array, uuid_array


@pytest.mark.parametrize("length", [0, 1, 2, 1000])
async def test_uuids(consumer_connection: AsyncConnection, length: int) -> None:
    items = [uuid4() for _ in range(length)]
    cursor = await consumer_connection.execute("select array(select unnest(%s))", (uuid_array(items),))
    assert await cursor.fetchone() == (items,)


async def test_instants(consumer_connection: AsyncConnection) -> None:
    items = [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 3, 29, 2, 30, 0, 1, tzinfo=timezone(timedelta(hours=5, minutes=45))),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ]
    cursor = await consumer_connection.execute("select array(select unnest(%s))", (timestamptz_array(items),))
    assert await cursor.fetchone() == (items,)


async def test_ids_that_postgresql_must_not_mix_up(consumer_connection: AsyncConnection) -> None:
    cursor = await consumer_connection.execute("select (%s)[1]", (uuid_array([UUID(int=1)]),))
    assert await cursor.fetchone() == (UUID(int=1),)


@pytest.mark.parametrize("items", [[], [None], [b"", None, b"\x00\xff", b"x" * 100_000]])
async def test_bytes_with_nulls(consumer_connection: AsyncConnection, items: list[bytes | None]) -> None:
    cursor = await consumer_connection.execute("select array(select unnest(%s))", (bytea_array(items),))
    assert await cursor.fetchone() == (items,)
