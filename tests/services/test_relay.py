"""The relay loses nothing, orders within a key, and is held up by no single row."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from services.events import Event, FlowMatched, PsaPushed, encode, uuid7
from services.outbox import add_event
from tests.infra.collector import Collector
from tests.infra.database import Database
from tests.infra.pgbouncer import PgBouncer
from tests.infra.waiting import wait_until
from tests.services.outbox_rows import add_raw, add_rows, rows_left
from tests.services.relay_process import ROOT, relay
from tests.services.topic_tail import Tail, tail


@pytest.fixture
def account_id() -> UUID:
    return uuid7()


def add(database: Database, *events: Event) -> None:
    with psycopg.connect(database.dsn_for("main_app")) as connection:
        for event in events:
            add_event(connection, event)


def matched(account_id: UUID, flow_id: UUID | None = None, **fields: float) -> FlowMatched:
    return FlowMatched(account_id, uuid7(), flow_id or uuid7(), **fields)


def relay_url(database: Database) -> str:
    return database.dsn_for("flowpilot_relay")


def read_all(records: Tail, events: list[FlowMatched]) -> None:
    wanted = {event.id for event in events}
    records.read_until(lambda: wanted <= set(records.ids))


def test_rows_reach_kafka_as_they_are_and_leave_the_outbox(
    database: Database, kafka: str, account_id: UUID, tmp_path: Path
) -> None:
    events = [matched(account_id, match_score=0.5), PsaPushed(account_id, None, "note_posted", "Ä 7")]
    began = datetime.now(UTC)
    with tail(kafka, account_id) as records, relay(tmp_path, relay_url(database), kafka):
        add(database, *events)
        records.read_until(lambda: len(records.records) == 2)
        wait_until(lambda: not rows_left(database), "the outbox is empty")
        records.drain()
    came = {(r.topic(), r.key().decode(), r.value(), r.headers()[0]) for r in records.records}
    content_type = ("content-type", b"application/cloudevents+json")
    assert came == {
        ("flowpilot.flow-matched.v1", str(events[0].flow_id), encode(events[0]), content_type),
        ("flowpilot.psa-pushed.v1", "Ä 7", encode(events[1]), content_type),
    }
    for record in records.records:
        written = dict(record.headers() or ())["written-at"]
        assert began <= datetime.fromisoformat(written.decode()) <= datetime.now(UTC), "when the row was stored"


def test_the_trace_context_becomes_a_header(database: Database, kafka: str, account_id: UUID, tmp_path: Path) -> None:
    context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    event = matched(account_id)
    with database.connect() as connection:
        add_raw(connection, event.id, "flowpilot.flow-matched.v1", encode(event, traceparent=context))
    with tail(kafka, account_id) as records, relay(tmp_path, relay_url(database), kafka):
        records.read_until(lambda: len(records.records) == 1)
    assert ("traceparent", context.encode()) in records.records[0].headers()


def test_events_of_one_key_keep_their_order(database: Database, kafka: str, account_id: UUID, tmp_path: Path) -> None:
    flows = [uuid7() for _ in range(5)]
    events = [matched(account_id, flows[i % 5]) for i in range(3000)]
    for start in range(0, 3000, 500):
        add_rows(database, events[start : start + 500])
    with tail(kafka, account_id) as records, relay(tmp_path, relay_url(database), kafka):
        read_all(records, events)
    for flow in flows:
        came = [i for i, r in zip(records.ids, records.records, strict=True) if r.key().decode() == str(flow)]
        assert came == [event.id for event in events if event.flow_id == flow]


def test_two_relays_share_the_work_and_repeat_nothing(
    database: Database, kafka: str, account_id: UUID, tmp_path: Path
) -> None:
    events = [matched(account_id) for _ in range(8000)]
    with (
        tail(kafka, account_id) as records,
        relay(tmp_path, relay_url(database), kafka) as one,
        relay(tmp_path, relay_url(database), kafka) as other,
    ):
        wait_until(
            lambda: (
                one.metric("flowpilot_relay_producer_starts_total")
                and other.metric("flowpilot_relay_producer_starts_total")
            ),
            "",
        )
        for start in range(0, 8000, 100):
            add_rows(database, events[start : start + 100])
        read_all(records, events)
        wait_until(lambda: not rows_left(database), "the outbox is empty")
        records.drain()
        shares = [running.metric("flowpilot_relay_published_total") for running in (one, other)]
    assert sorted(records.ids) == sorted(event.id for event in events)
    assert sum(shares) == 8000
    assert min(shares) > 0


def test_killed_between_acknowledgement_and_delete_it_repeats_but_loses_nothing(
    database: Database, kafka: str, account_id: UUID, tmp_path: Path
) -> None:
    events = [matched(account_id) for _ in range(50)]
    add(database, *events)
    with tail(kafka, account_id) as records:
        with database.connect() as blocker, blocker.transaction():
            # Rows can be read and locked, not deleted.
            blocker.execute("lock table analytics.outbox in share mode")
            with relay(tmp_path, relay_url(database), kafka) as first:
                read_all(records, events)
                first.kill()
        assert len(rows_left(database)) == 50
        with relay(tmp_path, relay_url(database), kafka):
            wait_until(lambda: not rows_left(database), "the outbox is empty")
        records.drain()
    assert sorted(records.ids) == sorted([event.id for event in events] * 2)


def test_killed_at_any_moment_it_loses_nothing(
    database: Database, kafka: str, account_id: UUID, tmp_path: Path
) -> None:
    events = [matched(account_id) for _ in range(4500)]
    with tail(kafka, account_id) as records:
        for kill in range(3):
            add_rows(database, events[kill * 1500 : (kill + 1) * 1500])
            with relay(tmp_path, relay_url(database), kafka) as running:
                records.read_until(lambda so_far=kill * 1200: len(records.records) > so_far)
                running.kill()
        with relay(tmp_path, relay_url(database), kafka):
            read_all(records, events)
            wait_until(lambda: not rows_left(database), "the outbox is empty")
    assert set(records.ids) == {event.id for event in events}


def test_a_row_too_large_for_kafka_stays_and_blocks_nothing(
    database: Database, kafka: str, account_id: UUID, tmp_path: Path
) -> None:
    poison = uuid7()
    before, after = matched(account_id), matched(account_id)
    add(database, before)
    with database.connect() as connection:
        add_raw(connection, poison, "flowpilot.flow-matched.v1", os.urandom(2_000_000))
    add(database, after)
    with tail(kafka, account_id) as records, relay(tmp_path, relay_url(database), kafka) as running:
        read_all(records, [before, after])
        wait_until(lambda: rows_left(database) == [poison], "only the poison is left")
        running.wait_for_log(str(poison))
        late = matched(account_id)
        add(database, late)
        read_all(records, [late])
        wait_until(lambda: running.metric("flowpilot_relay_held_rows") == 1, "the metric shows the held row")
    assert rows_left(database) == [poison]


def test_a_row_that_the_broker_refuses_does_not_take_its_batch_along(
    database: Database, kafka: str, account_id: UUID, tmp_path: Path
) -> None:
    topic = f"test-{account_id}"
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.create_topics([NewTopic(topic, 1, 1, config={"max.message.bytes": "3000"})])[topic].result(30)
    poison, good = uuid7(), [uuid7() for _ in range(20)]
    with database.connect() as connection:
        for row_id in good[:10]:
            add_raw(connection, row_id, topic, encode(matched(account_id)))
        add_raw(connection, poison, topic, os.urandom(5000))
        for row_id in good[10:]:
            add_raw(connection, row_id, topic, encode(matched(account_id)))
    with tail(kafka, account_id, (topic,)) as records, relay(tmp_path, relay_url(database), kafka):
        wait_until(lambda: rows_left(database) == [poison], "only the poison is left")
        records.drain()
    assert len(records.records) == 20
    admin.delete_topics([topic])[topic].result(30)


def test_a_missing_topic_holds_up_its_own_rows_only(
    database: Database, kafka: str, account_id: UUID, tmp_path: Path
) -> None:
    lost = [uuid7(), uuid7()]
    with database.connect() as connection:
        add_raw(connection, lost[0], f"missing-{account_id}", b"{}")
        add_raw(connection, lost[1], "no topic's name!", b"{}")
    event = matched(account_id)
    add(database, event)
    with tail(kafka, account_id) as records, relay(tmp_path, relay_url(database), kafka) as running:
        read_all(records, [event])
        wait_until(lambda: rows_left(database) == lost, "only the rows of the missing topics are left")
        wait_until(lambda: running.metric("flowpilot_relay_held_topics") == 2, "the metric shows both")


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({}, "OUTBOX_DATABASE_URL"),
        ({"OUTBOX_DATABASE_URL": "mysql://secret@h/d"}, "OUTBOX_DATABASE_URL"),
        ({"OUTBOX_DATABASE_URL": "postgresql://h/d"}, "KAFKA_BOOTSTRAP_SERVERS"),
        (
            {"OUTBOX_DATABASE_URL": "postgresql://h/d", "KAFKA_BOOTSTRAP_SERVERS": "h:1", "OUTBOX_POLL_MS": "0.5"},
            "OUTBOX_POLL_MS",
        ),
        (
            {"OUTBOX_DATABASE_URL": "postgresql://h/d", "KAFKA_BOOTSTRAP_SERVERS": "h:1", "METRICS_PORT": "70000"},
            "METRICS_PORT",
        ),
    ],
)
def test_a_wrong_setting_is_one_line_and_exit_code_2(environment: dict[str, str], named: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "services.outbox"],
        check=False,
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 2
    assert run.stderr.startswith(named)
    assert run.stderr.count("\n") == 1
    assert "secret" not in run.stderr


def test_behind_pgbouncer_relays_share_server_sessions_and_miss_nothing(
    database: Database, pooler: PgBouncer, kafka: str, account_id: UUID, tmp_path: Path
) -> None:
    url = pooler.url(relay_url(database))
    events = [matched(account_id) for _ in range(300)]
    with tail(kafka, account_id) as records, relay(tmp_path, url, kafka) as one, relay(tmp_path, url, kafka) as other:
        for begin in range(0, len(events), 20):
            add(database, *events[begin : begin + 20])
        read_all(records, events)
        wait_until(lambda: not rows_left(database), "the outbox is empty")
    assert "relay_waits" not in one.log + other.log


def test_what_is_published_is_traced_and_linked_to_its_cause(
    database: Database, kafka: str, account_id: UUID, collector: Collector, tmp_path: Path
) -> None:
    event, cause = matched(account_id), "4bf92f3577b34da6a3ce929d0e0e4736"
    with database.connect() as connection:
        payload = encode(event, traceparent=f"00-{cause}-00f067aa0ba902b7-01")
        add_raw(connection, event.id, "flowpilot.flow-matched.v1", payload)
    with relay(tmp_path, relay_url(database), kafka, OTEL_EXPORTER_OTLP_ENDPOINT=collector.endpoint) as running:
        wait_until(lambda: not rows_left(database), "the outbox is empty")
        assert running.terminate()[0] == 0
    (span,) = collector.spans
    assert (span.name, [link.trace_id.hex() for link in span.links]) == ("publish outbox", [cause])
