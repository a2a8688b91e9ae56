"""The Kafka client: its options, and how it is started and stopped without surprises."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import KafkaError

from psa_event_consumer.kafka.reading import fetching
from psa_event_consumer.settings import ConsumerSettings
from services.events import TOPICS

log = structlog.get_logger(__name__)

MAX_POLL_INTERVAL_SECONDS = 300.0

_STOP_SECONDS = 3.0


class TopicsMissingError(KafkaError):  # type: ignore[misc]  # aiokafka is untyped
    """The deployment has not made our topics yet."""


OPTIONS: Final[dict[str, Any]] = {
    "client_id": "psa-event-consumer",
    # What Kafka has committed is not the position of record, and a reset to either end would skip or repeat.
    "auto_offset_reset": "none",
    "enable_auto_commit": False,
    "isolation_level": "read_committed",
    # One assignor: with two, each joins the group by itself, and start() hangs.
    "partition_assignment_strategy": (RoundRobinPartitionAssignor,),
    # How long a killed process's partitions wait: well under MAX_STALENESS_SECONDS. Too short costs a rebalance only.
    "session_timeout_ms": 10_000,
    "heartbeat_interval_ms": 3_000,
    # By default the session's: a slow revoke would get us evicted in its midst.
    "rebalance_timeout_ms": 60_000,
    "max_poll_interval_ms": int(MAX_POLL_INTERVAL_SECONDS * 1000),
    # A recreated topic is noticed within this time.
    "metadata_max_age_ms": 30_000,
    "request_timeout_ms": 20_000,
    "fetch_max_wait_ms": 200,
    # With 24 partitions these bound the memory: fetched bytes, and as much again decoded.
    "max_partition_fetch_bytes": 1024 * 1024,
    "fetch_max_bytes": 16 * 1024 * 1024,
}
"""What our promises need of the client.

Left out on purpose: value_deserializer, in which an exception drops the decoded part of a fetch and repeats it
forever; group_instance_id, since a static member never leaves and its partitions stall.
"""


def make_consumer(settings: ConsumerSettings) -> AIOKafkaConsumer:
    """Return a consumer of our group, subscribed to nothing yet."""
    return AIOKafkaConsumer(**settings.kafka.client_options(), **OPTIONS, group_id=settings.group_id)


@asynccontextmanager
async def joined(settings: ConsumerSettings, listener: ConsumerRebalanceListener) -> AsyncIterator[AIOKafkaConsumer]:
    """Yield a started consumer that joins the group; it has left it at the end, or at least no longer disturbs us.

    Raises:
        KafkaError: Kafka is away, or our topics are not there.
    """
    fetching.install()
    consumer = make_consumer(settings)
    try:
        await consumer.start()
        # Asked for by name, a missing topic would be made by a broker that makes topics on demand: with its own
        # number of partitions and its own retention.
        missing = set(TOPICS) - await consumer.topics()
        if missing:
            raise TopicsMissingError(f"topics are missing: {', '.join(sorted(missing))}")
        consumer.subscribe(list(TOPICS), listener=listener)
        yield consumer
    finally:
        await stop_consumer(consumer)


async def stop_consumer(consumer: AIOKafkaConsumer) -> None:
    """Leave the group and close the connections, within three seconds whatever the brokers do.

    aiokafka's stop() may hang while they are away, or raise a CancelledError that no one asked for and leave its
    sockets open; it does not call on_partitions_revoked.
    """
    stopping = asyncio.ensure_future(consumer.stop())
    _, pending = await asyncio.wait({stopping}, timeout=_STOP_SECONDS)
    if pending:
        stopping.cancel()
        log.warning("kafka_silent_at_leave", then="the group notices by itself that we left")
        await asyncio.wait({stopping}, timeout=1)
    elif not stopping.cancelled() and stopping.exception():
        log.warning("kafka_client_stopped_with_error", error=str(stopping.exception()))
    with suppress(Exception, asyncio.CancelledError):
        async with asyncio.timeout(1):
            await consumer._client.close()  # noqa: SLF001  what stop() skips after that CancelledError
