"""What has come to the topics since a moment, read with another client than ours."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, TopicPartition

from services.events import TOPICS


class Tail:
    """All records that came since the tail was made and that belong to one test (`account_id` tells)."""

    def __init__(self, consumer: Consumer, account_id: UUID) -> None:
        self._consumer = consumer
        self._account_id = str(account_id)
        self.records: list[Message] = []

    def read_until(self, enough: Callable[[], bool], within: float = 40) -> None:
        deadline = time.monotonic() + within
        while not enough():
            assert time.monotonic() < deadline, f"only {len(self.records)} records after {within} s"
            self._take(0.2)

    def rewind(self) -> None:
        """Reads from the topics' start instead."""
        for place in self._consumer.assignment():
            self._consumer.seek(TopicPartition(place.topic, place.partition, OFFSET_BEGINNING))

    def drain(self) -> None:
        """Reads what there is, and returns when nothing more comes."""
        while self._take(1.0):
            pass

    def _take(self, timeout: float) -> int:
        taken = self._consumer.consume(500, timeout)
        for record in taken:
            assert record.error() is None, record.error()
            if self._account_id.encode() in record.value():
                self.records.append(record)
        return len(taken)

    @property
    def ids(self) -> list[UUID]:
        return [UUID(json.loads(record.value())["id"]) for record in self.records]


@contextmanager
def tail(bootstrap: str, account_id: UUID, topics: tuple[str, ...] = TOPICS) -> Iterator[Tail]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": secrets.token_hex(8), "enable.auto.commit": False})
    try:
        known = consumer.list_topics(timeout=20).topics
        places = [TopicPartition(topic, partition) for topic in topics for partition in known[topic].partitions]
        for place in places:
            place.offset = consumer.get_watermark_offsets(place, timeout=20)[1]
        consumer.assign(places)
        yield Tail(consumer, account_id)
    finally:
        consumer.close()
