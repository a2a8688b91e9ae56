"""Events in, exact numbers out, on the composed stack, also while the consumer is scaled."""

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from confluent_kafka import Producer

from services.events import FLOW_MATCHED_TOPIC, FlowMatched, PsaPushed
from services.outbox import add_event
from tests.containers.compose import Compose
from tests.containers.tenant import Tenant, make_tenant
from tests.containers.traffic import Load, Pauses, ask
from tests.infra.waiting import wait_until

EVENTS_PER_SECOND = 5_000


@pytest.fixture(scope="module")
def tenant(stack: Compose) -> Tenant:
    return make_tenant(stack.dsn("main_app"), flows=40, sessions=500)


def test_an_event_of_the_main_app_reaches_the_api(stack: Compose, tenant: Tenant) -> None:
    session = tenant.session_ids[0]
    with psycopg.connect(stack.dsn("main_app")) as connection:
        add_event(connection, FlowMatched(tenant.account_id, session, tenant.flow_ids[0], 0.9))
        add_event(connection, PsaPushed(tenant.account_id, session, "time_entry_posted", "4711", 1.25))

    def hours() -> Any:  # noqa: ANN401  JSON
        return ask(stack, tenant, "/psa")["total_hours_logged"]

    assert wait_until(hours, "the hours at the API", 30, pause=0.2) == pytest.approx(1.25)
    flows = {flow["flow_id"]: flow for flow in ask(stack, tenant, "/flow-quality")["flows"]}
    assert flows[str(tenant.flow_ids[0])]["lifetime_usage_count"] == 1
    assert ask(stack, tenant)["stale"] is False


def test_no_one_but_the_relay_may_write(stack: Compose) -> None:
    answers: list[str] = []
    producer = Producer(stack.kafka("flowpilot-consumer"))
    producer.produce(
        FLOW_MATCHED_TOPIC, b"{}", on_delivery=lambda error, _: answers.append(error.name() if error else "taken")
    )
    assert producer.flush(30) == 0
    assert answers == ["TOPIC_AUTHORIZATION_FAILED"]


def test_scaling_the_consumer_loses_and_doubles_nothing(
    stack: Compose, tenant: Tenant, record_property: Callable[[str, object], None]
) -> None:
    with psycopg.connect(stack.dsn("postgres"), autocommit=True) as connection:
        lock = threading.Lock()

        def counted() -> int:
            with lock:
                row = connection.execute(
                    "select sum(usage_count) from trees where account_id = %s", [tenant.account_id]
                ).fetchone()
            return int(row[0]) if row else 0

        before = counted()
        load = Load(stack.kafka("flowpilot-relay"), tenant, per_second=EVENTS_PER_SECOND)
        pauses = Pauses(counted)
        load.start()
        pauses.start()
        wait_until(lambda: counted() > before + EVENTS_PER_SECOND, "the first events", 30, pause=0.2)
        for size in (3, 1):
            pauses.phase = f"to {size}"
            stack("up", "--detach", "--no-recreate", "--scale", f"consumer={size}", "consumer")
            wait_until(lambda size=size: stack.healthy("consumer") == size, f"{size} healthy consumers", 90, pause=0.2)
            reached = counted()
            wait_until(
                lambda reached=reached: counted() > reached + 3 * EVENTS_PER_SECOND,
                "events after the rebalance",
                60,
                pause=0.2,
            )
        load.stopped.set()
        load.join()
        wait_until(lambda: counted() - before >= len(load.acknowledged), "every event counted", 60, pause=0.2)
        pauses.stopped.set()
        pauses.join()
        assert counted() - before == len(load.acknowledged)
        (dead,) = connection.execute("select count(*) from analytics.dead_letter").fetchone() or (None,)
        assert dead == 0
    record_property("events", len(load.acknowledged))
    record_property("longest_pause_seconds", {phase: round(pause, 2) for phase, pause in pauses.longest.items()})
    print(f"\n{len(load.acknowledged)} events at {EVENTS_PER_SECOND}/s; longest pauses {pauses.longest}")  # noqa: T201  the figure asked for
