"""Behind PgBouncer in transaction mode: each transaction may run in another session of the server."""

import json
from pathlib import Path

import pytest

from psa_event_consumer.command_line import main
from tests.consumer.running import begin_at_end, caught_up, consumer, environment, in_partition, produce
from tests.consumer.world import Tenant
from tests.infra.own_kafka import OwnKafka
from tests.infra.pgbouncer import PgBouncer
from tests.infra.waiting import wait_until


def test_the_consumer_and_its_jobs_work_behind_pgbouncer(
    world: Tenant, broker: OwnKafka, pooler: PgBouncer, tmp_path: Path
) -> None:
    url = pooler.url(world.database.dsn_for("flowpilot_consumer"))
    begin_at_end(world, broker.bootstrap)
    with consumer(tmp_path, world, broker.bootstrap, url) as running:
        running.wait_until_ready()
        for round_ in range(10):
            produce(broker.bootstrap, [*in_partition(round_, world.matched(), world.matched()), world.pushed()])
            produce(broker.bootstrap, in_partition(round_, world.matched(flow_id=world.account)))
            wait_until(lambda count=2 * round_ + 2: world.usage() == count, "the round to be counted")  # type: ignore[misc]
        caught_up(world, broker.bootstrap)
        beat = world.one("select beat_at from analytics.heartbeat")
        wait_until(lambda: world.one("select beat_at from analytics.heartbeat") > beat, "the heart to beat on")
        assert world.one("select count(*) from psa_activity_log") == 10
        assert world.reasons() == ["unknown_flow"] * 10
        assert running.metric("flowpilot_consumer_faults_total") == 0
        assert running.metric("flowpilot_job_failures_total") == 0
    assert "prepared statement" not in running.log


@pytest.mark.parametrize("job", ["compact_rollups", "success_rate", "reconcile", "purge_inbox"])
def test_a_job_by_hand_works_behind_pgbouncer(
    world: Tenant, pooler: PgBouncer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], job: str
) -> None:
    for name, value in environment(
        pooler.url(world.database.dsn_for("flowpilot_consumer")), "localhost:9", KAFKA_GROUP_ID=world.group
    ).items():
        monkeypatch.setenv(name, value)
    world.add_session(flow=world.flow, status="resolved")
    assert main(["jobs", "run", job]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
