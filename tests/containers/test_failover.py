"""The primary goes down under load and the replica is promoted: nothing that Kafka acknowledged is lost or doubled."""

import time
from collections.abc import Callable

import psycopg

from tests.containers.compose import PASSWORD, Compose
from tests.containers.tenant import make_tenant
from tests.containers.traffic import Load, Reader, ask
from tests.infra.waiting import wait_until

EVENTS_PER_SECOND = 1_000


def test_promoting_the_replica_loses_and_doubles_nothing(
    doomed_stack: Compose, record_property: Callable[[str, object], None]
) -> None:
    stack = doomed_stack
    tenant = make_tenant(stack.dsn("main_app"), flows=20, sessions=200)
    load = Load(stack.kafka("flowpilot-relay"), tenant, per_second=EVENTS_PER_SECOND)
    reader = Reader(stack, tenant)

    def counted(service: str) -> int:
        with psycopg.connect(stack.dsn("postgres", service), connect_timeout=3) as connection:
            row = connection.execute("select coalesce(sum(usage_count), 0) from trees").fetchone()
        return int(row[0]) if row else 0

    load.start()
    reader.start()
    wait_until(lambda: counted("replica") > 3 * EVENTS_PER_SECOND, "events on the replica", 30, pause=0.2)

    stack("kill", "--signal", "SIGKILL", "primary")
    down = time.monotonic()
    with psycopg.connect(stack.dsn("postgres", "replica"), autocommit=True) as connection:
        assert connection.execute("select pg_promote(true, 30)").fetchone() == (True,)
    before = counted("replica")
    wait_until(lambda: counted("replica") > before, "events on the new primary", 90, pause=0.2)
    paused = time.monotonic() - down
    wait_until(lambda: counted("replica") > before + 3 * EVENTS_PER_SECOND, "more of them", 60, pause=0.2)
    load.stopped.set()
    load.join()
    wait_until(lambda: counted("replica") >= len(load.acknowledged), "every event", 60, pause=0.2)
    wait_until(lambda: not ask(stack, tenant)["stale"], "an answer again", 60, pause=0.2)
    reader.stopped.set()
    reader.join(20)

    with psycopg.connect(stack.dsn("postgres", "replica")) as connection:
        inbox = {row[0] for row in connection.execute("select event_id from analytics.inbox")}
        (dead,) = connection.execute("select count(*) from analytics.dead_letter").fetchone() or (None,)
    assert dead == 0
    assert inbox == load.acknowledged
    assert counted("replica") == len(load.acknowledged)
    assert PASSWORD not in stack("logs", "consumer", "api")
    figures = {"events": len(load.acknowledged), "consumer_paused_seconds": round(paused, 1), **reader.figures()}
    for name, value in figures.items():
        record_property(name, value)
    print(f"\n{figures}")  # noqa: T201  the figures asked for
