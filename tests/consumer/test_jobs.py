"""The scheduled jobs, by themselves and by `jobs run`."""

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from psycopg import AsyncConnection

from psa_event_consumer.command_line import main
from psa_event_consumer.jobs import heartbeat, purge_inbox, success_rate
from psa_event_consumer.jobs.job import BusyError, Job, claim, exclusive, run
from tests.consumer.world import Tenant

Command = Callable[[str], tuple[int, dict[str, object]]]
RETENTION = timedelta(days=30)


@pytest.fixture
def run_job(world: Tenant, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.setenv("CONSUMER_DATABASE_URL", world.database.dsn_for("flowpilot_consumer"))
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "localhost:9")

    def command(name: str) -> tuple[int, dict[str, object]]:
        capsys.readouterr()
        code = main(["jobs", "run", name])
        (line,) = capsys.readouterr().out.splitlines()
        return code, json.loads(line)

    return command


def test_success_rate_is_resolved_over_ended(world: Tenant, run_job: Command) -> None:
    other = world.add_account()
    for status, count in {"resolved": 3, "escalated": 1, "abandoned": 1, "active": 4, "paused": 1}.items():
        for _ in range(count):
            world.add_session(flow=world.flow, status=status)
    world.add_session(flow=world.flow, account=other, status="abandoned")
    open_only, unmatched, reopened = world.add_flow(), world.add_flow(), world.add_flow()
    world.add_session(flow=open_only)
    world.run("update trees set success_rate = 0.5 where id = %s", reopened)
    assert run_job("success_rate") == (0, {"job": "success_rate", "ok": True, "updated": 2})
    assert dict(world.run("select id, success_rate from trees")) == {
        world.flow: 3 / 5,
        open_only: None,
        unmatched: None,
        reopened: None,
    }


def test_a_flow_whose_rate_stays_is_not_written(world: Tenant, run_job: Command) -> None:
    world.add_session(flow=world.flow, status="resolved")
    assert run_job("success_rate")[1]["updated"] == 1
    version = world.one("select xmin::text from trees")
    assert run_job("success_rate")[1]["updated"] == 0
    assert world.one("select xmin::text from trees") == version


async def test_a_flow_that_the_main_app_holds_is_waited_for(
    world: Tenant, consumer_connection: AsyncConnection
) -> None:
    world.add_session(flow=world.flow, status="resolved")
    with psycopg.connect(world.database.dsn_for("main_app")) as main_app:
        main_app.execute("set idle_in_transaction_session_timeout = '1200ms'")
        main_app.commit()
        main_app.execute("update trees set name = 'x' where id = %s", [world.flow])
        assert await success_rate.run(consumer_connection) == {"updated": 1}
        main_app.close()


