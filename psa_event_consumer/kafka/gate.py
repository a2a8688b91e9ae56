"""What may pass from Kafka to the database: records of partitions whose position of record we have loaded and sought.

Opened by the loop on every assignment and every (re)connection, closed by every fault and every rebalance. What was
fetched or begun before a close belongs to an older generation and is dropped.
"""

import asyncio
import time
from collections import deque
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from psycopg import AsyncConnection

from psa_event_consumer import metrics
from psa_event_consumer.apply import offsets
from psa_event_consumer.apply.batch import Move, Record
from psa_event_consumer.apply.writers import OutboxWriters
from psa_event_consumer.kafka.log_range import log_ranges, outside
from services.events import TOPICS

log = structlog.get_logger(__name__)

_REVOKE_SECONDS = 10.0
_LOOK_AGAIN_SECONDS = 5.0
_MOST_MARKS = 600


@dataclass(slots=True)
class OwnedPartition:
    """A partition that we consume."""

    epoch: int
    admitted: int
    """The offset after the last record handed to the loop."""
    applied: int
    """The offset after the last record committed to the database."""
    seen: int
    """The offset that Kafka's client would give us next."""
    marks: deque[tuple[int, datetime]] = field(default_factory=deque)
    """Offsets up to which to be applied is to be applied up to a moment, in order."""

    def passed(self, end: int) -> datetime | None:
        """Return the moment of the last mark up to this offset, and forget those up to it."""
        until = None
        while self.marks and self.marks[0][0] <= end:
            _, until = self.marks.popleft()
        return until

    def lag(self, end: int) -> int:
        """Count the records up to the log's end that are not applied."""
        if self.applied == self.admitted and self.seen >= end:
            return 0
        return max(end - self.applied, 0)


@dataclass(slots=True)
class Admitted:
    """Records of one generation, by topic, with their partitions' steps."""

    generation: int
    moves: dict[str, list[Move]] = field(default_factory=dict)
    records: dict[str, list[Record]] = field(default_factory=dict)


