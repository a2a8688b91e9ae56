"""`analytics.dead_letter`: what could not be applied, kept with its exact bytes in the transaction that passed it."""

import base64
import getpass
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from psa_event_consumer.apply.batch import Dead, Reason, Record, instant

StoredRow: TypeAlias = tuple[
    int, str, int, int, datetime | None, bytes | None, bytes | None, list[tuple[str, str | None]]
]
"""id, topic, partition, offset, timestamp, key, value, headers with base64."""


class StillDead(NamedTuple):
    """A dead letter whose replay was refused."""

    id: int
    reason: Reason
    detail: str


async def insert(connection: AsyncConnection, group_id: str, epochs: Mapping[int, int], dead: Sequence[Dead]) -> None:
    """Write them in the caller's transaction. One that is there already stays as it is.

    It is there after the database's offset was set back by hand; a failover sets both back.
    """
    if not dead:
        return
    async with connection.cursor() as cursor:
        await cursor.executemany(
            """
            insert into analytics.dead_letter (
              group_id, topic, topic_epoch, partition, "offset", key, value, headers, record_timestamp,
              event_id, reason, detail
            )
            values (%s, %s, %s, %s, %s, %b, %b, %s, %s, %s, %s, %s)
            on conflict (group_id, topic, topic_epoch, partition, "offset") do nothing
            """,
            [(group_id, *_columns(letter, epochs[letter.record.partition])) for letter in dead],
        )


def _columns(letter: Dead, epoch: int) -> tuple[Any, ...]:
    record = letter.record
    return (
        record.topic,
        epoch,
        record.partition,
        record.offset,
        record.key,
        record.value,
        Jsonb(_encoded(record)),
        instant(record.timestamp),
        letter.event_id,
        letter.reason,
        _storable(letter.detail),
    )


def _encoded(record: Record) -> list[list[str | None]]:
    """Pairs of name and base64: a header may lack a value, and a name may come twice."""
    return [
        [_storable(name), None if value is None else base64.b64encode(value).decode()] for name, value in record.headers
    ]


def _storable(text: str) -> str:
    """Return what PostgreSQL's text holds: neither NUL nor half of a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


async def listed(
    connection: AsyncConnection, group_id: str, status: str | None, reason: str | None
) -> list[tuple[Any, ...]]:
    """Return the group's dead letters in the order they came, without their values."""
    cursor = await connection.execute(
        """
        select id, status, reason, topic, partition, "offset", first_seen_at, event_id, detail
        from analytics.dead_letter
        where group_id = %s and status = coalesce(%s, status) and reason = coalesce(%s, reason)
        order by id
        """,
        (group_id, status, reason),
    )
    return await cursor.fetchall()


async def shown(connection: AsyncConnection, group_id: str, letter_id: int) -> dict[str, Any] | None:
    """All about one: its key and value as text where they are, and always as base64, the exact bytes."""
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(
            "select * from analytics.dead_letter where group_id = %s and id = %s", (group_id, letter_id)
        )
        row = await cursor.fetchone()
    if row is None:
        return None
    for name in ("key", "value"):
        content: bytes | None = row[name]
        row[name] = None if content is None else content.decode("utf-8", "replace")
        row[f"{name}_base64"] = None if content is None else base64.b64encode(content).decode()
    return row


async def new_ids(connection: AsyncConnection, group_id: str, reason: str | None) -> list[int]:
    """Of those that await a decision."""
    cursor = await connection.execute(
        """
        select id from analytics.dead_letter
        where group_id = %s and status = 'new' and reason = coalesce(%s, reason) order by id
        """,
        (group_id, reason),
    )
    return [row[0] for row in await cursor.fetchall()]


async def lock(connection: AsyncConnection, group_id: str, ids: Sequence[int]) -> list[StoredRow]:
    """Those of them that are new, for this transaction alone, in the order in which records are applied."""
    cursor = await connection.execute(
        """
        select id, topic, partition, "offset", record_timestamp, key, value, headers
        from analytics.dead_letter
        where group_id = %s and id = any(%s) and status = 'new'
        order by topic, partition, topic_epoch, "offset"
        for update
        """,
        (group_id, list(ids)),
    )
    rows: list[Any] = await cursor.fetchall()
    return rows


async def keep(connection: AsyncConnection, still_dead: Sequence[StillDead]) -> None:
    """They were refused again, maybe for another reason."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "update analytics.dead_letter set reason = %s, detail = %s, attempts = attempts + 1 where id = %s",
            [(letter.reason, _storable(letter.detail), letter.id) for letter in still_dead],
        )


async def replayed(connection: AsyncConnection, ids: Iterable[int]) -> None:
    """They are applied, or were before."""
    await connection.execute(
        """
        update analytics.dead_letter
        set status = 'replayed', attempts = attempts + 1, resolved_at = now(), resolved_by = %s
        where id = any(%s)
        """,
        (_operator(), sorted(ids)),
    )


async def discard(connection: AsyncConnection, group_id: str, ids: Sequence[int], because: str) -> set[int]:
    """Nothing will come of those that are new; returns which ones."""
    cursor = await connection.execute(
        """
        update analytics.dead_letter
        set status = 'discarded', resolved_at = now(), resolved_by = %s, resolution = %s
        where group_id = %s and id = any(%s) and status = 'new'
        returning id
        """,
        (_operator(), _storable(because), group_id, list(ids)),
    )
    return {row[0] for row in await cursor.fetchall()}


def _operator() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"  # a container's user needs no name
