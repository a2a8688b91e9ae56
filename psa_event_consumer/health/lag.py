"""How far behind this process's partitions are, for Prometheus: measured with each heartbeat."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from aiokafka import TopicPartition
from psycopg import AsyncConnection

from psa_event_consumer import metrics
from psa_event_consumer.kafka.cluster import LogEnd
from psa_event_consumer.kafka.gate import Gate

_UNCONFIRMED = timedelta(seconds=30)

_open_since: dict[TopicPartition, float] = {}


def measure_lag(lags: Mapping[TopicPartition, int], until: Mapping[TopicPartition, datetime | None]) -> None:
    """Tell how many records of each partition are not applied, and how old the oldest is."""
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


def is_held_back(gate: Gate, partition: TopicPartition, end: LogEnd) -> bool:
    """Say whether all that an open transaction lets through is applied."""
    held = gate.held.get(partition)
    return end.last_stable < end.high_watermark and held is not None and held.lag(end.last_stable) == 0


def measure_transactions(gate: Gate, ends: Mapping[TopicPartition, LogEnd]) -> None:
    """Tell for how long an open transaction of some producer has held back what is left of a partition."""
    now = time.monotonic()
    held_back = [partition for partition, end in ends.items() if is_held_back(gate, partition, end)]
    for partition in _open_since.keys() - set(held_back):
        del _open_since[partition]
    metrics.OPEN_TRANSACTION.clear()
    for partition in ends:
        since = _open_since.setdefault(partition, now) if partition in held_back else now
        metrics.OPEN_TRANSACTION.labels(partition.topic, partition.partition).set(now - since)


async def count_rows(connection: AsyncConnection, group_id: str) -> None:
    """Tell how many dead letters there are, and how many partitions no consumer of the group owns."""
    cursor = await connection.execute(
        "select status, count(*) from analytics.dead_letter where group_id = %s group by status", (group_id,)
    )
    counted: dict[str, int] = dict(await cursor.fetchall())
    for status in ("new", "replayed", "discarded"):
        metrics.DEAD_LETTER_ROWS.labels(status).set(counted.get(status, 0))
    cursor = await connection.execute(
        """
        select count(*) from analytics.consumer_offset as position
        where group_id = %s and updated_at < now() - %s::interval and topic_epoch = (
          select max(topic_epoch) from analytics.consumer_offset as newest
          where newest.group_id = position.group_id and newest.topic = position.topic
        )
        """,
        (group_id, _UNCONFIRMED),
    )
    row = await cursor.fetchone()
    metrics.UNCONFIRMED.set(row[0] if row else 0)
