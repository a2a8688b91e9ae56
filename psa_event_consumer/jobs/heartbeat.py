"""Every second: that the consumer lives, and up to when each of its partitions is applied (docs/design.md, Freshness).

Where a partition has no lag, that is the moment before its end was asked for; not later than the oldest event that
was still in the outbox then, since that one is in no log yet.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import structlog
from aiokafka import TopicPartition
from psycopg import AsyncConnection

from psa_event_consumer import metrics
from psa_event_consumer.apply import offsets
from psa_event_consumer.health.watchdog import Watchdog
from psa_event_consumer.jobs.job import Result
from psa_event_consumer.kafka.gate import Gate, Held

log = structlog.get_logger(__name__)

NAME = "heartbeat"
INTERVAL = timedelta(seconds=1)

_KAFKA_SECONDS = 5.0
_COUNT_EVERY = 5


async def beat(connection: AsyncConnection, group_id: str) -> datetime:
    """Write the heartbeat; returns the time up to which everything has left the outbox."""
    cursor = await connection.execute(
        """
        insert into analytics.heartbeat as beat (id, group_id, beat_at) values (1, %s, clock_timestamp())
        on conflict (id) do update
        set beat_at = greatest(beat.beat_at, excluded.beat_at), group_id = excluded.group_id
        returning least(clock_timestamp(), (select outbox_oldest_at from analytics.freshness))
        """,
        (group_id,),
    )
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101  both arms of the upsert return the row
    until: datetime = row[0]
    return until


async def run(connection: AsyncConnection, group_id: str, gate: Gate | None, watchdog: Watchdog | None) -> Result:
    """One beat; with a gate also this process's partitions.

    A process does not beat before its group has positions: nothing would hold `as_of` back yet, and the beat alone
    would call numbers complete that have not begun.
    """
    if gate is not None and not await offsets.begun(connection, group_id):
        return {"beat": 0}
    left_outbox = await beat(connection, group_id)
    if datetime.now(UTC).second % _COUNT_EVERY == 0:
        await _count_dead_letters(connection, group_id)
    if gate is None or watchdog is None or gate.kafka is None or not gate.held:
        return {"beat": 1}
    async with asyncio.timeout(_KAFKA_SECONDS):
        ends = await gate.kafka.end_offsets(list(gate.held))
    async with gate.in_transaction:
        lags = {partition: held.lag(ends[partition]) for partition, held in gate.held.items() if partition in ends}
        until = await _write(connection, gate, {p: left_outbox if lag == 0 else None for p, lag in lags.items()})
    _measure(lags, until)
    watchdog.look(lagging=any(lags.values()))
    return {"beat": 1, "partitions": len(lags), "lag": sum(lags.values())}


async def _count_dead_letters(connection: AsyncConnection, group_id: str) -> None:
    cursor = await connection.execute(
        "select status, count(*) from analytics.dead_letter where group_id = %s group by status", (group_id,)
    )
    counted: dict[str, int] = dict(await cursor.fetchall())
    for status in ("new", "replayed", "discarded"):
        metrics.DEAD_LETTER_ROWS.labels(status).set(counted.get(status, 0))


async def _write(
    connection: AsyncConnection, gate: Gate, until: Mapping[TopicPartition, datetime | None]
) -> dict[TopicPartition, datetime | None]:
    """Write up to when each partition is applied.

    A position of record that is not ours any more, without a batch that would notice, means that the database went
    back: then everything is loaded anew, or the lost events would wait for the next one to come.
    """
    held: list[tuple[TopicPartition, Held]] = [(partition, gate.held[partition]) for partition in until]
    cursor = await connection.execute(
        """
        update analytics.consumer_offset as position
        set applied_until = greatest(position.applied_until, given.applied_until), updated_at = now()
        from unnest(%s::text[], %s::int[], %s::int[], %s::bigint[], %s::timestamptz[])
          as given (topic, partition, epoch, next_offset, applied_until)
        where position.group_id = %s and position.topic = given.topic and position.partition = given.partition
          and position.topic_epoch = given.epoch and position.next_offset = given.next_offset
        returning position.topic, position.partition, position.applied_until
        """,
        (
            [partition.topic for partition, _ in held],
            [partition.partition for partition, _ in held],
            [each.epoch for _, each in held],
            [each.applied for _, each in held],
            list(until.values()),
            gate.group_id,
        ),
    )
    written = {TopicPartition(topic, partition): at for topic, partition, at in await cursor.fetchall()}
    if written.keys() != until.keys():
        log.warning("The positions of record are not where this consumer left them; loading them")
        gate.close()
    return written


def _measure(lags: Mapping[TopicPartition, int], until: Mapping[TopicPartition, datetime | None]) -> None:
    now = datetime.now(UTC)
    # Partitions that another replica has by now are its to tell about.
    metrics.LAG_RECORDS.clear()
    metrics.LAG_SECONDS.clear()
    for partition, lag in lags.items():
        labels = (partition.topic, partition.partition)
        metrics.LAG_RECORDS.labels(*labels).set(lag)
        since = until.get(partition)
        age = (now - since).total_seconds() if lag and since is not None else 0.0
        metrics.LAG_SECONDS.labels(*labels).set(max(age, 0.0))
