"""Batches as the loop makes them, without Kafka."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby

from psycopg import AsyncConnection

from psa_event_consumer.apply import offsets
from psa_event_consumer.apply.batch import Batch, Move, decode_into
from psa_event_consumer.apply.transaction import Outcome, apply_batch
from services.events import FLOW_MATCHED_TOPIC, Event, encode, key_of, topic_of

GROUP = "test"
RETENTION = timedelta(days=30)


@dataclass(frozen=True)
class FakeRecord:
    """Kafka's side of a record."""

    value: bytes | None
    offset: int = 0
    partition: int = 0
    topic: str = FLOW_MATCHED_TOPIC
    timestamp: int = field(default_factory=lambda: int(datetime.now(UTC).timestamp() * 1000))
    key: bytes | None = None
    headers: Sequence[tuple[str, bytes | None]] = ()


def record_of(event: Event, offset: int = 0, partition: int = 0) -> FakeRecord:
    return FakeRecord(encode(event), offset, partition, topic_of(event), key=key_of(event).encode())


def in_order(*events: Event, first: int = 0) -> list[FakeRecord]:
    return [record_of(event, offset) for offset, event in enumerate(events, first)]


async def apply(connection: AsyncConnection, *records: FakeRecord, group_id: str = GROUP) -> Outcome:
    """The records of one topic as one batch, from where their partitions stand."""
    topic = records[0].topic
    ordered = sorted(records, key=lambda record: (record.partition, record.offset))
    begun = {(topic, partition): offsets.Position(0, 0) for partition in {record.partition for record in ordered}}
    await offsets.begin(connection, group_id, begun)
    positions = await offsets.load(connection, group_id, [topic])
    batch = Batch(topic)
    now = datetime.now(UTC)
    for partition, group in groupby(ordered, key=lambda record: record.partition):
        mine = list(group)
        position = positions[topic, partition]
        batch.moves.append(Move(partition, position.epoch, position.next_offset, mine[-1].offset + 1, None))
    await decode_into(batch, ordered, now=now, oldest=now - RETENTION)
    return await apply_batch(connection, group_id, batch)
