"""Stored offsets that are outside their log: one partition waits, loudly, until an operator decides."""

import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from deploy.topics import make_topics
from psa_event_consumer.apply.offsets import Position
from psa_event_consumer.kafka.log_range import LogRange, outside
from services.events import FLOW_MATCHED_TOPIC, PSA_PUSHED_TOPIC
from services.kafka import KafkaSettings
from tests.consumer.running import (
    ROOT,
    Running,
    begin_at_end,
    caught_up,
    consumer,
    ends,
    environment,
    in_partition,
    produce,
)
from tests.consumer.world import NOW, Tenant
from tests.infra.own_kafka import OwnKafka
from tests.infra.waiting import wait_until


def _reset(world: Tenant, broker: OwnKafka, topic: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "psa_event_consumer", "offsets", "reset", topic],
        cwd=ROOT,
        env=environment(world.database.dsn_for("flowpilot_consumer"), broker.bootstrap, KAFKA_GROUP_ID=world.group),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _is_stuck(running: Running, topic: str, partition: int) -> bool:
    return any(f"{topic} {partition} is paused" in problem for problem in running.problems())


def test_what_retention_removed_unseen_is_skipped_only_when_told(
    world: Tenant, broker: OwnKafka, tmp_path: Path
) -> None:
    begin_at_end(world, broker.bootstrap)
    produce(broker.bootstrap, in_partition(0, *(world.matched() for _ in range(10))))
    end = ends(broker.bootstrap)[FLOW_MATCHED_TOPIC, 0]
    _retention_removes(broker, FLOW_MATCHED_TOPIC, 0, end - 4)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        wait_until(lambda: _is_stuck(running, FLOW_MATCHED_TOPIC, 0), "the partition to be reported")
        produce(broker.bootstrap, in_partition(1, world.matched()))
        wait_until(lambda: world.usage() == 1, "the other partitions to go on")
        assert running.get("/readyz")[0] == 503
        labels = {"topic": FLOW_MATCHED_TOPIC, "partition": "0"}
        assert running.metric("flowpilot_consumer_offset_out_of_log", **labels) == 1
        assert running.log.count("partition_paused") == 1
        done = _reset(world, broker, FLOW_MATCHED_TOPIC)
        assert (done.returncode, done.stdout) == (
            0,
            f"{FLOW_MATCHED_TOPIC} 0: skipped 6 removed offsets, goes on at {end - 4}\n",
        )
        wait_until(lambda: world.usage() == 5, "what is left of it")
        wait_until(lambda: running.ready, "readiness")
        assert running.metric("flowpilot_consumer_offset_out_of_log", **labels) == 0
    assert world.one("select max(topic_epoch) from analytics.consumer_offset") == 0
    again = _reset(world, broker, FLOW_MATCHED_TOPIC)
    assert (again.returncode, again.stdout) == (
        0,
        f"{FLOW_MATCHED_TOPIC}: every stored offset is inside its log; nothing to reset\n",
    )


def test_a_topic_made_anew_begins_a_new_epoch_when_told(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    begin_at_end(world, broker.bootstrap)
    produce(broker.bootstrap, [world.pushed() for _ in range(10)])
    produce(broker.bootstrap, [(PSA_PUSHED_TOPIC, 5, b"{")])
    with consumer(tmp_path, world, broker.bootstrap):
        caught_up(world, broker.bootstrap)
    first = world.one(
        "select partition from analytics.consumer_offset where topic = %s order by next_offset desc limit 1",
        PSA_PUSHED_TOPIC,
    )
    _make_anew(broker, PSA_PUSHED_TOPIC)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        wait_until(lambda: _is_stuck(running, PSA_PUSHED_TOPIC, first), "the partition to be reported")
        produce(broker.bootstrap, [world.matched()])
        wait_until(lambda: world.usage() == 1, "the other topic to go on")
        done = _reset(world, broker, PSA_PUSHED_TOPIC)
        assert done.returncode == 0, done.stderr
        assert "epoch 1 begins at the start of 12 partitions" in done.stdout
        repeated = world.pushed()
        produce(broker.bootstrap, [(PSA_PUSHED_TOPIC, 5, b"{"), *2 * [repeated], world.pushed()])
        caught_up(world, broker.bootstrap)
        wait_until(lambda: running.ready, "readiness")
    assert world.one("select count(*) from psa_activity_log") == 12
    assert world.run("select topic_epoch from analytics.dead_letter order by 1") == [(0,), (1,)]


def _retention_removes(broker: OwnKafka, topic: str, partition: int, before: int) -> None:
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    for removed in admin.delete_records([TopicPartition(topic, partition, before)]).values():
        removed.result(30)


def _make_anew(broker: OwnKafka, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": broker.bootstrap})
    admin.delete_topics([topic])[topic].result(30)

    def is_empty() -> bool:
        make_topics(KafkaSettings(broker.bootstrap))
        try:
            return sum(end for (name, _), end in ends(broker.bootstrap).items() if name == topic) == 0
        except KafkaException:
            return False  # the broker takes a moment to forget the old one

    wait_until(is_empty, "the topic to be there again")


def test_a_topic_that_is_not_ours_is_refused(world: Tenant, broker: OwnKafka) -> None:
    done = _reset(world, broker, "flowpilot.other.v1")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert FLOW_MATCHED_TOPIC in done.stderr


TOPIC_ID, ANOTHER_ID = uuid4(), uuid4()


@pytest.mark.parametrize(
    ("log", "says"),
    [
        pytest.param(LogRange(0, 50, TOPIC_ID), None, id="at the end"),
        pytest.param(LogRange(0, 50, None), None, id="a broker that knows no ids"),
        pytest.param(LogRange(50, 50, TOPIC_ID), None, id="everything removed, and all of it applied"),
        pytest.param(LogRange(0, 90, TOPIC_ID), None, id="newer records from here on"),
        pytest.param(LogRange(51, 90, TOPIC_ID), "removed records 50 to 50", id="one record removed"),
        pytest.param(LogRange(0, 49, TOPIC_ID), "the log ends at 49", id="beyond the end"),
        pytest.param(LogRange(0, 90, ANOTHER_ID), "made again", id="another topic of the name"),
    ],
)
def test_where_an_offset_is_outside_its_log(log: LogRange, says: str | None) -> None:
    told = outside(Position(0, 50, NOW, TOPIC_ID), log)
    assert (told is None) if says is None else (says in (told or ""))
