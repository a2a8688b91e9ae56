"""The process on real servers, while nothing is wrong with them."""

import json
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from confluent_kafka import Producer

from psa_event_consumer.command_line import main
from services.events import FLOW_MATCHED_TOPIC, Event, encode
from services.outbox import add_event
from tests.consumer.foreign import produce_with_a_bad_header_name
from tests.consumer.running import (
    begin_at_end,
    caught_up,
    commit_to_kafka,
    consumer,
    ends,
    environment,
    in_partition,
    kafka_positions,
    produce,
    run_to_end,
)
from tests.consumer.world import Tenant
from tests.infra.collector import Collector
from tests.infra.own_kafka import OwnKafka
from tests.infra.waiting import wait_until


def test_events_become_counters_and_activities(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    begin_at_end(world, broker.bootstrap)
    before = ends(broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        produce(broker.bootstrap, [*(world.matched() for _ in range(500)), *(world.pushed() for _ in range(50))])
        produce(broker.bootstrap, [(FLOW_MATCHED_TOPIC, 3, b"{")])
        caught_up(world, broker.bootstrap)
        assert world.usage() == 500
        assert world.one("select count(*) from psa_activity_log") == 50
        assert world.reasons() == ["malformed"]
        assert running.metric("flowpilot_consumer_events_total", outcome="applied") == 550
        assert running.metric("flowpilot_consumer_dead_letters_total", reason="malformed") == 1
        assert running.metric("flowpilot_consumer_assigned_partitions") == 24
        wait_until(
            lambda: running.metric("flowpilot_consumer_dead_letter_rows", status="new") == 1,
            "the dead letters to be counted",
        )
        assert running.metric("flowpilot_consumer_lag_records") == 0
        code, seconds = running.terminate()
        assert (code, seconds < 5) == (0, True), running.log
    told = kafka_positions(world, broker.bootstrap)
    assert sum(offset - before[partition] for partition, offset in told.items()) == 551, "for Kafka's own tools"


def test_the_databases_position_counts_and_not_kafkas(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    """While the assignment callback awaits, aiokafka hands out records from Kafka's position: none may pass."""
    begin_at_end(world, broker.bootstrap)
    produce(broker.bootstrap, [world.matched() for _ in range(2000)])
    commit_to_kafka(world, broker.bootstrap, back=1)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        caught_up(world, broker.bootstrap)
        assert world.usage() == 2000
        assert running.metric("flowpilot_consumer_fence_conflicts_total") == 0
        assert running.metric("flowpilot_consumer_events_total", outcome="duplicate") == 0


def test_without_a_position_of_record_the_log_is_read_from_its_start(
    world: Tenant, broker: OwnKafka, tmp_path: Path
) -> None:
    """Even where Kafka believes that all was consumed."""
    produce(broker.bootstrap, [world.matched() for _ in range(100)])
    commit_to_kafka(world, broker.bootstrap, back=0)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        caught_up(world, broker.bootstrap)
        assert world.usage() == 100, "and what other tests produced names other flows"


def test_a_header_name_that_is_not_utf8_stops_nobody(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    """The client raises within the fetch, drops what it had decoded, and would fetch the same forever."""
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        produce(broker.bootstrap, in_partition(2, world.matched()))
        produce_with_a_bad_header_name(broker.bootstrap, FLOW_MATCHED_TOPIC, 2, [encode(world.matched()), b"{"])
        produce(broker.bootstrap, in_partition(2, world.matched()))
        caught_up(world, broker.bootstrap)
        assert world.usage() == 3
        assert world.run("select reason, headers from analytics.dead_letter") == [
            ("malformed", [["\ufffd\ufffd", "dmFsdWU="]])
        ]


def test_all_numbers_older_than_as_of_are_in(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    begin_at_end(world, broker.bootstrap)
    freshness = "select as_of from analytics.freshness"
    assert world.one(freshness) is None, "nothing is known yet"
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        began = datetime.now(UTC)
        wait_until(lambda: (world.one(freshness) or began) > began, "as_of to move without events")
        with world.connection.transaction():
            add_event(world.connection, world.matched())
        in_outbox = world.one("select created_at from analytics.outbox")
        beat = "select beat_at from analytics.heartbeat"
        before = world.one(beat)
        wait_until(lambda: world.one(beat) > before + timedelta(seconds=1), "heartbeats")
        world.run("delete from analytics.outbox")
        assert world.one(freshness) <= in_outbox, "the event has left the outbox, and is not applied"


def test_as_of_is_unknown_until_the_first_events_are_in(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    """A first start: no heartbeat comes before the positions of record, and Kafka gives no fault."""
    produce(broker.bootstrap, [world.matched() for _ in range(100)])
    sent = datetime.now(UTC)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        wait_until(lambda: (world.one("select as_of from analytics.freshness") or sent) > sent, "as_of", within=60)
        assert world.usage() == 100
        running.wait_until_ready()
        assert running.metric("flowpilot_consumer_faults_total", fault="kafka") == 0


def test_as_of_stands_still_without_a_consumer(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        wait_until(lambda: world.one("select as_of from analytics.freshness") is not None, "as_of")
        running.kill()
    last = world.one("select as_of from analytics.freshness")
    produce(broker.bootstrap, [world.matched()])
    assert world.one("select as_of from analytics.freshness") == last


def test_replicas_share_the_work_and_count_once(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    """Every join and every leave takes all partitions from everybody: no event is lost or doubled by that."""
    begin_at_end(world, broker.bootstrap)
    flows = [world.add_flow() for _ in range(24)]

    def events() -> list[Event]:
        return [world.matched(flow_id=flow) for flow in flows for _ in range(50)]

    with consumer(tmp_path, world, broker.bootstrap) as first:
        first.wait_until_ready()
        produce(broker.bootstrap, events())
        with consumer(tmp_path, world, broker.bootstrap) as second:
            produce(broker.bootstrap, events())
            wait_until(lambda: second.metric("flowpilot_consumer_assigned_partitions") == 12, "half of the partitions")
            produce(broker.bootstrap, events())
            second.terminate()
        produce(broker.bootstrap, events())
        caught_up(world, broker.bootstrap)
        assert {world.usage(flow) for flow in flows} == {200}
        assert first.metric("flowpilot_consumer_rebalances_total") == 3


def test_a_second_signal_ends_it_at_once(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        broker.send_signal(signal.SIGSTOP)
        try:
            running.process.send_signal(signal.SIGTERM)
            wait_until(lambda: '"stopping"' in running.log, "the first signal to arrive")
            began = time.monotonic()
            running.process.send_signal(signal.SIGINT)
            assert running.process.wait(timeout=5) == 130
            assert time.monotonic() - began < 1
        finally:
            broker.send_signal(signal.SIGCONT)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CONSUMER_DATABASE_URL", ""),
        ("CONSUMER_DATABASE_URL", "mysql://x"),
        ("KAFKA_BOOTSTRAP_SERVERS", ""),
        ("INBOX_RETENTION_DAYS", "soon"),
        ("INBOX_RETENTION_DAYS", "0"),
        ("HEALTH_PORT", "http"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONSUMER_DATABASE_URL", "postgresql://u:secret@localhost/d")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "localhost:9")
    monkeypatch.setenv(variable, value)
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert told.startswith(variable)
    assert told.count("\n") == 1
    assert "secret" not in told


def test_a_taken_port_is_told(broker: OwnKafka) -> None:
    taken = str(broker.kafka.port)
    ended = run_to_end(environment("postgresql://u:p@localhost/d", "localhost:9", HEALTH_PORT=taken))
    assert ended.returncode == 2
    assert json.loads(ended.stderr.splitlines()[0])["variable"] == "HEALTH_PORT"


def test_the_group_is_named_in_what_is_stored(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        wait_until(lambda: world.run("select group_id from analytics.heartbeat") == [(world.group,)], "a heartbeat")
        assert running.get("/nothing")[0] == 404
        assert running.get("/livez")[0] == 200


def test_a_batch_is_one_span_linked_to_what_sent_its_events(
    world: Tenant, broker: OwnKafka, collector: Collector, tmp_path: Path
) -> None:
    begin_at_end(world, broker.bootstrap)
    event = world.matched()
    header = ("traceparent", b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    with consumer(tmp_path, world, broker.bootstrap, traces=collector.endpoint) as running:
        running.wait_until_ready()
        sender = Producer({"bootstrap.servers": broker.bootstrap})
        sender.produce(FLOW_MATCHED_TOPIC, encode(event), partition=0, headers=[header, ("traceparent", b"nonsense")])
        assert sender.flush(30) == 0
        wait_until(lambda: collector.spans, "a span")
        assert running.terminate()[0] == 0
    (span,) = collector.spans
    assert span.name == f"process {FLOW_MATCHED_TOPIC}"
    assert [link.trace_id.hex() for link in span.links] == ["0af7651916cd43dd8448eb211c80319c"]
    attributes = {each.key: each.value for each in span.attributes}
    assert attributes["messaging.batch.message_count"].int_value == 1
    assert attributes["messaging.consumer.group.name"].string_value == world.group
