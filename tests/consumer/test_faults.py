"""Servers that go away, transactions that die, a database that goes back in time: nothing is lost or counted twice."""

import signal
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from services.events import FLOW_MATCHED_TOPIC
from tests.consumer.running import begin_at_end, caught_up, consumer, expel, in_partition, produce
from tests.consumer.world import Tenant
from tests.infra.own_kafka import OwnKafka
from tests.infra.waiting import wait_until
from tests.services.tcp_proxy import Proxy

# What a failover, or a restored backup, takes back together.
STATE = ("public.trees", "public.psa_activity_log", "analytics.inbox", "analytics.consumer_offset")


def test_a_kill_within_the_transaction_leaves_nothing_of_it(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        with psycopg.connect(world.database.dsn) as holder:
            holder.execute("select from trees where id = %s for update", [world.flow])
            produce(broker.bootstrap, [world.matched() for _ in range(10)])
            wait_until(lambda: _waits_for_a_lock(world), "the transaction to be under way")
            running.kill()
        assert world.usage() == 0
    expel(broker.bootstrap, world.group)
    with consumer(tmp_path, world, broker.bootstrap):
        caught_up(world, broker.bootstrap)
        assert world.usage() == 10


def test_a_kill_after_the_commit_and_before_kafka_knows_counts_once(
    world: Tenant, broker: OwnKafka, tmp_path: Path
) -> None:
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        produce(broker.bootstrap, [world.matched() for _ in range(10)])
        wait_until(lambda: world.usage() == 10, "the commit")
        running.kill()
    expel(broker.bootstrap, world.group)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        produce(broker.bootstrap, [world.matched()])
        caught_up(world, broker.bootstrap)
        assert world.usage() == 11
        assert running.metric("flowpilot_consumer_events_total", outcome="duplicate") == 0


def test_a_database_that_lost_its_last_commits_gets_them_again(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    """Also when no further event comes that would notice: a heartbeat finds the positions moved."""
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        produce(broker.bootstrap, [world.matched(), world.pushed()])
        caught_up(world, broker.bootstrap)
        for table in STATE:
            world.run(f"create table public.before_{table.partition('.')[2]} as select * from {table}")
        produce(broker.bootstrap, [*(world.matched() for _ in range(20)), *(world.pushed() for _ in range(5))])
        caught_up(world, broker.bootstrap)
        assert world.usage() == 21
        _rewind(world)
        wait_until(lambda: world.usage() == 21, "the lost matches to be applied again")
        wait_until(lambda: world.one("select count(*) from psa_activity_log") == 6, "the lost activities too")
        assert running.metric("flowpilot_consumer_offset_rewinds_total") >= 1
        assert "database_went_back" in running.log


def test_a_position_moved_by_another_consumer_is_followed(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    """A consumer that was held up beyond its session finds that another one has gone on: it must not count again."""
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        running.process.send_signal(signal.SIGSTOP)
        produce(broker.bootstrap, in_partition(0, *(world.matched() for _ in range(10))))
        # As the other one: the first six records are applied, and the position is behind them.
        world.run("update trees set usage_count = 6 where id = %s", world.flow)
        world.run(
            "update analytics.consumer_offset set next_offset = next_offset + 6 where topic = %s and partition = 0",
            FLOW_MATCHED_TOPIC,
        )
        running.process.send_signal(signal.SIGCONT)
        caught_up(world, broker.bootstrap)
        assert world.usage() == 10
        assert running.metric("flowpilot_consumer_offset_rewinds_total") == 0


def test_connections_that_are_ended_at_any_moment_change_nothing(
    world: Tenant, broker: OwnKafka, tmp_path: Path
) -> None:
    begin_at_end(world, broker.bootstrap)
    flows = [world.add_flow() for _ in range(10)]
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        for _ in range(10):
            produce(broker.bootstrap, [world.matched(flow_id=flow) for flow in flows for _ in range(100)])
            world.run(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and usename = 'flowpilot_consumer'"
            )
        caught_up(world, broker.bootstrap)
        assert {world.usage(flow) for flow in flows} == {1000}
        wait_until(lambda: running.ready, "it to be ready again")


def test_a_deadlock_ends_with_the_main_app_unharmed(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    """The main application updates flows in another order than ours, while a batch is under way."""
    begin_at_end(world, broker.bootstrap)
    low, high = sorted([world.add_flow(), world.add_flow()])
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        with psycopg.connect(world.database.dsn_for("main_app")) as main_app:
            main_app.execute("update trees set name = 'x' where id = %s", [high])
            # In one batch of the producer, so that they are in one of the consumer.
            matched = [world.matched(flow_id=low), world.matched(flow_id=high)]
            produce(broker.bootstrap, in_partition(0, *matched))
            wait_until(lambda: _waits_for_a_lock(world), "the consumer to hold the lower flow and wait for the higher")
            main_app.execute("update trees set name = 'x' where id = %s", [low])
        caught_up(world, broker.bootstrap)
        assert (world.usage(low), world.usage(high)) == (1, 1)


def test_a_flow_deleted_between_its_test_and_its_update_is_a_dead_letter(
    world: Tenant, broker: OwnKafka, tmp_path: Path
) -> None:
    begin_at_end(world, broker.bootstrap)
    doomed = world.add_flow()
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        with psycopg.connect(world.database.dsn) as main_app:
            main_app.execute("delete from trees where id = %s", [doomed])
            produce(broker.bootstrap, [world.matched(flow_id=doomed), world.matched()])
            wait_until(lambda: _waits_for_a_lock(world), "the consumer to wait for the deletion")
        caught_up(world, broker.bootstrap)
        assert world.reasons() == ["unknown_flow"]
        assert world.usage() == 1
        assert world.one("select count(*) from analytics.inbox") == 1


def test_a_session_deleted_between_its_test_and_its_use_is_a_dead_letter(
    world: Tenant, broker: OwnKafka, tmp_path: Path
) -> None:
    begin_at_end(world, broker.bootstrap)
    doomed = world.add_session()
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        with psycopg.connect(world.database.dsn) as main_app:
            main_app.execute("delete from ai_sessions where id = %s", [doomed])
            produce(broker.bootstrap, [world.pushed(session_id=doomed), world.pushed()])
            wait_until(lambda: _waits_for_a_lock(world), "the consumer to wait for the deletion")
        caught_up(world, broker.bootstrap)
        assert world.reasons() == ["unknown_session"]
        assert world.one("select count(*) from psa_activity_log") == 1


@pytest.mark.parametrize("how", ["refuse", "freeze"])
def test_postgresql_away_is_waited_for(
    world: Tenant, broker: OwnKafka, tmp_path: Path, primary: tuple[Proxy, str], how: str
) -> None:
    between, url = primary
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap, url) as running:
        running.wait_until_ready()
        getattr(between, how)()
        produce(broker.bootstrap, [world.matched() for _ in range(10)])
        if how == "refuse":
            wait_until(lambda: not running.ready, "readiness to say so")
            assert "database_away" in running.problems()[0]
        assert running.get("/livez")[0] == 200, "a restart would not bring the server back"
        between.restore()
        caught_up(world, broker.bootstrap)
        assert world.usage() == 10
        assert world.dead() == []
        wait_until(lambda: running.ready, "it to be ready again")


def test_a_primary_that_hangs_is_left_for_the_next_host(
    world: Tenant, broker: OwnKafka, tmp_path: Path, primary: tuple[Proxy, str]
) -> None:
    """It keeps its sockets open and answers nothing, as a stopped machine does, while another one is promoted."""
    between, url = primary
    parts = conninfo_to_dict(world.database.dsn)
    first, second = f"127.0.0.1:{between.port}", f"{parts['host']}:{parts['port']}"
    begin_at_end(world, broker.bootstrap)
    both = url.replace(first, f"{first},{second}") + "?connect_timeout=2"
    with consumer(tmp_path, world, broker.bootstrap, both, impatient=True) as running:
        running.wait_until_ready()
        between.freeze()
        produce(broker.bootstrap, [world.matched() for _ in range(10)])
        caught_up(world, broker.bootstrap)
        assert world.usage() == 10
        assert running.metric("flowpilot_consumer_faults_total", fault="database_away") >= 1


def test_kafka_away_is_waited_for(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    """By a consumer that it leaves, and by one that starts without it; a third one is stopped meanwhile."""
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap) as running, consumer(tmp_path, world, broker.bootstrap) as other:
        running.wait_until_ready()
        other.wait_until_ready()
        wait_until(lambda: world.run("select group_id from analytics.heartbeat") != [], "the heart to beat")
        broker.kill()
        try:
            beat = world.one("select beat_at from analytics.heartbeat")
            wait_until(lambda: world.one("select beat_at from analytics.heartbeat") > beat, "the heart to beat on")
            code, seconds = other.terminate()
            assert (code, seconds < 10) == (0, True), other.log
            with consumer(tmp_path, world, broker.bootstrap) as later:
                wait_until(lambda: "kafka" in later.problems()[0], "the reason why it is not ready")
                assert (running.get("/livez")[0], later.get("/livez")[0]) == (200, 200)
                broker.start()
                later.wait_until_ready()
        finally:
            if broker.child.process.poll() is not None:
                broker.start()
        produce(broker.bootstrap, [world.matched() for _ in range(10)])
        caught_up(world, broker.bootstrap)
        assert world.usage() == 10


def test_it_starts_without_postgresql(
    world: Tenant, broker: OwnKafka, tmp_path: Path, primary: tuple[Proxy, str]
) -> None:
    between, url = primary
    between.refuse()
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap, url) as running:
        wait_until(lambda: "database_away" in running.problems()[0], "the reason why it is not ready")
        assert running.get("/livez")[0] == 200
        between.restore()
        running.wait_until_ready()


@pytest.mark.parametrize("how", ["refuse", "freeze"])
def test_it_stops_within_ten_seconds_without_postgresql(
    world: Tenant, broker: OwnKafka, tmp_path: Path, primary: tuple[Proxy, str], how: str
) -> None:
    between, url = primary
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap, url) as running:
        running.wait_until_ready()
        getattr(between, how)()
        produce(broker.bootstrap, [world.matched()])
        polled = running.metric("flowpilot_consumer_last_fetch_seconds")
        wait_until(
            lambda: running.metric("flowpilot_consumer_last_fetch_seconds") > polled + 0.5, "the loop to be held up"
        )
        code, seconds = running.terminate()
        assert (code, seconds < 10) == (0, True), running.log


def test_it_stops_within_ten_seconds_while_kafka_is_frozen(world: Tenant, broker: OwnKafka, tmp_path: Path) -> None:
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap) as running:
        running.wait_until_ready()
        produce(broker.bootstrap, [world.matched() for _ in range(10)])
        caught_up(world, broker.bootstrap)
        broker.send_signal(signal.SIGSTOP)
        try:
            code, seconds = running.terminate()
            assert (code, seconds < 10) == (0, True), running.log
        finally:
            broker.send_signal(signal.SIGCONT)


def _rewind(world: Tenant) -> None:
    with world.connection.transaction():
        world.run("truncate public.psa_activity_log, analytics.inbox, analytics.consumer_offset")
        for table in STATE[1:]:
            world.run(f"insert into {table} select * from public.before_{table.partition('.')[2]}")
        world.run(
            "update trees set usage_count = old.usage_count, last_matched_at = old.last_matched_at"
            " from before_trees old where old.id = trees.id"
        )
        for table in STATE:
            world.run(f"drop table public.before_{table.partition('.')[2]}")


def _waits_for_a_lock(world: Tenant) -> bool:
    waiting: bool = world.one(
        "select count(*) > 0 from pg_stat_activity where datname = current_database()"
        " and usename = 'flowpilot_consumer' and wait_event_type = 'Lock'"
    )
    return waiting


@pytest.mark.parametrize("clock", ["-20m", "+40d"])
def test_a_consumer_whose_clock_is_wrong_buries_no_event(
    world: Tenant, broker: OwnKafka, tmp_path: Path, clock: str
) -> None:
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap, clock=clock) as running:
        running.wait_until_ready()
        produce(broker.bootstrap, [world.matched() for _ in range(10)])
        caught_up(world, broker.bootstrap)
        assert world.usage() == 10
