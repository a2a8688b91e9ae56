"""`recount ACCOUNT...`: counts the flows' matches again, for an account whose events came late."""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from psycopg import AsyncConnection, IsolationLevel

from psa_event_consumer.apply import database, flow_recount, offsets
from psa_event_consumer.apply.database import Clock
from psa_event_consumer.commands.offsets import partitions_of
from psa_event_consumer.commands.types import Commands
from psa_event_consumer.jobs.job import BusyError, exclusive, once_free
from psa_event_consumer.kafka.client import stop_consumer
from psa_event_consumer.kafka.reading import fetching
from psa_event_consumer.settings import ConsumerSettings
from services.events import FLOW_MATCHED_TOPIC, DecodeError, FlowMatched, decode

_Line = dict[str, Any]

_NAME = "recount"
_ATTEMPTS = 20
_FETCH_MS = 200
_KAFKA_SECONDS = 30.0


class UnsettledError(Exception):
    """Events were published in the moment of the snapshot: which of them it holds cannot be told."""


def add_to(commands: Commands) -> None:
    """Add `recount` to the command line."""
    parser = commands.add_parser(
        "recount",
        help="count an account's usage_count and last_matched_at again",
        description=(
            "From the sessions' matches, each once, while events flow: one that is under way is not counted twice."
            " For an account whose events were switched on after the migration's back-fill."
        ),
    )
    parser.add_argument("accounts", metavar="ACCOUNT", nargs="+", type=UUID)
    parser.set_defaults(command=_recount)


async def _recount(settings: ConsumerSettings, arguments: argparse.Namespace) -> int:
    fetching.install()
    kafka = AIOKafkaConsumer(**settings.kafka.client_options(), enable_auto_commit=False, auto_offset_reset="none")
    failed = False
    try:
        await kafka.start()
        async with (
            await database.connect(settings.database_url) as guard,
            await database.connect(settings.database_url) as connection,
        ):
            for account_id in arguments.accounts:
                line = await _alone(guard, partial(_account, settings, connection, kafka, account_id))
                sys.stdout.write(json.dumps({"account": str(account_id), **line}) + "\n")
                failed = failed or not line["ok"]
    except (KafkaError, TimeoutError) as error:
        sys.stderr.write(f"Kafka does not tell what is under way: {error or type(error).__name__}\n")
        return 1
    finally:
        await stop_consumer(kafka)
    return 1 if failed else 0


async def _alone(guard: AsyncConnection, account: Callable[[AsyncConnection], Awaitable[_Line]]) -> _Line:
    """Count an account while no other recount does: two would find the same difference and add it twice."""

    async def attempt() -> _Line:
        async with exclusive(guard, _NAME):
            # It is idle while Kafka is read. The lock goes with the connection, whatever becomes of this process.
            await guard.execute("select set_config('idle_in_transaction_session_timeout', '20min', true)")
            return await account(guard)

    try:
        return await once_free(attempt)
    except BusyError as busy:
        return {"ok": False, "error": str(busy)}


async def _account(
    settings: ConsumerSettings,
    connection: AsyncConnection,
    kafka: AIOKafkaConsumer,
    account_id: UUID,
    guard: AsyncConnection,
) -> _Line:
    clock = await Clock.of(connection)
    events = partial(_events, account_id=account_id, clock=clock)
    dead = len(list(events(await flow_recount.dead_payloads(connection))))
    if dead:
        return {"ok": False, "error": f"{dead} dead letters are the account's: replay or discard them first"}
    for _ in range(_ATTEMPTS):
        try:
            async with asyncio.timeout(_KAFKA_SECONDS):
                counts, waiting = await _snapshot(settings, connection, kafka, account_id, events)
        except UnsettledError:
            continue
        changed = await flow_recount.correct(connection, guard, counts, waiting)
        return {"ok": True, "flows": len(counts), "changed": changed, "under_way": sum(waiting.values())}
    return {"ok": False, "error": f"its events came too fast {_ATTEMPTS} times: run it again"}


async def _snapshot(
    settings: ConsumerSettings,
    connection: AsyncConnection,
    kafka: AIOKafkaConsumer,
    account_id: UUID,
    events: Callable[[Iterable[bytes | None]], Iterator[FlowMatched]],
) -> tuple[dict[UUID, flow_recount.FlowCount], Any]:
    """Count in one snapshot the sessions' matches, and the events under way that will count some of them again."""
    partitions = await partitions_of(settings, FLOW_MATCHED_TOPIC)
    await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)
    try:
        # Little time between the two: what is published within it is in doubt.
        before = await kafka.end_offsets(partitions)
        async with connection.transaction():
            await connection.execute("select")
            after = await kafka.end_offsets(partitions)
            counts = await flow_recount.flows(connection, account_id)
            in_outbox = {event.id: event for event in events(await flow_recount.outbox_payloads(connection))}
            positions = await offsets.load(connection, settings.group_id, [FLOW_MATCHED_TOPIC])
            starts = await kafka.beginning_offsets(partitions)
            published: list[bytes | None] = []
            doubtful: list[bytes | None] = []
            for partition in partitions:
                position = positions.get((partition.topic, partition.partition))
                start = max(starts[partition], position.next_offset if position else 0)
                for offset, value in await _read(kafka, partition, start, after[partition]):
                    (published if offset < before[partition] else doubtful).append(value)
            # The relay takes a row out when Kafka has it, which may have been just before or just after the snapshot.
            if any(event.id not in in_outbox for event in events(doubtful)):
                raise UnsettledError
            waiting = [*in_outbox.values(), *events(published)]
            return counts, await flow_recount.still_to_count(connection, waiting)
    finally:
        await connection.set_isolation_level(None)


async def _read(
    kafka: AIOKafkaConsumer, partition: TopicPartition, start: int, end: int
) -> Sequence[tuple[int, bytes | None]]:
    found: list[tuple[int, bytes | None]] = []
    if start >= end:
        return found
    kafka.assign([partition])
    kafka.seek(partition, start)
    while await kafka.position(partition) < end:
        for records in (await fetching.fetch(kafka, _FETCH_MS)).values():
            found.extend((record.offset, record.value) for record in records if record.offset < end)
    return found


def _events(values: Iterable[bytes | None], *, account_id: UUID, clock: Clock) -> Iterator[FlowMatched]:
    """Yield the account's events; a value that is no event counts nothing."""
    now = clock.now()
    for value in values:
        try:
            event = decode(FLOW_MATCHED_TOPIC, value, now=now)
        except DecodeError:
            continue
        if isinstance(event, FlowMatched) and event.account_id == account_id:
            yield event
