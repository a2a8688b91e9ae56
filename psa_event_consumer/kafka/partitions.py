"""Whether every partition that there is has a position of record, in the topic that there is now."""

from collections.abc import Mapping
from uuid import UUID

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from psycopg import AsyncConnection

from psa_event_consumer.apply import offsets
from psa_event_consumer.kafka.cluster import Topic, describe
from psa_event_consumer.kafka.gate import Gate
from services.events import TOPICS

log = structlog.get_logger(__name__)


async def look_at_topics(connection: AsyncConnection, gate: Gate, kafka: AIOKafkaConsumer) -> bool:
    """Say whether it has; give those that were added one, and stop consuming a topic that was made again."""
    topics = await describe(kafka)
    missing = sorted(set(TOPICS) - topics.keys())
    gate.problems += [f"{topic} does not exist: run python -m deploy.topics" for topic in missing]
    positions = await offsets.load(connection, gate.group_id, TOPICS)
    remade = _remade(positions, topics)
    if any(partition.topic in remade for partition in gate.held):
        log.warning("topic_made_again", topics=sorted(remade))
        gate.close()
    if remade:
        await kafka._client.force_metadata_update()  # noqa: SLF001  else the group learns of it half a minute later
    new = {
        TopicPartition(name, partition): topic.id
        for name, topic in topics.items()
        for partition in topic.partitions
        if (name, partition) not in positions
    }
    if new:
        await _begin(connection, gate, new, positions)
    return not (missing or remade or new)


def _remade(positions: Mapping[offsets.Partition, offsets.Position], topics: Mapping[str, Topic]) -> set[str]:
    return {
        name
        for (name, _), position in positions.items()
        if name in topics and None not in (position.topic_id, topics[name].id) and position.topic_id != topics[name].id
    }


async def _begin(
    connection: AsyncConnection,
    gate: Gate,
    new: Mapping[TopicPartition, UUID | None],
    positions: Mapping[offsets.Partition, offsets.Position],
) -> None:
    """Give partitions that were added a position, before anybody consumes them: from now on they hold `as_of` back.

    Nothing in them is older than the last moment at which all partitions were known.
    """
    assert gate.kafka is not None  # noqa: S101  whoever calls has asked it
    log.info("partitions_added", partitions=[f"{topic} {partition}" for topic, partition in sorted(new)])
    await gate.kafka._client.force_metadata_update()  # noqa: SLF001  else the group learns of them half a minute later
    starts = await gate.kafka.beginning_offsets(list(new))
    epochs = {topic: position.epoch for (topic, _), position in positions.items()}
    known = [position.applied_until for position in positions.values()]
    since = None if None in known else min((each for each in (*known, gate.looked_at) if each), default=None)
    begun: dict[offsets.Partition, offsets.Position] = {
        partition: offsets.Position(epochs.get(partition.topic, 0), starts[partition], since, topic_id)
        for partition, topic_id in new.items()
    }
    await offsets.begin(connection, gate.group_id, begun)
