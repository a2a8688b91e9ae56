"""`analytics.consumer_offset`: the position of record. What Kafka has committed is for tooling only.

Together with the data it describes: a failover that loses the last commits moves both back, and the records come again.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection

from psa_event_consumer.apply.batch import Move

Partition = tuple[str, int]
"""Topic and partition."""


class FencedError(Exception):
    """Another consumer has moved a partition, or an operator has: what we hold is not the position of record."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a partition stands."""

    epoch: int
    next_offset: int
    applied_until: datetime | None = None
    topic_id: UUID | None = None
    """Of the topic that the offset counts in; None until it is known."""


async def load(connection: AsyncConnection, group_id: str, topics: Collection[str]) -> dict[Partition, Position]:
    """Return the stored positions of each topic's newest epoch."""
    cursor = await connection.execute(
        """
        select topic, partition, topic_epoch, next_offset, applied_until, topic_id
        from analytics.consumer_offset as position
        where group_id = %(group_id)s and topic = any(%(topics)s) and topic_epoch = (
          select max(topic_epoch) from analytics.consumer_offset as newest
          where newest.group_id = position.group_id and newest.topic = position.topic
        )
        """,
        {"group_id": group_id, "topics": list(topics)},
    )
    return {(topic, partition): Position(*rest) for topic, partition, *rest in await cursor.fetchall()}


async def begun(connection: AsyncConnection, group_id: str) -> bool:
    """Whether the group has any position."""
    cursor = await connection.execute(
        "select exists (select from analytics.consumer_offset where group_id = %s)", (group_id,)
    )
    row = await cursor.fetchone()
    return row == (True,)


async def begin(connection: AsyncConnection, group_id: str, positions: Mapping[Partition, Position]) -> None:
    """Write rows for partitions that have none.

    Written at once and not with the first batch, so that what retention removes before we come to it is noticed.
    """
    for (topic, partition), position in sorted(positions.items(), key=lambda item: item[0]):
        await connection.execute(
            """
            insert into analytics.consumer_offset
              (group_id, topic, topic_epoch, partition, next_offset, applied_until, topic_id)
            values (%s, %s, %s, %s, %s, %s, %s)
            on conflict do nothing
            """,
            (
                group_id,
                topic,
                position.epoch,
                partition,
                position.next_offset,
                position.applied_until,
                position.topic_id,
            ),
        )


async def adopt(connection: AsyncConnection, group_id: str, topic: str, topic_id: UUID) -> None:
    """Note the topic's id with positions that were stored before ids were."""
    await connection.execute(
        """
        update analytics.consumer_offset as position set topic_id = %(topic_id)s
        where group_id = %(group_id)s and topic = %(topic)s and topic_id is null and topic_epoch = (
          select max(topic_epoch) from analytics.consumer_offset as newest
          where newest.group_id = position.group_id and newest.topic = position.topic
        )
        """,
        {"group_id": group_id, "topic": topic, "topic_id": topic_id},
    )


async def skip_to(
    connection: AsyncConnection,
    group_id: str,
    topic: str,
    starts: Mapping[int, int],
    positions: Mapping[Partition, Position],
) -> None:
    """Move partitions over records that retention has removed: an operator accepts the gap.

    Raises:
        FencedError: a consumer has moved one meanwhile.
    """
    moves = [
        Move(partition, positions[topic, partition].epoch, positions[topic, partition].next_offset, start, None)
        for partition, start in sorted(starts.items())
    ]
    await advance(connection, group_id, topic, moves)


async def advance(connection: AsyncConnection, group_id: str, topic: str, moves: Sequence[Move]) -> None:
    """Compare and swap: every partition moves from where we believe it stands, or none does.

    Raises:
        FencedError: one of them stands elsewhere, or belongs to an older epoch.
    """
    cursor = await connection.execute(
        """
        with move as (
          select * from unnest(%(partitions)s::int[], %(epochs)s::int[], %(starts)s::bigint[], %(ends)s::bigint[],
            %(until)s::timestamptz[]) as given (partition, epoch, start_offset, end_offset, applied_until)
        ),
        held as materialized (
          select move.*
          from analytics.consumer_offset as position
          join move on move.partition = position.partition
            and move.epoch = position.topic_epoch and move.start_offset = position.next_offset
          where position.group_id = %(group_id)s and position.topic = %(topic)s and not exists (
            select from analytics.consumer_offset as newer
            where newer.group_id = position.group_id and newer.topic = position.topic
              and newer.topic_epoch > position.topic_epoch
          )
          order by position.partition
          for no key update of position
        )
        update analytics.consumer_offset as position
        set next_offset = held.end_offset,
            -- Not of nulls alone: the least of null and now would be now.
            applied_until = case when coalesce(position.applied_until, held.applied_until) is not null
              then least(greatest(position.applied_until, held.applied_until), clock_timestamp()) end,
            updated_at = now()
        from held
        where position.group_id = %(group_id)s and position.topic = %(topic)s
          and position.topic_epoch = held.epoch and position.partition = held.partition
          and position.next_offset = held.start_offset
        """,
        {
            "group_id": group_id,
            "topic": topic,
            "partitions": [move.partition for move in moves],
            "epochs": [move.epoch for move in moves],
            "starts": [move.start for move in moves],
            "ends": [move.end for move in moves],
            "until": [move.applied_until for move in moves],
        },
    )
    if cursor.rowcount != len(moves):
        held = ", ".join(f"{move.partition} at {move.start}" for move in moves)
        raise FencedError(f"{topic}: the positions of record differ from what this consumer holds: {held}")