async def test_many_flows_are_written_in_chunks(
    world: Tenant, consumer_connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(success_rate, "_CHUNK", 3)
    flows = [world.add_flow() for _ in range(10)]
    for flow in flows:
        world.add_session(flow=flow, status="escalated")
    assert await success_rate.run(consumer_connection) == {"updated": 10}
    assert {rate for (rate,) in world.run("select success_rate from trees where id = any(%s)", flows)} == {0.0}


async def test_purge_forgets_only_what_no_record_can_bring_again(
    world: Tenant, consumer_connection: AsyncConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(purge_inbox, "_CHUNK", 2)
    for age in ("31 days", "30 days 2 hours", "29 days", "0 days", "300 days"):
        world.run("insert into analytics.inbox values (%s, now() - %s::interval)", uuid4(), age)
    assert await purge_inbox.run(consumer_connection, RETENTION) == {"deleted": 3}
    assert world.one("select max(now() - received_at) < interval '30 days' from analytics.inbox")


def test_a_heartbeat_by_hand(world: Tenant, run_job: Command) -> None:
    assert run_job("heartbeat")[0] == 0
    first = world.one("select beat_at from analytics.heartbeat")
    run_job("heartbeat")
    assert world.one("select beat_at from analytics.heartbeat") > first


def test_every_run_is_recorded(world: Tenant, run_job: Command) -> None:
    run_job("purge_inbox")
    assert world.run("select job, last_result, last_error from analytics.job_run") == [
        ("purge_inbox", {"deleted": 0}, None)
    ]
    world.run("revoke delete on analytics.inbox from analytics_writer")
    try:
        code, line = run_job("purge_inbox")
    finally:
        world.run("grant delete on analytics.inbox to analytics_writer")
    assert (code, line["ok"]) == (1, False)
    assert "InsufficientPrivilege" in str(line["error"])
    assert "InsufficientPrivilege" in world.one("select last_error from analytics.job_run")
    assert world.one("select last_succeeded_at < last_finished_at from analytics.job_run")


def test_an_unknown_job_is_refused(run_job: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="not enough"):
        run_job("tidy_up")
    assert main(["jobs", "run", "tidy_up"]) == 2
    assert "success_rate" in capsys.readouterr().err


async def test_one_run_excludes_another(world: Tenant, consumer_connection: AsyncConnection) -> None:
    world.add_session(flow=world.flow, status="resolved")
    url = world.database.dsn_for("flowpilot_consumer")
    async with await AsyncConnection.connect(url) as elsewhere, exclusive(elsewhere, success_rate.NAME):
        with pytest.raises(BusyError):
            await success_rate.run(consumer_connection)
        await purge_inbox.run(consumer_connection, RETENTION)
    assert await success_rate.run(consumer_connection) == {"updated": 1}


def test_jobs_run_waits_for_the_other_run(world: Tenant, run_job: Command) -> None:
    elsewhere = psycopg.connect(world.database.dsn_for("flowpilot_consumer"))
    elsewhere.execute("insert into analytics.job_lock values ('purge_inbox') on conflict do nothing")
    elsewhere.commit()
    elsewhere.execute("select from analytics.job_lock where job = 'purge_inbox' for update")
    # The server ends the other run while ours waits.
    elsewhere.execute("set local idle_in_transaction_session_timeout = '1s'")
    assert run_job("purge_inbox") == (0, {"job": "purge_inbox", "ok": True, "deleted": 0})
    elsewhere.close()


async def test_a_job_is_due_once_an_interval(world: Tenant, consumer_connection: AsyncConnection) -> None:
    async def nothing(connection: AsyncConnection) -> dict[str, int]:
        del connection
        return {}

    job = Job("nothing", timedelta(minutes=5), nothing, timeout=timedelta(seconds=1))
    assert await claim(consumer_connection, job)
    assert not await claim(consumer_connection, job)
    await run(consumer_connection, job)
    assert not await claim(consumer_connection, job)
    world.run("update analytics.job_run set last_started_at = now() - interval '4 min 50 s'")
    assert await claim(consumer_connection, job), "a little jitter is forgiven"
    world.run("update analytics.job_run set last_started_at = now() + interval '1 hour'")
    assert await claim(consumer_connection, job), "a clock that was set back does not stop it"


async def test_a_heartbeat_follows_the_clock_back(world: Tenant, consumer_connection: AsyncConnection) -> None:
    """One from the future would vouch for numbers that no one writes any more."""
    world.run("insert into analytics.heartbeat values (1, 'x', now() + interval '1 hour')")
    world.run(
        "insert into analytics.consumer_offset (group_id, topic, partition, next_offset, applied_until)"
        " values ('x', 't', 0, 0, now())"
    )
    assert world.one("select as_of from analytics.freshness") is None
    await heartbeat.beat(consumer_connection, "x")
    assert world.one("select as_of <= now() from analytics.freshness")


async def test_only_one_group_beats(world: Tenant, consumer_connection: AsyncConnection) -> None:
    world.run("insert into analytics.heartbeat values (1, 'x', now())")
    assert await heartbeat.beat(consumer_connection, "y") is None
    assert world.run("select group_id from analytics.heartbeat") == [("x",)]
    world.run("update analytics.heartbeat set beat_at = now() - interval '1 minute'")
    assert await heartbeat.beat(consumer_connection, "y") is not None, "once the other is gone"


@pytest.mark.parametrize("role", ["flowpilot_api", "flowpilot_relay", "flowpilot_pusher", "main_app"])
def test_no_other_role_can_hold_a_jobs_lock(world: Tenant, role: str) -> None:
    with (
        psycopg.connect(world.database.dsn_for(role)) as stranger,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        stranger.execute("select from analytics.job_lock for update")
