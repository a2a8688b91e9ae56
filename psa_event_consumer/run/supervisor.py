"""Keeps the loop going: joins the group, connects, and after every fault does both again as far as needed."""

import asyncio
from contextlib import suppress

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError

from psa_event_consumer import metrics
from psa_event_consumer.apply import database, readiness
from psa_event_consumer.apply.database import Clock
from psa_event_consumer.apply.offsets import FencedError
from psa_event_consumer.health.state import State
from psa_event_consumer.health.watchdog import StuckError, Watchdog
from psa_event_consumer.kafka.client import joined
from psa_event_consumer.kafka.commits import KafkaCommits
from psa_event_consumer.kafka.gate import Gate
from psa_event_consumer.run.faults import name_of, wait_after
from psa_event_consumer.run.loop import Loop, Span
from psa_event_consumer.settings import ConsumerSettings

log = structlog.get_logger(__name__)

_KAFKA_FAULTS_BEFORE_A_NEW_CLIENT = 10


class Supervisor:
    """Runs the loop until the process is asked to stop; no fault ends it."""

    def __init__(self, settings: ConsumerSettings, gate: Gate, state: State, watchdog: Watchdog, span: Span) -> None:
        self._settings = settings
        self._gate = gate
        self._state = state
        self._watchdog = watchdog
        self._span = span

    async def run(self) -> None:
        """One group membership after another."""
        while not self._state.stopping.is_set():
            try:
                async with joined(self._settings, self._gate) as kafka:
                    self._gate.attach(kafka)
                    await self._with_member(kafka)
            except Exception as fault:  # noqa: BLE001  whatever it is, the next attempt may work
                await self._recover(fault)

    async def _with_member(self, kafka: AIOKafkaConsumer) -> None:
        """One database connection after another, in one membership: joining again disturbs every replica."""
        commits = KafkaCommits(kafka, self._gate)
        committing = asyncio.create_task(commits.run())
        kafka_faults = 0
        try:
            while not self._state.stopping.is_set():
                try:
                    await self._with_connection(kafka)
                except StuckError:
                    raise
                except Exception as fault:
                    kafka_faults = kafka_faults + 1 if isinstance(fault, KafkaError) else 0
                    if kafka_faults == _KAFKA_FAULTS_BEFORE_A_NEW_CLIENT:
                        raise
                    await self._recover(fault)
        finally:
            self._gate.close()
            committing.cancel()
            with suppress(asyncio.CancelledError):
                await committing
            await commits.commit_last()

    async def _with_connection(self, kafka: AIOKafkaConsumer) -> None:
        async with await database.connect(self._settings.database_url) as connection:
            async with database.patiently():
                await readiness.check(connection)
                clock = await Clock.of(connection)
            # What this connection's server knows may be older than what the last one knew.
            self._gate.close()
            loop = Loop(
                settings=self._settings,
                gate=self._gate,
                state=self._state,
                kafka=kafka,
                connection=connection,
                clock=clock,
                span=self._span,
            )
            await self._watchdog.guard(loop.run())

    async def _recover(self, fault: Exception) -> None:
        """Recover from any fault, an unknown outcome of COMMIT included: drop all, load, seek, fetch."""
        self._gate.close()
        name = name_of(fault)
        metrics.FAULTS.labels(name).inc()
        if isinstance(fault, FencedError):
            metrics.FENCE_CONFLICTS.inc()
        self._state.failed(f"{name}: {fault}")
        log.warning(
            "loop_failed",
            then="wait, then start from the positions of record",
            fault=name,
            error=str(fault),
            exc_info=name == "unexpected",
        )
        await wait_after(self._state.faults_in_a_row, self._state.stopping)
