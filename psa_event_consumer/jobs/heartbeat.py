"""Every second: that the consumer lives, and up to when each of its partitions is applied (design.md, Freshness).

Each beat knows a moment before which every event ever written is in Kafka, and then asks for the logs' ends: what is
applied up to its end is applied up to that moment. The moment is no later than the oldest event that is in the outbox,
or that an open transaction may still bring there, since those are in no log yet. Events may arrive in another order
than they were written in, so no record tells by itself what comes after it. Lag counts up to the high watermark:
records that some producer's open transaction in Kafka holds back are not applied either.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import structlog
from aiokafka import TopicPartition
from psycopg import AsyncConnection

from psa_event_consumer.apply import offsets
from psa_event_consumer.health.lag import count_rows, is_held_back, measure_lag, measure_transactions
from psa_event_consumer.health.watchdog import Watchdog
from psa_event_consumer.jobs.job import Result
from psa_event_consumer.kafka.cluster import log_ends
from psa_event_consumer.kafka.gate import Gate
from psa_event_consumer.kafka.partitions import look_at_topics

log = structlog.get_logger(__name__)

NAME = "heartbeat"
INTERVAL = timedelta(seconds=1)

_KAFKA_SECONDS = 5.0
_COUNT_EVERY = 5
_OTHERS_BEAT = timedelta(seconds=30)
"""After so long without a beat of the group that the numbers belong to, another one takes its place."""


async def beat(connection: AsyncConnection, group_id: str) -> tuple[datetime | None] | None:
    """Write the heartbeat; return when the oldest event was written that is in the outbox, if one is.

    None where another group beats: the numbers are that one's, and so is their age.
    """
    cursor = await connection.execute(
        """
        insert into analytics.heartbeat as beat (id, group_id, beat_at) values (1, %s, clock_timestamp())
        on conflict (id) do update set beat_at = excluded.beat_at, group_id = excluded.group_id
        where beat.group_id = excluded.group_id
          or beat.beat_at not between excluded.beat_at - %s::interval and excluded.beat_at + %s::interval
        returning (select outbox_oldest_at from analytics.freshness)
        """,
        (group_id, _OTHERS_BEAT, _OTHERS_BEAT),
    )
    return await cursor.fetchone()


async def run(connection: AsyncConnection, group_id: str, gate: Gate | None, watchdog: Watchdog | None) -> Result:
    """Beat once; with a gate also tell of this process's partitions.

    A process does not beat before its group has positions: nothing would hold `as_of` back yet, and the beat alone
    would call numbers complete that have not begun.
    """
    if gate is not None and not await offsets.begun(connection, group_id):
        return {"beat": 0}
    # In this order: what an open transaction brings after the look is in the outbox, or in Kafka, or is written later.
    settled = None if gate is None else await gate.writers.settled(connection)
    beaten = await beat(connection, group_id)
    if gate is None or watchdog is None:
        return {"beat": int(beaten is not None)}
    if datetime.now(UTC).second % _COUNT_EVERY == 0:
        await count_rows(connection, group_id)
    gate.problems = [] if beaten is not None else ["another group beats in this database: one group counts"]
    if gate.kafka is None:
        return {"beat": 1}
    async with asyncio.timeout(_KAFKA_SECONDS):
        complete = await look_at_topics(connection, gate, gate.kafka)
        ends = await log_ends(gate.kafka, [*gate.held, *gate.stuck_at])
    until = min([settled, *filter(None, beaten)]) if settled and beaten and complete else None
    if until is not None:
        gate.looked_at = until
    async with gate.in_transaction:
        lags = {
            partition: held.lag(ends[partition].high_watermark)
            for partition, held in gate.held.items()
            if partition in ends
        }
        if until is not None:
            gate.mark({partition: ends[partition].high_watermark for partition, lag in lags.items() if lag}, until)
        written = await _write(connection, gate, {p: until if lag == 0 else None for p, lag in lags.items()})
    measure_transactions(gate, ends)
    watchdog.look(lagging=any(lag and not is_held_back(gate, p, ends[p]) for p, lag in lags.items()))
    waiting = {
        partition: max(ends[partition].high_watermark - position.next_offset, 0)
        for partition, position in gate.stuck_at.items()
        if partition in ends
    }
    stood = {partition: position.applied_until for partition, position in gate.stuck_at.items()}
    measure_lag(lags | waiting, written | stood)
    return {"beat": int(beaten is not None), "partitions": len(lags), "lag": sum(lags.values())}


async def _write(
    connection: AsyncConnection, gate: Gate, until: Mapping[TopicPartition, datetime | None]
) -> dict[TopicPartition, datetime | None]:
    """Write up to when each partition is applied.

    A position of record that is not ours any more, without a batch that would notice, means that the database went
    back: then everything is loaded again, or the lost events would wait for the next one to come.
    """
    held = [(partition, gate.held[partition]) for partition in until]
    cursor = await connection.execute(
        """
        update analytics.consumer_offset as position
        set applied_until = case when coalesce(position.applied_until, given.applied_until) is not null
              then least(greatest(position.applied_until, given.applied_until), clock_timestamp()) end,
            updated_at = now()
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
        log.warning("positions_moved_by_others", then="they are loaded again")
        gate.close()
    return written
