"""`offsets reset TOPIC` accepts that records are gone and goes on; `offsets skip` passes over one record."""

import argparse
import sys

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from psa_event_consumer.apply import database, dead_letters, offsets
from psa_event_consumer.apply.batch import Move
from psa_event_consumer.commands.types import Commands
from psa_event_consumer.kafka.client import stop_consumer
from psa_event_consumer.kafka.log_range import LogRange, log_ranges, outside
from psa_event_consumer.settings import ConsumerSettings
from services.events import TOPICS


def add_to(commands: Commands) -> None:
    """Add `offsets` to the command line."""
    verbs = commands.add_parser("offsets", help="where the consumer stands").add_subparsers(
        required=True, metavar="verb"
    )
    parser = verbs.add_parser(
        "reset",
        help="for partitions whose stored offset is outside their log",
        description=(
            "Where retention removed records before they were applied: goes on from the log's start. Where the topic"
            " was recreated: raises its epoch and begins at the start of every partition. Positions inside their logs"
            " stay. Safe while consumers run; events applied before are not applied again."
        ),
    )
    parser.add_argument("topic", metavar="TOPIC")
    parser.set_defaults(command=_reset)

    parser = verbs.add_parser(
        "skip",
        help="passes over the record that a partition stands at",
        description=(
            "For a record that stops its partition. It is kept as a dead letter without its content, discarded with"
            " your reason. Safe while consumers run: they load the new position."
        ),
    )
    parser.add_argument("topic", metavar="TOPIC")
    parser.add_argument("partition", type=int, metavar="PARTITION")
    parser.add_argument("offset", type=int, metavar="OFFSET")
    parser.add_argument("--because", required=True, metavar="TEXT", help="for whoever asks later")
    parser.set_defaults(command=_skip)


async def _reset(settings: ConsumerSettings, arguments: argparse.Namespace) -> int:
    topic: str = arguments.topic
    if topic not in TOPICS:
        sys.stderr.write(f"{topic!r} is not consumed; there are: {', '.join(TOPICS)}\n")
        return 2
    async with await database.connect(settings.database_url) as connection, database.transaction(connection):
        positions = await offsets.load(connection, settings.group_id, [topic])
        try:
            ranges = await _ranges(settings, topic)
        except (KafkaError, TimeoutError) as error:
            sys.stderr.write(f"Kafka does not tell what is in {topic}: {error or type(error).__name__}\n")
            return 1
        recreated, trimmed = sort_out(positions, ranges)
        if recreated:
            epoch = 1 + max(position.epoch for position in positions.values())
            begun: dict[offsets.Partition, offsets.Position] = {
                partition: offsets.Position(epoch, log.start, topic_id=log.topic_id)
                for partition, log in ranges.items()
            }
            await offsets.begin(connection, settings.group_id, begun)
            sys.stdout.write(f"{topic}: recreated; epoch {epoch} begins at the start of {len(begun)} partitions\n")
        elif trimmed:
            await offsets.skip_to(connection, settings.group_id, topic, trimmed, positions)
            for partition, start in sorted(trimmed.items()):
                gap = start - positions[topic, partition].next_offset
                sys.stdout.write(f"{topic} {partition}: skipped {gap} removed offsets, goes on at {start}\n")
        else:
            sys.stdout.write(f"{topic}: every stored offset is inside its log; nothing to reset\n")
    return 0


async def _skip(settings: ConsumerSettings, arguments: argparse.Namespace) -> int:
    topic, partition, offset = arguments.topic, arguments.partition, arguments.offset
    async with await database.connect(settings.database_url) as connection, database.transaction(connection):
        position = (await offsets.load(connection, settings.group_id, [topic])).get((topic, partition))
        if position is None:
            sys.stderr.write(f"group {settings.group_id} has no position in {topic} {partition}\n")
            return 2
        if position.next_offset != offset:
            sys.stderr.write(f"{topic} {partition} stands at {position.next_offset}, not at {offset}\n")
            return 1
        step = Move(partition, position.epoch, offset, offset + 1, None)
        await offsets.advance(connection, settings.group_id, topic, [step])
        record = (topic, position.epoch, partition, offset)
        await dead_letters.mark_skipped(connection, settings.group_id, record, arguments.because)
    sys.stdout.write(f"{topic} {partition}: skipped {offset}, goes on at {offset + 1}\n")
    return 0


def sort_out(
    positions: dict[offsets.Partition, offsets.Position], ranges: dict[TopicPartition, LogRange]
) -> tuple[bool, dict[int, int]]:
    """Return whether the topic was made again, and the partitions that lost records with their log's start."""
    recreated, trimmed = False, {}
    for partition, log in ranges.items():
        position = positions.get(partition)
        if position is None or outside(position, log) is None:
            continue
        if position.next_offset < log.start:
            trimmed[partition.partition] = log.start
        else:
            recreated = True
    return recreated, trimmed


async def _ranges(settings: ConsumerSettings, topic: str) -> dict[TopicPartition, LogRange]:
    """Ask outside the group: one more member would make all others pause."""
    consumer = AIOKafkaConsumer(**settings.kafka.client_options())
    try:
        await consumer.start()
        return await log_ranges(consumer, await partitions_of(settings, topic))
    finally:
        await stop_consumer(consumer)


async def partitions_of(settings: ConsumerSettings, topic: str) -> list[TopicPartition]:
    """Ask the brokers.

    Raises:
        KafkaError: the topic does not exist, or they do not answer.
    """
    admin = AIOKafkaAdminClient(**settings.kafka.client_options())
    try:
        await admin.start()
        # All topics: one that is asked for by name, and missing, may be made by the broker.
        for described in await admin.describe_topics():
            if described["topic"] == topic:
                return [TopicPartition(topic, each["partition"]) for each in described["partitions"]]
    finally:
        await admin.close()
    raise KafkaError("the topic does not exist")
