"""Debezium's connector with our configuration publishes what the relay publishes, byte for byte."""

import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from confluent_kafka import Consumer

from deploy.embedded.java import find_java
from deploy.embedded.kafka_jars import connect_jars
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import Server
from deploy.embedded.processes import Children
from deploy.embedded.roles import LOGIN_ROLES, OWNER, join_groups, make_database, make_login_roles
from deploy.migrations.run import upgrade
from services.events import TOPICS, FlowMatched, PsaPushed, encode, key_of, topic_of, type_of
from tests.adoption.servers import postgres
from tests.infra.own_kafka import OwnKafka
from tests.services.relay_process import relay

ROOT = Path(__file__).parents[2]
CONFIGURATION = ROOT / "deploy" / "debezium"
PATIENCE_S = 90
Published = tuple[str, bytes, bytes, list[tuple[str, bytes]]]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server with logical decoding, our schema, and what `outbox.sql` makes."""
    with postgres(tmp_path / "primary", "primary") as server:
        with server.connect() as admin:
            make_login_roles(admin, dict.fromkeys(LOGIN_ROLES, "test"))
            make_database(admin, "app")
        with psycopg.connect(server.dsn("app", OWNER, "test"), autocommit=True) as owner:
            owner.execute((ROOT / "deploy" / "embedded" / "main_app.sql").read_bytes())
        upgrade(server.dsn("app", OWNER, "test"))
        with server.connect("app") as admin:
            join_groups(admin)
            statements = (CONFIGURATION / "outbox.sql").read_text().replace(":password", "'test'")
            admin.execute(statements.encode())
        yield server


MOMENTS = ("2026-03-18 09:30:00+00", "2026-03-18 09:30:00.12+00", "2026-03-18 11:30:00.123456+02")
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def add_events(server: Server) -> None:
    """Of each kind one, written at moments that are told with all, some and no digits after the second; one traced."""
    account, session, flow = uuid4(), uuid4(), uuid4()
    events = (
        FlowMatched(account, session, flow, match_score=0.82),
        PsaPushed(account, session, "time_entry_posted", "Ü-48213", hours_logged=1.5),
        PsaPushed(account, None, "note_posted", "48213"),
    )
    with psycopg.connect(server.dsn("app")) as connection:
        for event, moment, trace in zip(events, MOMENTS, (None, TRACE, None), strict=True):
            payload = encode(event, traceparent=trace)
            connection.execute(
                "insert into analytics.outbox values (%s, %s, %s, %s, %s, %s)",
                [event.id, topic_of(event), key_of(event), type_of(event), payload, moment],
            )


def published(bootstrap: str, count: int, children: Children, since: int) -> list[Published]:
    """So many records of our topics, from that moment (milliseconds since 1970) on."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": str(uuid4()), "auto.offset.reset": "earliest"})
    consumer.subscribe(list(TOPICS))
    found: list[Published] = []
    deadline = time.monotonic() + PATIENCE_S
    while len(found) < count:
        assert time.monotonic() < deadline, f"{len(found)} of {count} records"
        children.raise_for_dead()
        message = consumer.poll(0.2)
        # The broker serves other tests too, whose records say nothing of these moments.
        if message is not None and message.error() is None and message.timestamp()[1] >= since:
            found.append((message.topic(), message.key(), message.value(), message.headers()))
    consumer.close()
    return found


def test_the_records_are_the_relays(server: Server, broker: OwnKafka, tmp_path: Path) -> None:
    since = round(time.time() * 1000)
    add_events(server)
    children = Children(tmp_path / "run", tmp_path / "logs")
    try:
        start_connect(server, broker, tmp_path, children)
        published(broker.bootstrap, 3, children, since)
        add_events(server)
        from_debezium = published(broker.bootstrap, 6, children, since)
    finally:
        children.stop_all()
    with relay(tmp_path, server.dsn("app", "flowpilot_relay", "test"), broker.bootstrap):
        from_both = published(broker.bootstrap, 12, children, since)

    # Equal lists of records, each there twice; headers in any order.
    assert in_order(from_both) == in_order([*from_debezium, *from_debezium])
    traced = [headers for *_, headers in from_debezium if ("traceparent", TRACE.encode()) in headers]
    assert (len(traced), {len(headers) for *_, headers in from_debezium}) == (2, {2, 3})


def in_order(records: list[Published]) -> list[Published]:
    return sorted((topic, key, value, sorted(headers)) for topic, key, value, headers in records)


def start_connect(server: Server, broker: OwnKafka, folder: Path, children: Children) -> None:
    values = {
        "DATABASE_HOST": "127.0.0.1",
        "DATABASE_PORT": str(server.port),
        "DATABASE_NAME": "app",
        "DATABASE_PASSWORD": "test",
        "KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap,
        "OFFSET_FILE": str(folder / "offsets"),
        ":8083": f":{free_port()}",
    }
    files = [folder / name for name in ("connect-standalone.properties", "outbox.properties")]
    for file in files:
        text = (CONFIGURATION / file.name).read_text()
        for name, value in values.items():
            text = text.replace(name, value)
        file.write_text(text)
    options = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    main = ["-cp", f"{connect_jars(print)}/*", "org.apache.kafka.connect.cli.ConnectStandalone"]
    children.start("connect", [find_java(), *options, *main, *files])
