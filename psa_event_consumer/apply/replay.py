"""An operator's replay: stored records through the same transaction, with the same event ids."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby

from psycopg import AsyncConnection

from psa_event_consumer.apply import database, dead_letters
from psa_event_consumer.apply.batch import Batch, decode_into
from psa_event_consumer.apply.cut import Cut
from psa_event_consumer.apply.database import Clock
from psa_event_consumer.apply.dead_letters import StillDead
from psa_event_consumer.apply.transaction import apply_events

CHUNK = 500
"""Dead letters a transaction."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as Kafka had it, read back from its dead letter."""

    id: int
    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Sequence[tuple[str, bytes | None]]


@dataclass(slots=True)
class Replayed:
    """What became of a chunk."""

    applied: int = 0
    duplicates: int = 0
    still_dead: list[StillDead] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    """The ids that were there and new."""


async def replay(connection: AsyncConnection, group_id: str, ids: Sequence[int]) -> Replayed:
    """Apply those of the dead letters that are new, in one transaction; of the tests only `too_old` is left out."""
    result = Replayed()
    async with database.transaction(connection):
        now = (await Clock.of(connection)).now()
        records = [_record(row) for row in await dead_letters.lock(connection, group_id, ids)]
        result.taken = {record.id for record in records}
        for topic, group in groupby(records, key=lambda record: record.topic):
            batch = Batch(topic)
            await decode_into(batch, list(group), now=now, oldest=None)
            outcome = await apply_events(connection, batch)
            result.applied += outcome.applied
            result.duplicates += outcome.duplicates
            for letter in outcome.dead:
                assert isinstance(letter.record, StoredRecord)  # noqa: S101  apply_events gives back what it was given
                result.still_dead.append(StillDead(letter.record.id, letter.reason, letter.detail))
        await dead_letters.mark_refused(connection, result.still_dead)
        await dead_letters.mark_replayed(connection, result.taken - {letter.id for letter in result.still_dead})
    return result


def _record(row: dead_letters.StoredRow) -> StoredRecord:
    letter_id, topic, partition, offset, at, key, value, length, sha256, detail, headers = row
    if value is not None and length is not None and sha256 is not None:
        value = Cut.of(value, length, sha256, detail)
    timestamp = -1 if at is None else round((at - _EPOCH).total_seconds() * 1000)
    decoded = [(name, None if text is None else base64.b64decode(text)) for name, text in headers]
    return StoredRecord(letter_id, topic, partition, offset, timestamp, key, value, decoded)
