"""The consume loop: fetch, admit, decode, and apply in one transaction a topic."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from psycopg import AsyncConnection

from psa_event_consumer.apply.batch import Batch, Record, decode_into
from psa_event_consumer.apply.database import Clock, patiently
from psa_event_consumer.apply.transaction import apply_batch
from psa_event_consumer.health.state import State
from psa_event_consumer.kafka.gate import Admitted, Gate
from psa_event_consumer.kafka.reading.fetching import fetch
from psa_event_consumer.settings import ConsumerSettings

Span = Callable[[Batch], AbstractContextManager[None]]
"""Around a batch's transaction."""

_FETCH_MS = 200
_TICK_SECONDS = 1.0


def untraced(_: Batch) -> AbstractContextManager[None]:
    """Give a batch no span: no one collects traces."""
    return nullcontext()


class OneInBackground:
    """At most one piece of work beside the caller's own; its exception is raised where its end is awaited."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Start work; the one before has ended."""
        self._task = asyncio.create_task(work)

    async def end(self) -> None:
        """Wait for the work that runs, if any."""
        task, self._task = self._task, None
        if task is not None:
            await task

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the work end; when the caller failed, that is the failure to tell."""
        if error is None:
            await self.end()
        elif self._task is not None:
            await asyncio.wait({self._task})
            if not self._task.cancelled():
                self._task.exception()


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
    span: Span

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
                fetched = await self._fetch()
                admitted = await self.gate.admit(fetched)
                batches = await self._decode(admitted)
                await transaction.end()
                if batches:
                    transaction.begin(self._apply(admitted.generation, batches))

    async def _fetch(self) -> Mapping[TopicPartition, list[Record]]:
        """Wait for a fetch, but not beyond a stop.

        getmany ignores its timeout while a reassignment is in progress, which lasts as long as Kafka is away: the
        process is alive all the same.
        """
        fetching = asyncio.ensure_future(fetch(self.kafka, _FETCH_MS))
        stopping = asyncio.ensure_future(self.state.stopping.wait())
        try:
            while not fetching.done() and not stopping.done():
                self.state.ticked()
                await asyncio.wait({fetching, stopping}, timeout=_TICK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not fetching.done():
                return {}
            self.state.fetched()
            return fetching.result()
        finally:
            stopping.cancel()
            fetching.cancel()

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
                        outcome = await apply_batch(self.connection, self.settings.group_id, batch)
                self.gate.applied(batch.topic, batch.moves)
            self.state.applied(batch, outcome, time.monotonic() - began)
