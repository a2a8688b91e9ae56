"""What as_of, readiness, lag and the other signals say under each fault of the table in docs/operations.md."""

import subprocess
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time

import aiokafka
import psycopg
import pytest
from aiokafka.errors import KafkaError
from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    ResourceType,
)
from psycopg import AsyncConnection

from deploy.embedded.java import find_java
from deploy.embedded.kafka_jars import connect_jars, kafka_jars
from deploy.topics import make_topics
from psa_event_consumer.apply.writers import OutboxWriters
from psa_event_consumer.jobs import heartbeat
from psa_event_consumer.kafka.gate import Gate, OwnedPartition
from services.events import FLOW_MATCHED_TOPIC, PSA_PUSHED_TOPIC, encode
from services.kafka import KafkaSettings
from services.outbox import add_event
from tests.consumer.applying import FakeRecord, apply
from tests.consumer.running import Running, begin_at_end, caught_up, consumer, ends, in_partition, produce
from tests.consumer.world import Tenant
from tests.infra.own_kafka import OwnKafka
from tests.infra.waiting import wait_until

HOUR = timedelta(hours=1)


def as_of(world: Tenant) -> datetime | None:
    found: datetime | None = world.one("select as_of from analytics.freshness")
    return found


def goes_on(world: Tenant, since: datetime) -> Callable[[], bool]:
    return lambda: (as_of(world) or since) > since


