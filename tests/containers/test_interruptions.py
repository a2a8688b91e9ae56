"""What every week brings, under load: a replica and a broker restarted, new versions of consumer and API rolled out."""

import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack

import psycopg

from tests.containers.compose import Compose
from tests.containers.tenant import make_tenant
from tests.containers.traffic import Load, Pauses, Reader, ask
from tests.infra.waiting import wait_until

EVENTS_PER_SECOND = 1_000


def restart_replica(stack: Compose, _reader: Reader) -> None:
    stack("restart", "replica")


def restart_broker(stack: Compose, _reader: Reader) -> None:
    stack("restart", "kafka")


def deploy_consumer(stack: Compose, _reader: Reader) -> None:
    stack("up", "--detach", "--no-deps", "--force-recreate", "consumer")
    wait_until(lambda: stack.healthy("consumer") == 1, "a healthy consumer", 60, pause=0.2)


def deploy_api(stack: Compose, reader: Reader) -> None:
    """The new one beside the old one, then the old one away: as the Deployment's `maxUnavailable: 0` does it."""
    stack("up", "--detach", "--no-deps", "--no-recreate", "--scale", "api=2", "api")
    wait_until(lambda: stack.healthy("api") == 2, "two healthy API processes", 60, pause=0.2)
    reader.addresses.append(stack.address("api", 8000, index=2))
    old = f"{stack.project}-api-1"
    subprocess.run(["docker", "stop", old], check=True, capture_output=True)
    subprocess.run(["docker", "rm", old], check=True, capture_output=True)


def test_what_comes_back_has_lost_and_doubled_nothing(
    stack: Compose, record_property: Callable[[str, object], None]
) -> None:
    tenant = make_tenant(stack.dsn("main_app"), flows=20, sessions=200)
    with psycopg.connect(stack.dsn("postgres"), autocommit=True) as connection, ExitStack() as finally_:
        counting = "select coalesce(sum(usage_count), 0) from trees where account_id = %s"

        def counted() -> int:
            row = connection.execute(counting, [tenant.account_id]).fetchone()
            return int(row[0]) if row else 0

        load = Load(stack.kafka("flowpilot-relay"), tenant, per_second=EVENTS_PER_SECOND)
        reader, pauses = Reader(stack, tenant), Pauses(counted)
        for thread in (load, reader, pauses):
            thread.start()
            finally_.callback(thread.join, 20)
            finally_.callback(thread.stopped.set)
        wait_until(lambda: counted() > EVENTS_PER_SECOND, "the first events", 30, pause=0.2)
        figures: dict[str, object] = {}
        for interrupt in (restart_replica, restart_broker, deploy_consumer, deploy_api):
            reader.forget()
            pauses.phase = interrupt.__name__
            began = time.monotonic()
            interrupt(stack, reader)
            took = time.monotonic() - began
            reached = counted()
            wait_until(
                lambda reached=reached: counted() > reached + 2 * EVENTS_PER_SECOND, "events again", 60, pause=0.2
            )
            wait_until(lambda: not ask(stack, tenant)["stale"], "fresh numbers", 60, pause=0.2)
            figures[interrupt.__name__] = {
                "took_seconds": round(took, 1),
                "counters_paused_seconds": round(pauses.longest[interrupt.__name__], 1),
                **reader.figures(),
            }
            assert reader.answers
            assert not reader.refused, figures
        load.stopped.set()
        load.join()
        wait_until(lambda: counted() >= len(load.acknowledged), "every event", 60, pause=0.2)
        assert counted() == len(load.acknowledged)
        (dead,) = connection.execute("select count(*) from analytics.dead_letter").fetchone() or (None,)
        assert dead == 0
    for name, value in figures.items():
        record_property(name, value)
    print(f"\n{len(load.acknowledged)} events at {EVENTS_PER_SECOND}/s; {figures}")  # noqa: T201  the figures asked for
