"""aiokafka's fetch, made to read by our own rules and to share a poll fairly."""

from collections.abc import Mapping
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.consumer import fetcher

from psa_event_consumer.apply.batch import Record
from psa_event_consumer.kafka.reading.batches import Batches
from psa_event_consumer.kafka.reading.budget import BUDGET

MAX_RECORDS: Final = 5000
"""Records a fetch hands over; a transaction of so many takes a fifth of a second."""


class _BoundedResult(fetcher.FetchResult):  # type: ignore[misc]  # aiokafka is untyped
    """A partition's fetched records, of which a poll gets no more than its budget allows."""

    _partition_records: Any

    def getall(self, max_records: int | None = None) -> list[Any]:
        if BUDGET.is_spent or not self.check_assignment(self._topic_partition) or not self.has_more():
            return []
        taken: list[Any] = []
        for record in self._partition_records:
            taken.append(record)
            if BUDGET.is_spent or (max_records is not None and len(taken) >= max_records):
                self._update_position()
                return taken
        self._update_position()
        self._partition_records = None
        return taken


def install() -> None:
    """Have every consumer of this process read so."""
    fetcher.MemoryRecords = Batches
    fetcher.FetchResult = _BoundedResult


async def poll(kafka: AIOKafkaConsumer, timeout_ms: int) -> Mapping[TopicPartition, list[Record]]:
    """Fetch records; a partition that has more goes behind the others, so that none waits for a long one.

    Raises:
        KafkaError: as the brokers say.
    """
    BUDGET.renew()
    fetched: dict[TopicPartition, list[Record]] = await kafka.getmany(timeout_ms=timeout_ms, max_records=MAX_RECORDS)
    waiting = kafka._fetcher._records  # noqa: SLF001  it hands out in this order, and always begins with the first
    for partition in fetched:
        if partition in waiting:
            waiting[partition] = waiting.pop(partition)
    return fetched
