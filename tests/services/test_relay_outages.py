"""The relay outlives Kafka and PostgreSQL, and ends within ten seconds of SIGTERM while either is away."""

import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import pytest
from psycopg.conninfo import conninfo_to_dict

from services.events import FlowMatched, uuid7
from tests.infra.database import Database
from tests.infra.own_kafka import OwnKafka
from tests.infra.waiting import wait_until
from tests.services.outbox_rows import add_rows, rows_left
from tests.services.relay_process import Relay, relay
from tests.services.tcp_proxy import Proxy, proxy
from tests.services.topic_tail import tail


def add(database: Database, account_id: UUID, count: int) -> list[FlowMatched]:
    events = [FlowMatched(account_id, uuid7(), uuid7()) for _ in range(count)]
    add_rows(database, events)
    return events


def through(database: Database, running: Proxy) -> str:
    parts = conninfo_to_dict(database.dsn_for("flowpilot_relay"))
    return f"postgresql://{parts['user']}:{parts['password']}@127.0.0.1:{running.port}/{parts['dbname']}"


def database_proxy(stack: ExitStack, database: Database) -> Proxy:
    parts = conninfo_to_dict(database.dsn)
    return stack.enter_context(proxy(str(parts["host"]), int(parts["port"] or 0)))


def failures(running: Relay) -> float:
    return running.metric("flowpilot_relay_failures_total")


@pytest.mark.parametrize("outage", ["killed", "frozen"])
def test_kafka_goes_and_comes_back(database: Database, broker: OwnKafka, tmp_path: Path, outage: str) -> None:
    account_id = uuid7()
    with relay(tmp_path, database.dsn_for("flowpilot_relay"), broker.bootstrap, impatient=True) as running:
        events = add(database, account_id, 100)
        wait_until(lambda: not rows_left(database), "the first rows are gone")
        if outage == "killed":
            broker.kill()
        else:
            broker.send_signal(signal.SIGSTOP)
        events += add(database, account_id, 100)
        wait_until(lambda: failures(running) >= 2, "the relay has met the outage", within=60)
        assert len(rows_left(database)) == 100
        if outage == "killed":
            broker.start()
        else:
            broker.send_signal(signal.SIGCONT)
        events += add(database, account_id, 100)
        wait_until(lambda: not rows_left(database), "all rows are gone", within=60)
        assert running.process.poll() is None
        noise = running.log.count("Unable connect to node")
    assert noise < 20, "aiokafka's complaints are rate-limited"
    with tail(broker.bootstrap, account_id) as records:
        records.rewind()
        # A frozen broker may have taken what the relay, without an answer, sends again.
        records.read_until(lambda: {event.id for event in events} <= set(records.ids))


@pytest.mark.parametrize("outage", [Proxy.refuse, Proxy.freeze], ids=["refusing", "frozen"])
def test_postgresql_goes_and_comes_back(
    database: Database, kafka: str, tmp_path: Path, outage: Callable[[Proxy], None]
) -> None:
    account_id = uuid7()
    with ExitStack() as stack:
        between = database_proxy(stack, database)
        records = stack.enter_context(tail(kafka, account_id))
        running = stack.enter_context(relay(tmp_path, through(database, between), kafka, impatient=True))
        events = add(database, account_id, 100)
        records.read_until(lambda: len(records.records) == 100)
        outage(between)
        events += add(database, account_id, 100)
        wait_until(lambda: failures(running) >= 1, "the relay has met the outage", within=60)
        between.restore()
        wait_until(lambda: not rows_left(database), "all rows are gone", within=60)
        records.read_until(lambda: {event.id for event in events} <= set(records.ids))


def test_connections_that_are_cut_all_the_time_lose_nothing(database: Database, kafka: str, tmp_path: Path) -> None:
    account_id = uuid7()
    with (
        tail(kafka, account_id) as records,
        relay(tmp_path, database.dsn_for("flowpilot_relay"), kafka) as running,
        database.connect() as admin,
    ):
        events = add(database, account_id, 6000)

        def cut() -> bool:
            admin.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where usename = 'flowpilot_relay' and datname = current_database()"
            )
            return failures(running) >= 5

        wait_until(cut, "the relay has met five cuts", within=60)
        wait_until(lambda: not rows_left(database), "all rows are gone", within=60)
        records.read_until(lambda: {event.id for event in events} <= set(records.ids))


def idle(_: ExitStack, database: Database, kafka: str) -> tuple[str, str]:
    return database.dsn_for("flowpilot_relay"), kafka


def postgresql_refuses(stack: ExitStack, database: Database, kafka: str) -> tuple[str, str]:
    between = database_proxy(stack, database)
    between.refuse()
    return through(database, between), kafka


def postgresql_is_silent(stack: ExitStack, database: Database, kafka: str) -> tuple[str, str]:
    between = database_proxy(stack, database)
    between.freeze()
    return through(database, between), kafka


def kafka_refuses(_: ExitStack, database: Database, _kafka: str) -> tuple[str, str]:
    return database.dsn_for("flowpilot_relay"), "127.0.0.1:1"


def kafka_is_silent(stack: ExitStack, database: Database, _kafka: str) -> tuple[str, str]:
    listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    return database.dsn_for("flowpilot_relay"), f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("where", [idle, postgresql_refuses, postgresql_is_silent, kafka_refuses, kafka_is_silent])
def test_sigterm_ends_it_within_ten_seconds(
    database: Database, kafka: str, tmp_path: Path, where: Callable[[ExitStack, Database, str], tuple[str, str]]
) -> None:
    add(database, uuid7(), 10)
    with ExitStack() as stack:
        running = stack.enter_context(relay(tmp_path, *where(stack, database, kafka)))
        code, seconds = running.terminate()
    assert code == 0
    assert seconds < 10


@pytest.mark.parametrize("outage", ["killed", "frozen"])
def test_sigterm_ends_it_while_kafka_has_gone_in_the_middle(
    database: Database, broker: OwnKafka, tmp_path: Path, outage: str
) -> None:
    with relay(tmp_path, database.dsn_for("flowpilot_relay"), broker.bootstrap) as running:
        add(database, uuid7(), 10)
        wait_until(lambda: not rows_left(database), "the first rows are gone")
        if outage == "killed":
            broker.kill()
        else:
            broker.send_signal(signal.SIGSTOP)
        add(database, uuid7(), 10)
        with database.connect() as admin:
            claimed = "select from analytics.outbox limit 1 for update skip locked"
            wait_until(lambda: admin.execute(claimed).rowcount == 0 or failures(running), "the relay meets the outage")
        code, seconds = running.terminate()
    assert code == 0
    assert seconds < 10
    assert len(rows_left(database)) == 10