def kafka_transactions(broker: OwnKafka, *arguments: str) -> str:
    """What `kafka-transactions.sh` runs, which the broker's own jars lack."""
    java = [find_java(), "-XX:TieredStopAtLevel=1", "-cp", f"{kafka_jars(print)}/*:{connect_jars(print)}/*"]
    command = [*java, "org.apache.kafka.tools.TransactionsCommand", "--bootstrap-server", broker.bootstrap, *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{arguments}: {done.stderr}{done.stdout}"
    return done.stdout


def test_an_open_transaction_of_somebody_is_told(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        wait_until(goes_on(world, datetime.now(UTC)), "as_of to move")
        somebody = Producer({"bootstrap.servers": broker.bootstrap, "transactional.id": "somebody"})
        somebody.init_transactions()
        somebody.begin_transaction()
        somebody.produce(FLOW_MATCHED_TOPIC, b"{}", partition=0)
        somebody.flush()
        began = datetime.now(UTC)
        produce(broker.bootstrap, in_partition(0, world.matched()))
        labels = {"topic": FLOW_MATCHED_TOPIC, "partition": "0"}
        wait_until(
            lambda: running.metric("flowpilot_consumer_open_transaction_seconds", **labels) > 1, "it to be measured"
        )
        assert running.metric("flowpilot_consumer_lag_records", **labels) == 2
        assert running.metric("flowpilot_consumer_lag_seconds", **labels) > 1
        assert (as_of(world) or began) <= began, "the event is not in the numbers"
        assert world.usage() == 0
        # As docs/operations.md says.
        kafka_transactions(broker, "find-hanging", "--broker-id", "1")
        place = ("--topic", FLOW_MATCHED_TOPIC, "--partition", "0")
        rows = [row.split() for row in kafka_transactions(broker, "describe-producers", *place).splitlines()]
        # Also producers without a transaction are listed, in any order.
        [start] = [row[-1] for row in rows if row[-1].isdigit()]
        kafka_transactions(broker, "abort", *place, "--start-offset", start)
        wait_until(lambda: world.usage() == 1, "the event to be counted")
        wait_until(goes_on(world, datetime.now(UTC)), "as_of to move on")
        assert running.metric("flowpilot_consumer_open_transaction_seconds") == 0


def test_a_paused_partition_holds_as_of_back_and_has_lag(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    begin_at_end(world, broker.bootstrap)
    world.run("update analytics.consumer_offset set applied_until = now()")
    before = datetime.now(UTC)
    produce(broker.bootstrap, in_partition(0, *(world.matched() for _ in range(10))))
    end = ends(broker.bootstrap)[FLOW_MATCHED_TOPIC, 0]
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    for removed in admin.delete_records([TopicPartition(FLOW_MATCHED_TOPIC, 0, end - 4)]).values():
        removed.result(30)
    labels = {"topic": FLOW_MATCHED_TOPIC, "partition": "0"}
    with consumer(tmp_path, world, broker.bootstrap) as running:
        wait_until(lambda: running.metric("flowpilot_consumer_lag_records", **labels) == 10, "its lag")
        assert running.get("/readyz")[0] == 503
        assert running.metric("flowpilot_consumer_problems") == 1
        assert (as_of(world) or before) <= before


def test_a_partition_that_nobody_owns_is_counted(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    begin_at_end(world, broker.bootstrap)
    world.run(
        "insert into analytics.consumer_offset (group_id, topic, partition, next_offset, applied_until, updated_at)"
        " values (%s, %s, 99, 0, now() - interval '1 hour', now() - interval '1 hour')",
        world.group,
        FLOW_MATCHED_TOPIC,
    )
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        wait_until(lambda: running.metric("flowpilot_consumer_unconfirmed_partitions") == 1, "it to be counted")
        wait_until(lambda: as_of(world) is not None, "as_of")
        assert datetime.now(UTC) - (as_of(world) or datetime.now(UTC)) > HOUR


def test_a_partition_that_is_added_holds_as_of_back_until_it_is_consumed(
    world: Tenant, spoilt: OwnKafka, tmp_path: Path
) -> None:
    bootstrap = spoilt.bootstrap
    begin_at_end(world, bootstrap)
    admin = AdminClient({"bootstrap.servers": bootstrap})
    with consumer(tmp_path, world, bootstrap) as running:
        running.wait_until_ready()
        wait_until(goes_on(world, datetime.now(UTC)), "as_of to move")
        admin.create_partitions([NewPartitions(FLOW_MATCHED_TOPIC, 13)])[FLOW_MATCHED_TOPIC].result(30)
        sender = Producer({"bootstrap.servers": bootstrap, "topic.metadata.refresh.interval.ms": 100})

        def sent() -> bool:
            told: list[bool] = []
            sender.produce(
                FLOW_MATCHED_TOPIC, encode(world.matched()), partition=12, on_delivery=lambda e, _: told.append(not e)
            )
            sender.flush(10)
            return told == [True]

        wait_until(sent, "the new partition to take an event")
        written = datetime.now(UTC)

        def counted() -> bool:
            age = as_of(world)
            done = world.usage() >= 1
            assert done or age is None or age <= written, "as_of ran past an event that is not in the numbers"
            return done

        wait_until(counted, "the event of the new partition", within=15)
        wait_until(goes_on(world, datetime.now(UTC)), "as_of to move on")


def test_timestamps_that_no_clock_shows_neither_pause_nor_vouch(
    world: Tenant, spoilt: OwnKafka, tmp_path: Path
) -> None:
    bootstrap = spoilt.bootstrap
    begin_at_end(world, bootstrap)
    _let_producers_choose_the_time(bootstrap, PSA_PUSHED_TOPIC)
    sender = Producer({"bootstrap.servers": bootstrap})
    for stamp in (int(time() * 1e6), int(time() * 1e9), int(datetime(2100, 1, 1, tzinfo=UTC).timestamp() * 1e3), 1):
        sender.produce(PSA_PUSHED_TOPIC, encode(world.pushed()), partition=0, timestamp=stamp)
    assert sender.flush(30) == 0
    # Null until a beat knows; never later than now.
    every = "select bool_and(applied_until <= now()) from analytics.consumer_offset"
    for _ in range(2):
        with consumer(tmp_path, world, bootstrap) as running:
            running.wait_until_ready()
            caught_up(world, bootstrap)
            wait_until(lambda: world.one(every), "a beat that knows what is applied")
    with pytest.raises(KafkaError, match=r"message\.timestamp\.type=CreateTime.*has to have LogAppendTime"):
        make_topics(KafkaSettings(bootstrap))
    # Timestamp 1 is older than the inbox remembers: that one is for an operator to judge.
    assert world.one("select count(*) from psa_activity_log") == 3


def test_a_topic_that_is_made_again_is_told_while_the_consumer_runs(
    world: Tenant, spoilt: OwnKafka, tmp_path: Path
) -> None:
    bootstrap = spoilt.bootstrap
    begin_at_end(world, bootstrap)
    with consumer(tmp_path, world, bootstrap) as running:
        running.wait_until_ready()
        produce(bootstrap, in_partition(0, *(world.matched() for _ in range(3))))
        caught_up(world, bootstrap)
        wait_until(goes_on(world, datetime.now(UTC)), "as_of to move")
        admin = AdminClient({"bootstrap.servers": bootstrap})
        admin.delete_topics([FLOW_MATCHED_TOPIC])[FLOW_MATCHED_TOPIC].result(30)
        wait_until(lambda: _says(running, "does not exist"), "the topic to be missed")
        assert running.get("/readyz")[0] == 503
        with suppress(KafkaError):  # the other topic's clock is the test before's
            make_topics(KafkaSettings(bootstrap))
        made = datetime.now(UTC)
        produce(bootstrap, in_partition(0, *(world.matched() for _ in range(9))))
        wait_until(lambda: _says(running, "made again"), "the new topic to be told", within=60)
        assert (as_of(world) or made) <= made
        assert world.usage() == 3


def test_a_second_group_is_refused_the_heartbeat(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    begin_at_end(world, broker.bootstrap)
    world.run("insert into analytics.heartbeat values (1, 'the one that counts', now() + interval '20 s')")
    with consumer(tmp_path, world, broker.bootstrap) as running:
        wait_until(lambda: _says(running, "another group beats"), "it to be told")
        assert world.one("select group_id from analytics.heartbeat") == "the one that counts"


def test_an_event_is_not_older_than_as_of_however_late_it_comes(
    world: Tenant, broker: OwnKafka, tmp_path: Path
) -> None:
    """Written in a transaction that ends late, or relayed late, and not applied: neither beat nor broker knows it."""
    begin_at_end(world, broker.bootstrap)
    main_app = psycopg.connect(world.database.dsn_for("main_app"))
    holder = psycopg.connect(world.database.dsn)
    with consumer(tmp_path, world, broker.bootstrap) as running, main_app, holder:
        running.wait_until_ready()
        wait_until(goes_on(world, datetime.now(UTC)), "as_of to move")
        event = world.matched()
        add_event(main_app, event)
        written = datetime.now(UTC)
        beaten = "select beat_at > %s::timestamptz + interval '2 s' from analytics.heartbeat"
        wait_until(lambda: world.one(beaten, written), "some beats")
        holder.execute("select from trees for update")
        main_app.commit()
        produce(broker.bootstrap, [event])
        world.run("delete from analytics.outbox")  # as the relay does
        wait_until(lambda: running.metric("flowpilot_consumer_lag_records") == 1, "Kafka to have it")
        assert world.usage() == 0
        assert (as_of(world) or written) <= written
        holder.rollback()
        wait_until(lambda: world.usage() == 1, "the event to be counted")
        wait_until(goes_on(world, datetime.now(UTC)), "as_of to move on")


async def test_who_writes_into_the_outbox_has_written_since_the_look_before(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    writers = OutboxWriters()
    before = await writers.settled(consumer_connection)
    with psycopg.connect(world.database.dsn_for("main_app")) as main_app:
        add_event(main_app, world.matched())
        assert [await writers.settled(consumer_connection) for _ in range(2)] == [before, before]
        assert await OutboxWriters().settled(consumer_connection) is None, "no one knows since when"
        main_app.commit()
        assert await writers.settled(consumer_connection) > before
    assert world.one("select created_at > %s from analytics.outbox", before)


async def test_of_a_partition_that_has_begun_nothing_is_known(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    """Neither by a batch that passes no mark, nor by a beat that finds lag."""
    await apply(consumer_connection, FakeRecord(encode(world.matched())), group_id=world.group)
    gate, partition = Gate(world.group), aiokafka.TopicPartition(FLOW_MATCHED_TOPIC, 0)
    gate.held[partition] = OwnedPartition(epoch=0, admitted=1, applied=1, seen=1)
    assert await heartbeat._write(consumer_connection, gate, {partition: None}) == {partition: None}  # noqa: SLF001
    assert as_of(world) is None


def test_a_partition_is_applied_up_to_the_last_mark_that_it_has_passed() -> None:
    gate, partition, began = Gate("ours"), aiokafka.TopicPartition("topic", 0), datetime.now(UTC)
    gate.held[partition] = OwnedPartition(epoch=0, admitted=0, applied=0, seen=0)
    for second in range(2_000):
        gate.mark({partition: 10 * second}, began + timedelta(seconds=second))
    held = gate.held[partition]
    assert len(held.marks) <= 600
    end, moment = held.marks[1]
    assert held.passed(held.marks[0][0] - 1) is None
    assert held.passed(end + 9) == moment == began + timedelta(seconds=end // 10)
    assert held.passed(end + 9) is None, "the batch before has written it"
    assert held.passed(10**6) == began + timedelta(seconds=1_999)


def _says(running: Running, words: str) -> bool:
    return any(words in problem for problem in running.problems())


def _let_producers_choose_the_time(bootstrap: str, topic: str) -> None:
    settings = {
        "message.timestamp.type": "CreateTime",
        "message.timestamp.after.max.ms": str(2**63 - 1),
        "message.timestamp.before.max.ms": str(2**63 - 1),
        "retention.ms": "-1",
    }
    entries = [
        ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET) for name, value in settings.items()
    ]
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)
    admin = AdminClient({"bootstrap.servers": bootstrap})
    for altered in admin.incremental_alter_configs([resource]).values():
        altered.result(30)
