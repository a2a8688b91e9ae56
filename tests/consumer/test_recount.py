"""`recount` counts each match of an account once, whichever events of it are under way."""

import json
import random
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import AsyncConnection, OperationalError

from psa_event_consumer.apply import flow_recount
from psa_event_consumer.apply.database import connect
from psa_event_consumer.jobs.job import BusyError, exclusive
from services.events import FlowMatched
from services.outbox import add_event
from tests.consumer.running import ROOT, begin_at_end, caught_up, consumer, environment, in_partition, produce
from tests.consumer.world import Tenant
from tests.infra.pgbouncer import PgBouncer
from tests.infra.waiting import wait_until
from tests.infra.wrong_clock import wrong_clock
from tests.services.relay_process import relay


def recount(world: Tenant, bootstrap: str, url: str | None = None, **variables: str) -> tuple[int, dict[str, object]]:
    url = url or world.database.dsn_for("flowpilot_consumer")
    done = subprocess.run(
        [sys.executable, "-m", "psa_event_consumer", "recount", str(world.account)],
        env=environment(url, bootstrap, KAFKA_GROUP_ID=world.group) | variables,
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


def match(connection: psycopg.Connection, world: Tenant, flow: UUID, *, tells: bool) -> None:
    """What the main application does, before and after its events are switched on."""
    session = uuid4()
    connection.execute(
        "insert into ai_sessions (id, account_id, matched_flow_id) values (%s, %s, %s)", [session, world.account, flow]
    )
    if tells:
        add_event(connection, FlowMatched(world.account, session, flow))
    connection.commit()


def test_a_phased_rollout_loses_and_doubles_no_match_while_events_flow(
    world: Tenant, kafka: str, tmp_path: Path
) -> None:
    begin_at_end(world, kafka)
    flows = [world.flow, world.add_flow()]
    with psycopg.connect(world.database.dsn_for("main_app")) as connection:
        for number in range(7):
            match(connection, world, flows[number % 2], tells=False)
    stop = threading.Event()

    def go_on() -> None:
        chance = random.Random(15)
        with psycopg.connect(world.database.dsn_for("main_app")) as connection:
            while not stop.wait(chance.uniform(0, 0.01)):
                match(connection, world, chance.choice(flows), tells=True)

    writing = threading.Thread(target=go_on)
    with (
        relay(tmp_path, world.database.dsn_for("flowpilot_relay"), kafka),
        consumer(tmp_path, world, kafka) as running,
    ):
        running.wait_until_ready()
        writing.start()
        try:
            wait_until(lambda: sum(map(world.usage, flows)) > 20, "events to be applied")
            under_way = 0
            for _ in range(2):
                code, line = recount(world, kafka)
                assert (code, line["ok"]) == (0, True), line
                under_way += int(str(line["under_way"]))
        finally:
            stop.set()
            writing.join()
        wait_until(lambda: world.one("select count(*) from analytics.outbox") == 0, "the outbox to be empty")
        caught_up(world, kafka)
    sessions = dict(
        world.run("select matched_flow_id, count(*) from ai_sessions where matched_flow_id is not null group by 1")
    )
    assert {flow: world.usage(flow) for flow in flows} == sessions
    assert under_way > 0, "no event was under way at any of the moments: nothing was tested"


def test_events_that_wait_are_counted_when_they_come_and_no_others(
    world: Tenant, kafka: str, pooler: PgBouncer
) -> None:
    """Also behind PgBouncer in transaction mode, and by a clock to which every event is from the future."""
    begin_at_end(world, kafka)
    sessions = [world.add_session(flow=world.flow) for _ in range(4)]
    applied, in_kafka, in_outbox = (world.matched(session_id=session) for session in sessions[:3])
    world.run("insert into analytics.inbox values (%s)", applied.id)
    world.run("update trees set usage_count = 1 where id = %s", world.flow)
    # Kafka has the applied one once more, and the event of a session that is gone.
    produce(kafka, in_partition(3, applied, in_kafka, in_kafka, world.matched(session_id=uuid4())))
    with psycopg.connect(world.database.dsn_for("main_app")) as connection:
        add_event(connection, in_outbox)
    url = pooler.url(world.database.dsn_for("flowpilot_consumer"))
    assert recount(world, kafka, url, **wrong_clock("-20m")) == (
        0,
        {"account": str(world.account), "ok": True, "flows": 1, "changed": 1, "under_way": 2},
    )
    assert world.usage() == 2
    assert world.one("select last_matched_at is not null from trees")


async def test_only_one_recounts_at_a_time(world: Tenant, consumer_connection: AsyncConnection) -> None:
    """By a row that no stranger may lock; the lock is gone with its connection, and then nothing is written."""
    async with await connect(world.database.dsn_for("flowpilot_consumer")) as other:
        async with exclusive(consumer_connection, "recount"):
            with pytest.raises(BusyError):
                async with exclusive(other, "recount"):
                    pass
        await other.close()
        world.add_session(flow=world.flow)
        counts = await flow_recount.flows(consumer_connection, world.account)
        with pytest.raises(OperationalError):
            await flow_recount.correct(consumer_connection, other, counts, Counter())
    assert world.usage() == 0


def test_dead_letters_of_the_account_come_first(world: Tenant, kafka: str) -> None:
    event = world.matched()
    world.run(
        'insert into analytics.dead_letter (group_id, topic, partition, "offset", value, reason, detail)'
        " values ('g', 'flowpilot.flow-matched.v1', 0, 0, %s, 'unknown_session', '')",
        in_partition(0, event)[0][2],
    )
    code, line = recount(world, kafka)
    assert (code, line["error"]) == (1, "1 dead letters are the account's: replay or discard them first")