class Gate(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    """Between the fetch and the transaction."""

    def __init__(self, group_id: str) -> None:
        self.group_id = group_id
        self.generation = 0
        self.is_open = False
        self.joined = False
        """The group has given us our partitions, none perhaps, and each has a position of record."""
        self.held: dict[TopicPartition, OwnedPartition] = {}
        self.stuck: dict[TopicPartition, str] = {}
        """Partitions whose stored offset is outside their log, and how."""
        self.stuck_at: dict[TopicPartition, offsets.Position] = {}
        """Where they stand."""
        self.problems: list[str] = []
        """What the last heartbeat found wrong with the topics or the group."""
        self.looked_at: datetime | None = None
        """When it was last certain that every partition of our topics has a position of record."""
        self.writers = OutboxWriters()
        self.in_transaction = asyncio.Lock()
        """Held while positions are moved in the database. Never around getmany, which would wait for a rebalance that
        waits for this lock."""
        self.kafka: AIOKafkaConsumer | None = None
        self._assigned = False
        self._opened_at = 0.0
        self._known: dict[TopicPartition, tuple[int, int]] = {}

    def attach(self, kafka: AIOKafkaConsumer) -> None:
        """From now on this client's partitions pass."""
        self.close()
        self.kafka = kafka
        self.joined = self._assigned = False

    def close(self) -> None:
        """Nothing passes until the gate is opened again; what is on its way is dropped."""
        self.generation += 1
        self.is_open = False
        self.held.clear()

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        """Let the running transaction end, so that the next owner loads what it wrote.

        Also called for partitions that were lost: another consumer may have them already. The compare-and-swap stands
        between the two.
        """
        del revoked
        self.close()
        metrics.ASSIGNED.set(0)
        with suppress(TimeoutError):
            async with asyncio.timeout(_REVOKE_SECONDS), self.in_transaction:
                pass

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Hold the new partitions back.

        The pause comes first and without an await: from here on getmany would hand out records from what Kafka has
        committed; and that raises where Kafka has committed nothing, if no position is set. The loop loads the
        positions: database work here would hold back the group's heartbeats, and an exception would be swallowed.
        """
        if self.kafka is not None:
            self.kafka.pause(*assigned)
            for partition in assigned:
                self.kafka.seek(partition, 0)
        self.close()
        self._assigned = True
        metrics.REBALANCES.inc()
        metrics.ASSIGNED.set(len(assigned))

    async def open(self, connection: AsyncConnection) -> None:
        """Seek every assigned partition to its position of record, and let it pass.

        Where a partition's position is not in its log, it stays paused, alone. Returns with the gate still closed when
        a rebalance came between.
        """
        assert self.kafka is not None  # noqa: S101  the supervisor attaches first
        kafka, generation = self.kafka, self.generation
        assigned = sorted(kafka.assignment())
        kafka.pause(*assigned)
        positions, stuck, stuck_at = await self._positions_of_record(kafka, connection, assigned)
        if generation != self.generation or set(assigned) != kafka.assignment():
            return
        for partition, position in positions.items():
            self._note_rewind(partition, position)
            self.held[partition] = OwnedPartition(position.epoch, *3 * (position.next_offset,))
            kafka.seek(partition, position.next_offset)
            kafka.resume(partition)
        for partition in stuck:
            # Paused as it is, nothing is fetched from there; but a partition without any position would keep aiokafka
            # from fetching all others of its broker.
            kafka.seek(partition, 0)
        self._tell_stuck(assigned, stuck)
        self.stuck_at = stuck_at
        self.is_open = True
        self.joined = self._assigned
        self._opened_at = time.monotonic()

    def look_again(self) -> None:
        """Close every few seconds while partitions wait for an operator, to see whether one has come."""
        if self.stuck and time.monotonic() - self._opened_at > _LOOK_AGAIN_SECONDS:
            self.close()

    async def _positions_of_record(
        self, kafka: AIOKafkaConsumer, connection: AsyncConnection, assigned: Collection[TopicPartition]
    ) -> tuple[
        dict[TopicPartition, offsets.Position], dict[TopicPartition, str], dict[TopicPartition, offsets.Position]
    ]:
        """Return the positions that are in their logs; what is wrong with the others, and where they stand."""
        if not assigned:
            return {}, {}, {}
        stored = await offsets.load(connection, self.group_id, TOPICS)
        ranges = await log_ranges(kafka, assigned)
        topic_ids = {partition.topic: log.topic_id for partition, log in ranges.items()}
        if any(partition not in stored for partition in assigned):
            epochs = {topic: position.epoch for (topic, _), position in stored.items()}
            begun: dict[offsets.Partition, offsets.Position] = {
                partition: offsets.Position(
                    epochs.get(partition.topic, 0), ranges[partition].start, topic_id=topic_ids[partition.topic]
                )
                for partition in assigned
                if partition not in stored
            }
            await offsets.begin(connection, self.group_id, begun)
            stored = await offsets.load(connection, self.group_id, TOPICS)
        positions, stuck, stuck_at = {}, {}, {}
        for partition in assigned:
            problem = outside(stored[partition], ranges[partition])
            if problem:
                stuck[partition] = problem
                stuck_at[partition] = stored[partition]
            else:
                positions[partition] = stored[partition]
        for topic, topic_id in topic_ids.items():
            mine = [position for (name, _), position in positions.items() if name == topic]
            if topic_id is not None and any(position.topic_id is None for position in mine):
                await offsets.adopt(connection, self.group_id, topic, topic_id)
        return positions, stuck, stuck_at

    async def admit(self, fetched: Mapping[TopicPartition, list[Record]]) -> Admitted:
        """Return the fetched records that are due, in (topic, partition, offset) order.

        Records of a partition that is not held were fetched before its position was sought; those below it were
        applied before.
        """
        assert self.kafka is not None  # noqa: S101  the supervisor attaches first
        admitted = Admitted(self.generation)
        for partition in sorted(fetched):
            held = self.held.get(partition)
            if held is None:
                continue
            due = [record for record in fetched[partition] if record.offset >= held.admitted]
            if not due:
                continue
            end = due[-1].offset + 1
            move = Move(partition.partition, held.epoch, held.admitted, end, held.passed(end))
            held.admitted = end
            admitted.moves.setdefault(partition.topic, []).append(move)
            admitted.records.setdefault(partition.topic, []).extend(due)
        for partition, held in list(self.held.items()):
            # Beyond the last record there may be a transaction's marker, which no one ever gets to see.
            held.seen = await self.kafka.position(partition)
        return admitted

    def mark(self, ends: Mapping[TopicPartition, int], until: datetime) -> None:
        """Note that these partitions, once applied up to these ends, are applied up to this moment."""
        for partition, end in ends.items():
            marks = self.held[partition].marks
            marks.append((end, until))
            if len(marks) > _MOST_MARKS:
                self.held[partition].marks = deque(list(marks)[1::2])

    def applied(self, topic: str, moves: Collection[Move]) -> None:
        """Note that the database has committed these steps."""
        for move in moves:
            partition = TopicPartition(topic, move.partition)
            self._known[partition] = (move.epoch, move.end)
            if partition in self.held:
                self.held[partition].applied = move.end

    def positions(self) -> dict[TopicPartition, int]:
        """Return the newest position of record that this process knows of each partition it has had."""
        return {partition: offset for partition, (_, offset) in self._known.items()}

    def _note_rewind(self, partition: TopicPartition, position: offsets.Position) -> None:
        epoch, known = self._known.get(partition, (position.epoch, position.next_offset))
        if epoch == position.epoch and position.next_offset < known:
            metrics.OFFSET_REWINDS.inc()
            log.warning(
                "database_went_back",
                then="its lost records are fetched again",
                topic=partition.topic,
                partition=partition.partition,
                was=known,
                now=position.next_offset,
            )
        self._known[partition] = (position.epoch, position.next_offset)

    def _tell_stuck(self, assigned: Collection[TopicPartition], stuck: dict[TopicPartition, str]) -> None:
        for partition in self.stuck.keys() | set(assigned):
            metrics.OUT_OF_LOG.labels(partition.topic, partition.partition).set(partition in stuck)
            if partition in stuck and partition not in self.stuck:
                log.error(
                    "partition_paused",
                    because="its stored offset is outside its log, and records may be lost",
                    then="python -m psa_event_consumer offsets reset TOPIC",
                    topic=partition.topic,
                    partition=partition.partition,
                    problem=stuck[partition],
                )
        self.stuck = stuck
