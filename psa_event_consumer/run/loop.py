"""The consume loop: fetch, decode, one transaction a topic, and Kafka told afterwards."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer
from psycopg import AsyncConnection

from psa_event_consumer.apply.batch import Batch, decode_into
from psa_event_consumer.apply.clock import Clock
from psa_event_consumer.apply.database import patiently
from psa_event_consumer.apply.transaction import commit_batch
from psa_event_consumer.health.state import State
from psa_event_consumer.kafka.commits import KafkaCommits
from psa_event_consumer.kafka.gate import Admitted, Gate
from psa_event_consumer.kafka.reading.polling import poll
from psa_event_consumer.run.background import OneInBackground
from psa_event_consumer.settings import ConsumerSettings

Span = Callable[[Batch], AbstractContextManager[None]]

_POLL_MS = 200
_TICK_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Consumes over one group membership and one database connection, until it is asked to stop or a fault ends it."""

    settings: ConsumerSettings
    gate: Gate
    state: State
    kafka: AIOKafkaConsumer
    connection: AsyncConnection
    clock: Clock
    """That of the connection's server."""
    commits: KafkaCommits
    span: Span
    """Around each batch's transaction."""

    async def run(self) -> None:
        """While one fetch is in its transaction, the next is fetched and decoded; never more than these two."""
        async with OneInBackground() as transaction:
            while not self.state.stopping.is_set():
                self.gate.look_again()
                if not self.gate.is_open:
                    await transaction.end()
                    async with patiently():
                        await self.gate.open(self.connection)
                    self.state.works(self.gate.is_open)
                    continue
                fetched = await self._patiently(poll(self.kafka, _POLL_MS))
                admitted = await self.gate.admit(fetched)
                batches = await self._decode(admitted)
                await transaction.end()
                if batches:
                    transaction.begin(self._apply(admitted.generation, batches))

    async def _decode(self, admitted: Admitted) -> list[Batch]:
        now = self.clock.now()
        batches = []
        for topic, records in admitted.records.items():
            batch = Batch(topic, admitted.moves[topic])
            await decode_into(batch, records, now=now, oldest=now - self.settings.inbox_retention)
            batches.append(batch)
        return batches

    async def _apply(self, generation: int, batches: list[Batch]) -> None:
        for batch in batches:
            async with self.gate.in_transaction:
                if generation != self.gate.generation:
                    return
                began = time.monotonic()
                with self.span(batch):
                    async with patiently():
                        outcome = await commit_batch(self.connection, self.settings.group_id, batch)
                self.gate.applied(batch.topic, batch.moves)
            self.commits.note(batch.topic, batch.moves)
            self.state.committed(batch, outcome, time.monotonic() - began)

    async def _patiently(self, poll: Awaitable[Mapping[Any, Any]]) -> Mapping[Any, Any]:
        """Wait for a fetch, but not beyond a stop.

        getmany ignores its timeout while a reassignment is in progress, which lasts as long as Kafka is away: the
        process is alive all the same.
        """
        polling = asyncio.ensure_future(poll)
        stopping = asyncio.ensure_future(self.state.stopping.wait())
        try:
            while not polling.done() and not stopping.done():
                self.state.ticked()
                await asyncio.wait({polling, stopping}, timeout=_TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not polling.done():
                return {}
            self.state.polled()
            return polling.result()
        finally:
            stopping.cancel()
            polling.cancel()
