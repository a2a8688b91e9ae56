"""What the brokers say of our topics, asked in ways that need no record read: ids, partitions, ends."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import IncompatibleBrokerVersion, KafkaConnectionError, StaleMetadata, for_code
from aiokafka.protocol.api import Request, RequestStruct, Response
from aiokafka.protocol.offset import OffsetRequest
from aiokafka.protocol.types import (
    AbstractType,
    Boolean,
    CompactArray,
    CompactString,
    Int16,
    Int32,
    Schema,
    TaggedFields,
)

from services.events import TOPICS

_LATEST: Final = -1
_EVERY_RECORD, _COMMITTED_RECORDS = 0, 1
_UNKNOWN_TOPIC: Final = 3


class _Uuid(AbstractType):  # type: ignore[misc]  # aiokafka is untyped
    @classmethod
    def encode(cls, value: UUID) -> bytes:
        return value.bytes

    @classmethod
    def decode(cls, data: BytesIO) -> UUID:
        return UUID(bytes=data.read(16))


class _DescribeResponse(Response):  # type: ignore[misc]  # the same
    API_KEY = 3
    API_VERSION = 12
    SCHEMA = Schema(
        ("throttle_time_ms", Int32),
        (
            "brokers",
            CompactArray(
                ("node_id", Int32),
                ("host", CompactString("utf-8")),
                ("port", Int32),
                ("rack", CompactString("utf-8")),
                ("tags", TaggedFields),
            ),
        ),
        ("cluster_id", CompactString("utf-8")),
        ("controller_id", Int32),
        (
            "topics",
            CompactArray(
                ("error_code", Int16),
                ("name", CompactString("utf-8")),
                ("topic_id", _Uuid),
                ("is_internal", Boolean),
                (
                    "partitions",
                    CompactArray(
                        ("error_code", Int16),
                        ("partition", Int32),
                        ("leader", Int32),
                        ("leader_epoch", Int32),
                        ("replicas", CompactArray(Int32)),
                        ("isr", CompactArray(Int32)),
                        ("offline", CompactArray(Int32)),
                        ("tags", TaggedFields),
                    ),
                ),
                ("authorized_operations", Int32),
                ("tags", TaggedFields),
            ),
        ),
        ("tags", TaggedFields),
    )


class _DescribeStruct(RequestStruct):  # type: ignore[misc]  # the same
    """Metadata, version 12: the first that every supported broker answers with topic ids."""

    FLEXIBLE_VERSION = True
    API_KEY = 3
    API_VERSION = 12
    RESPONSE_TYPE = _DescribeResponse
    SCHEMA = Schema(
        ("topics", CompactArray(("topic_id", _Uuid), ("name", CompactString("utf-8")), ("tags", TaggedFields))),
        ("allow_auto_topic_creation", Boolean),
        ("include_topic_authorized_operations", Boolean),
        ("tags", TaggedFields),
    )


class _Describe(Request[_DescribeStruct]):  # type: ignore[misc]  # the same
    API_KEY = 3

    def build(self, request_struct_class: type[_DescribeStruct]) -> _DescribeStruct:
        topics: list[tuple[UUID, str, dict[int, bytes]]] = [(UUID(int=0), topic, {}) for topic in TOPICS]
        return request_struct_class(topics, False, False, {})  # noqa: FBT003  by position, as aiokafka's structs are


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as the cluster has it now."""

    id: UUID | None
    """Another one after it was deleted and made again; None where the broker is older than Kafka 3.1."""
    partitions: frozenset[int]


@dataclass(frozen=True, slots=True)
class LogEnd:
    """Where a partition's log ends."""

    high_watermark: int
    """After the last record."""
    last_stable: int
    """After the last record that no open transaction holds back."""


async def describe(kafka: AIOKafkaConsumer) -> dict[str, Topic]:
    """Return those of our topics that there are.

    Raises:
        KafkaError: the brokers do not say.
    """
    client = kafka._client  # noqa: SLF001  the public interface has no way to ask
    node = client.get_random_node()
    if node is None:
        raise KafkaConnectionError("no broker is known")
    try:
        answer: Any = await client.send(node, _Describe())
    except (IncompatibleBrokerVersion, NotImplementedError):
        return await _describe_without_ids(kafka)
    found = {}
    for error, name, topic_id, _, partitions, *_ in answer.topics:
        if error == 0:
            found[name] = Topic(topic_id, frozenset(partition for _, partition, *_ in partitions))
        elif error != _UNKNOWN_TOPIC:
            raise for_code(error)(f"{name}: {for_code(error).__name__}")
    return found


async def _describe_without_ids(kafka: AIOKafkaConsumer) -> dict[str, Topic]:
    found = {}
    for topic in set(TOPICS) & await kafka.topics():
        found[topic] = Topic(None, frozenset(kafka.partitions_for_topic(topic) or ()))
    return found


async def log_ends(kafka: AIOKafkaConsumer, partitions: Collection[TopicPartition]) -> dict[TopicPartition, LogEnd]:
    """Return where the logs end, with and without what open transactions hold back.

    Raises:
        KafkaError: a broker does not say.
    """
    # The stable ends last: only an open transaction keeps them below an end that was asked for before.
    high = await _ends(kafka, partitions, _EVERY_RECORD)
    stable = await _ends(kafka, partitions, _COMMITTED_RECORDS)
    return {partition: LogEnd(high[partition], stable[partition]) for partition in partitions}


async def _ends(
    kafka: AIOKafkaConsumer, partitions: Collection[TopicPartition], isolation: int
) -> Mapping[TopicPartition, int]:
    client = kafka._client  # noqa: SLF001  end_offsets knows the client's own isolation alone
    by_leader: dict[int, dict[str, list[tuple[int, int]]]] = defaultdict(lambda: defaultdict(list))
    for partition in partitions:
        leader = client.cluster.leader_for_partition(partition)
        if leader is None or leader < 0:
            client.force_metadata_update()
            raise StaleMetadata(partition)
        by_leader[leader][partition.topic].append((partition.partition, _LATEST))
    answers = await asyncio.gather(
        *(
            client.send(leader, OffsetRequest(-1, isolation, list(topics.items())))
            for leader, topics in by_leader.items()
        )
    )
    ends = {}
    for answer in answers:
        for topic, told in answer.topics:
            for partition, error, *_, offset in told:
                if error:
                    client.force_metadata_update()
                    raise for_code(error)(f"{topic} {partition}")
                ends[TopicPartition(topic, partition)] = offset
    return ends
