"""`analytics.dead_letter`: what could not be applied, kept with its exact bytes in the transaction that passed it."""

import base64
import getpass
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeAlias

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from psa_event_consumer.apply.batch import Dead, Reason, Record, instant
from psa_event_consumer.apply.cut import KEPT_WHOLE, MAX_HEADER_BYTES, MAX_HEADERS, Cut
from psa_event_consumer.apply.database import bytea_array

StoredRow: TypeAlias = tuple[
    int,
    str,
    int,
    int,
    datetime | None,
    bytes | None,
    bytes | None,
    int | None,
    bytes | None,
    str,
    list[tuple[str, str | None]],
]
"""id, topic, partition, offset, timestamp, key, value, where it is cut its length and hash, detail, base64 headers."""


PAGE: Final = 1000
"""Dead letters that are listed at a time."""


class Which(NamedTuple):
    """Selects dead letters; None stands for any."""

    status: str | None = None
    reason: str | None = None


class StillDead(NamedTuple):
    """A dead letter whose replay was refused."""

    id: int
    reason: Reason
    detail: str


async def insert(connection: AsyncConnection, group_id: str, epochs: Mapping[int, int], dead: Sequence[Dead]) -> None:
    """Write them in the caller's transaction. One that is there already stays as it is.

    It is there after the database's offset was set back by hand; a failover sets both back.
    """
    rows = [_columns(letter, epochs[letter.record.partition]) for letter in dead]
    values: dict[str, Any] = {name: [row[name] for row in rows] for name in rows[0]}
    values |= {name: bytea_array(values[name]) for name in ("key", "value", "value_sha256")}
    await connection.execute(
        """
        insert into analytics.dead_letter (
          group_id, topic, topic_epoch, partition, "offset", key, value, value_bytes, value_sha256, headers,
          record_timestamp, event_id, reason, detail
        )
        select %(group_id)s, given.*
        from unnest(
          %(topic)s::text[], %(epoch)s::int[], %(partition)s::int[], %(offset)s::bigint[], %(key)s,
          %(value)s, %(value_bytes)s::bigint[], %(value_sha256)s, %(headers)s::text[]::jsonb[],
          %(record_timestamp)s::timestamptz[], %(event_id)s::uuid[], %(reason)s::text[], %(detail)s::text[]
        ) as given
        on conflict (group_id, topic, topic_epoch, partition, "offset") do nothing
        """,
        {"group_id": group_id, **values},
    )


def _columns(letter: Dead, epoch: int) -> dict[str, Any]:
    record = letter.record
    value = _kept(record.value)
    return {
        "topic": record.topic,
        "epoch": epoch,
        "partition": record.partition,
        "offset": record.offset,
        "key": _kept(record.key),
        "value": value,
        "value_bytes": value.length if isinstance(value, Cut) else None,
        "value_sha256": value.sha256 if isinstance(value, Cut) else None,
        "headers": json.dumps(_encoded(record)),
        "record_timestamp": instant(record.timestamp),
        "event_id": letter.event_id,
        "reason": letter.reason,
        "detail": _storable(letter.detail),
    }


def _kept(content: bytes | None) -> bytes | None:
    if content is None or isinstance(content, Cut) or len(content) <= KEPT_WHOLE:
        return content
    return Cut.large(content)


def _encoded(record: Record) -> list[list[str | None]]:
    """Return pairs of name and base64: a header may lack a value, and a name may come twice."""
    pairs: list[list[str | None]] = []
    size = 0
    for name, value in record.headers[:MAX_HEADERS]:
        size += len(name) + len(value or b"")
        if size > MAX_HEADER_BYTES:
            break
        pairs.append([_storable(name), None if value is None else base64.b64encode(value).decode()])
    return pairs


def _storable(text: str) -> str:
    """Return what PostgreSQL's text holds: neither NUL nor half of a surrogate pair."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


async def listed(
    connection: AsyncConnection, group_id: str, which: Which, *, after: int = 0, limit: int = PAGE
) -> list[tuple[Any, ...]]:
    """Return a page of the group's dead letters in the order they came, without their values."""
    cursor = await connection.execute(
        """
        select id, status, reason, topic, partition, "offset", first_seen_at, event_id, detail
        from analytics.dead_letter
        where group_id = %s and status = coalesce(%s, status) and reason = coalesce(%s, reason) and id > %s
        order by id
        limit %s
        """,
        (group_id, which.status, which.reason, after, limit),
    )
    return await cursor.fetchall()


async def shown(connection: AsyncConnection, group_id: str, letter_id: int) -> dict[str, Any] | None:
    """Return all about one: its key and value as text, and as base64, the exact bytes."""
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
    digest: bytes | None = row["value_sha256"]
    row["value_sha256"] = None if digest is None else digest.hex()
    return row


async def new_ids(connection: AsyncConnection, group_id: str, reason: str | None) -> list[int]:
    """Return the ids of those that await a decision."""
    cursor = await connection.execute(
        """
        select id from analytics.dead_letter
        where group_id = %s and status = 'new' and reason = coalesce(%s, reason) order by id
        """,
        (group_id, reason),
    )
    return [row[0] for row in await cursor.fetchall()]


async def lock(connection: AsyncConnection, group_id: str, ids: Sequence[int]) -> list[StoredRow]:
    """Lock those of them that are new, in the order in which records are applied."""
    cursor = await connection.execute(
        """
        select id, topic, partition, "offset", record_timestamp, key, value, value_bytes, value_sha256, detail, headers
        from analytics.dead_letter
        where group_id = %s and id = any(%s) and status = 'new'
        order by topic, partition, topic_epoch, "offset"
        for update
        """,
        (group_id, list(ids)),
    )
    rows: list[Any] = await cursor.fetchall()
    return rows


async def mark_refused(connection: AsyncConnection, still_dead: Sequence[StillDead]) -> None:
    """Note that they were refused again, perhaps for another reason."""
    async with connection.cursor() as cursor:
        await cursor.executemany(
            "update analytics.dead_letter set reason = %s, detail = %s, attempts = attempts + 1 where id = %s",
            [(letter.reason, _storable(letter.detail), letter.id) for letter in still_dead],
        )


async def mark_replayed(connection: AsyncConnection, ids: Iterable[int]) -> None:
    """Note that they are applied, now or before."""
    await connection.execute(
        """
        update analytics.dead_letter
        set status = 'replayed', attempts = attempts + 1, resolved_at = now(), resolved_by = %s
        where id = any(%s)
        """,
        (_operator(), sorted(ids)),
    )


async def discard(connection: AsyncConnection, group_id: str, ids: Sequence[int], because: str) -> set[int]:
    """Give up those that are new, and return which ones they were."""
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


async def mark_skipped(
    connection: AsyncConnection, group_id: str, record: tuple[str, int, int, int], because: str
) -> None:
    """Note a record that an operator passes over unread: topic, epoch, partition, offset."""
    await connection.execute(
        """
        insert into analytics.dead_letter (
          group_id, topic, topic_epoch, partition, "offset", reason, detail, status,
          resolved_at, resolved_by, resolution
        )
        values (%s, %s, %s, %s, %s, 'skipped', 'passed over unread', 'discarded', now(), %s, %s)
        on conflict (group_id, topic, topic_epoch, partition, "offset") do nothing
        """,
        (group_id, *record, _operator(), _storable(because)),
    )


def _operator() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"  # a container's user needs no name
