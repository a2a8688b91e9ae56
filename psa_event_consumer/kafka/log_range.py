"""Whether a stored offset is in the log that Kafka has now."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition

from psa_event_consumer.apply.offsets import Position
from psa_event_consumer.kafka.cluster import describe

_KAFKA_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class LogRange:
    """What a partition's log holds."""

    start: int
    end: int
    topic_id: UUID | None


async def log_ranges(kafka: AIOKafkaConsumer, partitions: Collection[TopicPartition]) -> dict[TopicPartition, LogRange]:
    """Ask the brokers. Nothing is asked for which they would have to read a record.

    Raises:
        TimeoutError: they do not answer in time.
        KafkaError: they refuse.
    """
    async with asyncio.timeout(_KAFKA_SECONDS):
        topics = await describe(kafka)
        starts = await kafka.beginning_offsets(list(partitions))
        ends = await kafka.end_offsets(list(partitions))
    ids = {name: topic.id for name, topic in topics.items()}
    return {
        partition: LogRange(starts[partition], ends[partition], ids.get(partition.topic)) for partition in partitions
    }


def outside(position: Position, log: LogRange) -> str | None:
    """Say what is wrong with a stored position; None where it is in the log."""
    at = position.next_offset
    if position.topic_id is not None and log.topic_id is not None and position.topic_id != log.topic_id:
        return f"the topic was deleted and made again: its id is {log.topic_id}, and was {position.topic_id}"
    if at < log.start:
        return f"retention removed records {at} to {log.start - 1} before they were applied"
    if at > log.end:
        return f"the stored offset is {at}, the log ends at {log.end}: the topic was made again, or the log was cut"
    return None
