"""The loop: claim the oldest rows, publish them, delete what Kafka has, commit."""

import asyncio
import time
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import structlog

from services.backoff import Backoff
from services.events.codec import traceparent_in
from services.outbox import metrics
from services.outbox.passed_over import PassedOver
from services.outbox.publisher import Delivery, Publisher
from services.outbox.store import Row, Store
from services.spans import Span, no_span

BATCH_ROWS: Final = 1000
_HOLD_ROW_SECONDS: Final = 60
_HOLD_TOPIC_SECONDS: Final = 15
_BACKLOG_PERIOD_SECONDS: Final = 5

log = structlog.get_logger(__name__)


class Relay:
    """Moves rows from the outbox to Kafka, at least once each, in order within one key.

    Rows that Kafka refuses for good stay where they are and are passed over, to be tried again each minute.
    """

    def __init__(self, store: Store, publisher: Publisher, poll_seconds: float, span: Span = no_span) -> None:
        self._store = store
        self._publisher = publisher
        self._poll_seconds = poll_seconds
        self._span = span
        self._rows = PassedOver[UUID](_HOLD_ROW_SECONDS)
        self._topics = PassedOver[str](_HOLD_TOPIC_SECONDS)
        self._backlog_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Return after the round in which `stop` is set; outlives whatever happens to Kafka and PostgreSQL."""
        backoff = Backoff(first=0.2, longest=5)
        while not stop.is_set():
            try:
                moved = await self._round()
                await self._measure()
                pause = 0.0 if moved else self._poll_seconds
                backoff.reset()
            except Exception as error:  # noqa: BLE001  nothing but SIGTERM ends a relay; a restart would mend no outage
                pause = backoff.next()
                metrics.FAILURES.labels(type(error).__name__).inc()
                log.warning("relay_waits", error=f"{type(error).__name__}: {error}".strip(), seconds=round(pause, 2))
            await _sleep(pause, stop)

    async def _round(self) -> bool:
        """Whether there was anything to do."""
        await self._publisher.start()  # before rows are locked: during an outage of Kafka they stay free
        started = time.monotonic()
        async with self._store.claim(BATCH_ROWS, held_rows=self._rows.keys(), held_topics=self._topics.keys()) as claim:
            if not claim.rows:
                return False
            with self._span("publish outbox", "PRODUCER", _about(claim.rows), _causes(claim.rows)):
                delivery = await self._publisher.publish(claim.rows)
            if delivery.acknowledged:
                await claim.delete(delivery.acknowledged)
        self._hold(delivery)
        metrics.ROUND_SECONDS.observe(time.monotonic() - started)
        if delivery.error is not None:
            raise delivery.error
        return True

    def _hold(self, delivery: Delivery) -> None:
        for row_id, error in delivery.refused.items():
            self._rows.hold(row_id)
            log.error("event_refused_by_kafka", event_id=str(row_id), error=repr(error))
        for topic in delivery.missing_topics:
            self._topics.hold(topic)
            log.error("topic_not_writable", topic=topic)

    async def _measure(self) -> None:
        if time.monotonic() - self._backlog_at < _BACKLOG_PERIOD_SECONDS:
            return
        self._backlog_at = time.monotonic()
        count, age = await self._store.backlog()
        metrics.OUTBOX_ROWS.set(count)
        metrics.OUTBOX_OLDEST.set(age)
        metrics.HELD_ROWS.set(len(self._rows.keys()))
        metrics.HELD_TOPICS.set(len(self._topics.keys()))

    async def close(self) -> None:
        """Let go of Kafka and PostgreSQL."""
        await self._publisher.discard()
        await self._store.close()


async def _sleep(seconds: float, stop: asyncio.Event) -> None:
    if seconds == 0:
        return
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass


def _about(rows: Sequence[Row]) -> dict[str, str | int]:
    """Return what a batch's span says, by the conventions for messaging."""
    return {
        "messaging.system": "kafka",
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
        "messaging.batch.message_count": len(rows),
    }


def _causes(rows: Sequence[Row]) -> set[str]:
    return {parent for row in rows if (parent := traceparent_in(row.payload)) is not None}
