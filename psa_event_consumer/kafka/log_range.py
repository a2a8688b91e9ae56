"""Whether a stored offset is in the log that Kafka has now."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiokafka import AIOKafkaConsumer, TopicPartition

from psa_event_consumer.apply.offsets import Position

_KAFKA_SECONDS = 10.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class LogRange:
    """What a partition's log holds."""

    start: int
    end: int
    first_after: int | None
    """The first record that is newer than everything we applied of it; None where there is none."""


async def log_ranges(
    kafka: AIOKafkaConsumer, positions: Mapping[TopicPartition, Position | None]
) -> dict[TopicPartition, LogRange]:
    """Asks the brokers.

    Raises:
        TimeoutError: they do not answer in time.
        KafkaError: they refuse.
    """
    since = {
        partition: (position.applied_until - _EPOCH) // _MILLISECOND + 1
        for partition, position in positions.items()
        if position is not None and position.applied_until is not None
    }
    async with asyncio.timeout(_KAFKA_SECONDS):
        starts = await kafka.beginning_offsets(list(positions))
        ends = await kafka.end_offsets(list(positions))
        newer = await kafka.offsets_for_times(since)
    return {
        partition: LogRange(
            starts[partition], ends[partition], None if newer.get(partition) is None else newer[partition].offset
        )
        for partition in positions
    }


def outside(position: Position, log: LogRange) -> str | None:
    """Return what is wrong with a stored position; None where it is in the log.

    aiokafka does not know topic ids, so a topic made anew shows by its records: those before our position would be
    newer than anything that we have applied.
    """
    at = position.next_offset
    if at < log.start:
        return f"retention removed records {at} to {log.start - 1} before they were applied"
    if at > log.end:
        return f"the stored offset is {at}, the log ends at {log.end}: the topic was made anew, or the log was cut"
    if log.first_after is not None and log.first_after < at:
        return f"the stored offset is {at}, but record {log.first_after} is newer than all we applied: another log"
    return None
