"""Commits to Kafka how far we are. For tooling only (lag dashboards, KEDA): nothing of ours starts from it."""

import asyncio

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.structs import OffsetAndMetadata

from psa_event_consumer.kafka.gate import Gate

log = structlog.get_logger(__name__)

_INTERVAL_SECONDS = 1.0
_TIMEOUT_SECONDS = 5.0
_LAST_TIMEOUT_SECONDS = 2.0


class KafkaCommits:
    """Commits what the gate knows once a second, beside the loop: Kafka's absence must not hold it up."""

    def __init__(self, kafka: AIOKafkaConsumer, gate: Gate) -> None:
        self._kafka = kafka
        self._gate = gate
        self._committed: dict[TopicPartition, int] = {}

    async def run(self) -> None:
        """Commit until it is cancelled."""
        while True:
            await asyncio.sleep(_INTERVAL_SECONDS)
            await self.commit(_TIMEOUT_SECONDS)

    async def commit_last(self) -> None:
        """Once more before the group is left."""
        await self.commit(_LAST_TIMEOUT_SECONDS)

    async def commit(self, timeout: float) -> None:  # noqa: ASYNC109  Kafka's commit has none of its own: it retries forever
        """Commit what is due of the partitions that are still ours; a failure is made good by the next commit.

        Always with explicit offsets: without, aiokafka commits what it has handed out, processed or not.
        """
        mine = self._kafka.assignment()
        due = {
            partition: OffsetAndMetadata(offset, "")
            for partition, offset in self._gate.positions().items()
            if partition in mine and self._committed.get(partition) != offset
        }
        if not due:
            return
        try:
            async with asyncio.timeout(timeout):
                await self._kafka.commit(due)
        except (KafkaError, TimeoutError) as error:
            log.info("offsets_not_committed", error=str(error))
        else:
            self._committed |= {partition: sent.offset for partition, sent in due.items()}
