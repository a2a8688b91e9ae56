"""Which files of ours a record passes, for whoever follows one: docs/architecture.md lists them all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from confluent_kafka import Producer

from psa_event_consumer.apply.database import Clock, connect
from psa_event_consumer.health.state import State
from psa_event_consumer.kafka.client import joined
from psa_event_consumer.kafka.gate import Gate
from psa_event_consumer.run.loop import Loop, untraced
from psa_event_consumer.settings import ConsumerSettings
from services.events import Event, encode, key_of, topic_of
from services.events.codec import CONTENT_TYPE, written_at_header
from tests.consumer.running import begin_at_end, environment
from tests.consumer.world import Tenant
from tests.infra.own_kafka import OwnKafka
from tests.infra.passing import files_passed, listed_files
from tests.infra.waiting import wait_until

BAR = 12


@asynccontextmanager
async def consuming(world: Tenant, bootstrap: str) -> AsyncIterator[Gate]:
    """A consumer without its jobs."""
    url = world.database.dsn_for("flowpilot_consumer")
    settings = ConsumerSettings.from_env(environment(url, bootstrap, KAFKA_GROUP_ID=world.group))
    gate, state = Gate(settings.group_id), State()
    async with AsyncExitStack() as stack:
        kafka = await stack.enter_async_context(joined(settings, gate))
        # At once, as the supervisor does: the assignment may come with the next await.
        gate.attach(kafka)
        connection = await stack.enter_async_context(await connect(settings.database_url))
        loop = Loop(
            settings=settings,
            gate=gate,
            state=state,
            kafka=kafka,
            connection=connection,
            clock=await Clock.of(connection),
            span=untraced,
        )
        running = asyncio.create_task(loop.run())
        try:
            yield gate
        finally:
            state.stopping.set()
            await running


def send(bootstrap: str, *events: Event) -> None:
    """As the relay does: compressed, with its headers."""
    producer = Producer({"bootstrap.servers": bootstrap, "compression.type": "lz4", "linger.ms": 50})
    for event in events:
        headers = [CONTENT_TYPE, written_at_header(event.time)]
        producer.produce(topic_of(event), encode(event), key_of(event), headers=headers)
    assert producer.flush(30) == 0


async def test_the_files_of_a_record_are_those_listed(world: Tenant, broker: OwnKafka) -> None:
    begin_at_end(world, broker.bootstrap)
    events = [world.matched() for _ in range(10)]
    async with consuming(world, broker.bootstrap) as gate:
        await asyncio.to_thread(wait_until, lambda: gate.joined, "the group to have given us our partitions")
        with files_passed() as passed:
            await asyncio.to_thread(send, broker.bootstrap, *events)
            await asyncio.to_thread(wait_until, lambda: world.usage() == len(events), "the records to be applied")
    assert passed == listed_files("A record, file by file")
    assert len(passed) <= BAR
