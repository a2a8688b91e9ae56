"""The producer's life: made, used under time-outs, and thrown away when it is stuck.

aiokafka retries an idempotent batch forever, and `send_and_wait` and `stop` never return while Kafka is away
(aiokafka #1101); after an outage it may answer OutOfOrderSequenceNumber until it is recreated (#1017). A new producer
may repeat what the old one had delivered: the consumer's inbox knows the ids.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    BrokerResponseError,
    InvalidProducerEpoch,
    InvalidTopicError,
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    OutOfOrderSequenceNumber,
    ProducerFenced,
    TopicAuthorizationFailedError,
    UnknownTopicOrPartitionError,
)

from services.events.codec import CONTENT_TYPE, traceparent_in, written_at_header
from services.kafka import KafkaSettings
from services.outbox import metrics
from services.outbox.store import Row

_START_TIMEOUT_SECONDS: Final = 10
_TOPIC_TIMEOUT_SECONDS: Final = 2
_PUBLISH_TIMEOUT_SECONDS: Final = 20
_STOP_TIMEOUT_SECONDS: Final = 0.5
_REQUEST_TIMEOUT_MS: Final = 10_000

_TOPIC_ERRORS: Final = (InvalidTopicError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError)
_PRODUCER_ERRORS: Final = (InvalidProducerEpoch, OutOfOrderSequenceNumber, ProducerFenced)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Delivery:
    """How the rows of one round ended. A row that is nowhere here has no answer and is to be sent again."""

    acknowledged: list[UUID] = field(default_factory=list)
    refused: dict[UUID, KafkaError] = field(default_factory=dict)
    """Rows that got an answer which no repetition mends."""
    missing_topics: set[str] = field(default_factory=set)
    """Topics that do not exist, or that we may not write."""
    error: BaseException | None = None
    """Why rows have no answer."""

    def add(self, row: Row, answer: "asyncio.Future[Any] | None") -> None:
        """Sort one row by what has become of it."""
        if answer is None or not answer.done() or answer.cancelled():
            self.error = TimeoutError(f"Kafka did not answer within {_PUBLISH_TIMEOUT_SECONDS} s")
            return
        error = answer.exception()
        if error is None:
            self.acknowledged.append(row.id)
            metrics.PUBLISHED.labels(row.topic).inc()
        elif isinstance(error, _TOPIC_ERRORS):
            self.missing_topics.add(row.topic)
        elif isinstance(error, BrokerResponseError) and not (error.retriable or isinstance(error, _PRODUCER_ERRORS)):
            self.refused[row.id] = error
        else:
            self.error = error


class Publisher:
    """Sends rows in their order, through a producer that is made when it is needed."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect a producer; raise while Kafka is away."""
        if self._producer is None:
            self._producer = await self._make(enable_idempotence=True)

    async def publish(self, rows: Sequence[Row]) -> Delivery:
        """Send the rows and wait for Kafka's answers; the delivery holds the errors."""
        assert self._producer is not None  # noqa: S101  start() comes first
        delivery = Delivery()
        try:
            delivery.missing_topics = await _missing(self._producer, {row.topic for row in rows})
            rows = [row for row in rows if row.topic not in delivery.missing_topics]
            await _send(self._producer, rows, delivery)
            if delivery.refused:
                await self._send_alone([row for row in rows if row.id in delivery.refused], delivery)
        except (KafkaError, OSError) as error:
            delivery.error = error
        finally:
            if delivery.error or delivery.refused or delivery.missing_topics:
                await self.discard()
        return delivery

    async def _send_alone(self, rows: Sequence[Row], delivery: Delivery) -> None:
        """Send refused rows one by one, as Kafka refuses a whole batch for one of its records.

        Without idempotence: a refused batch leaves a gap in a producer's sequence, after which all that follows is out
        of order.
        """
        producer = await self._make(enable_idempotence=False)
        try:
            for row in rows:
                del delivery.refused[row.id]
                await _send(producer, [row], delivery)
        finally:
            await _end(producer)

    async def _make(self, *, enable_idempotence: bool) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            **self._settings.client_options(),
            client_id="flowpilot-relay",
            acks="all",
            enable_idempotence=enable_idempotence,
            request_timeout_ms=_REQUEST_TIMEOUT_MS,
            compression_type="lz4",
        )
        try:
            async with asyncio.timeout(_START_TIMEOUT_SECONDS):
                await producer.start()
        except BaseException:
            await _end(producer)
            raise
        metrics.PRODUCER_STARTS.inc()
        return producer

    async def discard(self) -> None:
        """End the producer, within a second or so; the next `start` makes another."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await _end(producer)


async def _missing(producer: AIOKafkaProducer, topics: Collection[str]) -> set[str]:
    """Return the topics that Kafka does not have, or does not show us."""
    missing = set()
    for topic in topics:
        try:
            async with asyncio.timeout(_TOPIC_TIMEOUT_SECONDS):
                await producer.partitions_for(topic)
        except (TimeoutError, *_TOPIC_ERRORS) as error:
            async with asyncio.timeout(_TOPIC_TIMEOUT_SECONDS):
                answered = await producer.client.force_metadata_update()
            if not answered:
                raise KafkaConnectionError("no broker answers") from error
            missing.add(topic)
    return missing


async def _send(producer: AIOKafkaProducer, rows: Sequence[Row], delivery: Delivery) -> None:
    answers: dict[UUID, asyncio.Future[Any]] = {}
    try:
        async with asyncio.timeout(_PUBLISH_TIMEOUT_SECONDS):
            for row in rows:
                answers[row.id] = await _enqueue(producer, row)
            if answers:
                await asyncio.wait(answers.values())
    except TimeoutError:
        pass  # the rows without an answer say so
    finally:
        for row in rows:
            delivery.add(row, answers.get(row.id))


async def _enqueue(producer: AIOKafkaProducer, row: Row) -> "asyncio.Future[Any]":
    headers = [CONTENT_TYPE, written_at_header(row.created_at)]
    if traceparent := traceparent_in(row.payload):
        headers.append(("traceparent", traceparent.encode()))
    try:
        answer: asyncio.Future[Any] = await producer.send(row.topic, row.payload, row.key.encode(), headers=headers)
    except MessageSizeTooLargeError as error:  # by the client's own limit
        answer = asyncio.get_running_loop().create_future()
        answer.set_exception(error)
    return answer


async def _end(producer: AIOKafkaProducer) -> None:
    """Stop a producer without waiting for what it still holds: `stop` flushes, forever while Kafka is away."""
    stopping = asyncio.ensure_future(producer.stop())
    await asyncio.wait({stopping}, timeout=_STOP_TIMEOUT_SECONDS)
    if not stopping.done():
        stopping.cancel()
        sender = producer._sender.sender_task  # noqa: SLF001  there is no public way to stop without a flush
        if sender is not None:
            sender.cancel()
        # Closing the sockets ends what the sender still waits for.
        await asyncio.wait({asyncio.ensure_future(producer.client.close())}, timeout=_STOP_TIMEOUT_SECONDS)
