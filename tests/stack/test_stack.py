"""The local stack as a person meets it: started, asked, left in parts, refused, stopped."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit
from uuid import UUID

import jwt
import psycopg
import pytest

from deploy.embedded.state import State
from deploy.sandbox.client import SandboxControls
from tests.infra.waiting import wait_until
from tests.stack.stack import ROOT, RunningStack, kill_all, launch, processes_of, running

QUESTIONS = ("flowpilot", "flowpilot/coverage", "flowpilot/flow-quality", "flowpilot/psa")
REQUIRED = {
    "ANALYTICS_DATABASE_URL", "AUTH_JWT_SECRET", "API_PORT", "CONSUMER_DATABASE_URL", "KAFKA_BOOTSTRAP_SERVERS",
    "HEALTH_PORT", "OUTBOX_DATABASE_URL", "PSA_DATABASE_URL", "MIGRATION_DATABASE_URL", "CONNECTWISE_SITE",
    "CONNECTWISE_COMPANY_ID", "CONNECTWISE_PUBLIC_KEY", "CONNECTWISE_PRIVATE_KEY", "CONNECTWISE_CLIENT_ID",
}  # fmt: skip
REACH = {"PRIMARY_DSN", "REPLICA_DSN", "MAIN_APP_DSN", "API_URL", "CONSUMER_URL", "DEMO_TOKEN", "PAGE_URL"}
COUNTED = ("time_entries", "hours", "notes", "status_changes", "tickets_with_time", "tickets_with_note")
STILL_TO_COME = """
    select (select count(*) from analytics.push_intent where state not in ('succeeded', 'failed'))
         + (select count(*) from analytics.outbox)
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The whole stack without the simulator, in a folder that only its user may enter.

    Its first start was killed in the middle, so that all tests of it also show that the second one made up for that.
    """
    folder = tmp_path_factory.mktemp("stack") / "state"
    killed = launch(folder, "--no-simulator")
    wait_until(lambda: "cloning" in killed.output.read_text(), "cloning", 60)
    kill_all({killed.process.pid, *processes_of(folder)})
    killed.process.wait()
    with running(folder, "--no-simulator") as started:
        yield started


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_demo_token_gets_answers_that_are_fresh(stack: RunningStack, question: str) -> None:
    status, answer = get(stack.environment["API_URL"], f"/api/v1/analytics/{question}", stack.environment["DEMO_TOKEN"])
    assert (status, answer.get("stale")) == (200, False)


def test_the_environment_file_names_what_each_part_needs_and_how_to_reach_it(stack: RunningStack) -> None:
    assert set(stack.environment) >= REQUIRED | REACH


def test_each_part_has_a_database_role_of_its_own(stack: RunningStack) -> None:
    parts = ("ANALYTICS_DATABASE_URL", "CONSUMER_DATABASE_URL", "OUTBOX_DATABASE_URL", "PSA_DATABASE_URL")
    names = (*parts, "MIGRATION_DATABASE_URL", "MAIN_APP_DSN")
    roles = {psycopg.conninfo.conninfo_to_dict(stack.environment[name])["user"] for name in names}
    assert len(roles) == len(names)
    for name in names:
        with psycopg.connect(stack.environment[name]) as connection:
            row = connection.execute("select rolsuper from pg_roles where rolname = current_user").fetchone()
        assert row == (False,)


def test_no_file_of_the_stack_is_for_others(stack: RunningStack) -> None:
    paths = [stack.folder, *stack.folder.rglob("*"), stack.env_file]
    modes = {path: path.lstat().st_mode for path in paths if path.exists() and not path.is_symlink()}
    assert len(modes) > 100
    assert not [str(path) for path, mode in modes.items() if mode & 0o077]


def test_nobody_gets_in_without_a_password(stack: RunningStack) -> None:
    dsn = psycopg.conninfo.make_conninfo(stack.environment["PRIMARY_DSN"], password="wrong")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(dsn)


def test_the_page_carries_the_token_where_no_server_sees_it(stack: RunningStack) -> None:
    page = urlsplit(stack.environment["PAGE_URL"])
    assert page.fragment == f"token={stack.environment['DEMO_TOKEN']}"
    assert f"{page.scheme}://{page.netloc}" == stack.environment["API_URL"]
    assert stack.environment["PAGE_URL"] in stack.output.read_text().splitlines()[-1]


def test_no_secret_is_in_the_list_of_processes(stack: RunningStack) -> None:
    secrets = json.loads((stack.folder / "state.json").read_text())
    words = {*secrets["passwords"].values(), secrets["jwt_secret"], secrets["connectwise_private_key"]}
    for pid in processes_of(stack.folder):
        line = Path(f"/proc/{pid}/cmdline").read_text()
        assert not any(word in line for word in words), line


@pytest.mark.skipif(os.geteuid() != 0, reason="PostgreSQL runs as ourselves unless we are root")
def test_postgresql_runs_as_an_unprivileged_user(stack: RunningStack) -> None:
    for name in ("primary", "replica"):
        record = json.loads((stack.folder / "run" / f"{name}.json").read_text())
        assert Path(f"/proc/{record['pid']}").stat().st_uid != 0


def test_a_second_stack_on_a_live_folder_is_refused(stack: RunningStack) -> None:
    second = embedded(f"--state-dir={stack.folder}")
    assert second.returncode == 1
    assert "runs on" in second.stderr
    assert len(second.stderr.splitlines()) == 1
    assert stack.process.poll() is None


def test_a_part_that_was_left_out_runs_by_hand(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    by_hand = socket.create_server(("127.0.0.1", State.load_or_make(folder).ports["api"]))  # may run all the while
    with by_hand, running(folder, "--empty", "--without=api", "--without=replica") as stack:
        by_hand.close()
        absent = {"REPLICA_DSN", "API_URL", "DEMO_TOKEN", "PAGE_URL"}
        assert set(stack.environment) >= REQUIRED | (REACH - absent)
        assert not set(stack.environment) & absent
        assert stack.query("select (select count(*) from accounts) + (select count(*) from users)") == (0,)
        api = subprocess.Popen([sys.executable, "-m", "analytics_api"], cwd=ROOT, env=os.environ | stack.environment)
        try:
            url = f"http://127.0.0.1:{stack.environment['API_PORT']}"
            wait_until(lambda: get(url, "/health/ready")[0] == 200, "ready", 30)
        finally:
            api.terminate()
            assert api.wait(timeout=20) == 0

        # And one that dies takes the stack with it, loudly.
        record = json.loads((stack.folder / "run" / "relay.json").read_text())
        os.kill(record["pid"], signal.SIGKILL)
        assert stack.process.wait(timeout=60) == 1
        assert "relay ended by SIGKILL; the end of" in stack.output.read_text()
        assert not processes_of(stack.folder)


def test_what_the_simulators_engineers_push_is_counted_as_the_sandbox_counts_it(stack: RunningStack) -> None:
    """Without a history, which does not go through the sandbox: all that the answer counts has been pushed."""
    state = State.load_or_make(stack.folder)
    demo = {"DEMO_ACCOUNT_ID": state.demo_account_id, "DEMO_USER_ID": state.demo_user_id}
    pace = ("--days=0", "--accounts=2", "--sessions-per-day=150", "--speed=3000", "--unbounded")
    sandbox = SandboxControls(stack.environment["PSA_SANDBOX_URL"])
    simulator = subprocess.Popen(
        [sys.executable, "-m", "deploy.simulator", *pace], cwd=ROOT, env=os.environ | stack.environment | demo
    )
    try:
        # A status is what a session ends with, after its notes and its time.
        wait_until(lambda: sandbox.counts(state.demo_account_id)["status_changes"] >= 15, "pushed", 60)
    finally:
        simulator.terminate()
        assert simulator.wait(timeout=20) == 0
    wait_until(lambda: stack.query(STILL_TO_COME) == (0,), "quiet", 60)
    (quiet_since,) = stack.query("select clock_timestamp()") or (None,)
    with psycopg.connect(stack.environment["PRIMARY_DSN"]) as connection:
        leads = connection.execute("select account_id, id from users where role = 'team_admin'").fetchall()
    assert len(leads) == 2
    for account, lead in leads:
        accepted = sandbox.counts(str(account))
        assert accepted["time_entries"] > 0
        assert accepted["notes"] > 0
        assert counted_since(stack, lead, quiet_since) == {name: accepted[name] for name in COUNTED}
    sandbox.close()


def test_a_killed_stack_comes_back_with_everything(stack: RunningStack) -> None:
    """The last one of this file: it ends the stack that the others look at."""
    folder, before, some = stack.folder, stack.environment, ("--no-simulator", "--without=push-worker")
    with psycopg.connect(before["PRIMARY_DSN"]) as connection:
        connection.execute("create table kept as select 1 as round")
    os.kill(stack.process.pid, signal.SIGKILL)
    stack.process.wait()
    wait_until(lambda: not processes_of(folder), "gone with the parent", 20)

    with running(folder, *some) as second:
        assert second.environment == before
        with psycopg.connect(before["PRIMARY_DSN"]) as connection:
            connection.execute("insert into kept values (2)")
        kill_all({second.process.pid, *processes_of(folder)})
        second.process.wait()
        wait_until(lambda: not processes_of(folder), "gone", 20)

    # A replica that cannot follow any more is cloned again.
    for segment in (folder / "replica" / "pg_wal").glob("0*"):
        segment.unlink()
    with running(folder, *some, "--without=api", "--without=consumer", "--without=relay") as third:
        assert third.query("select array_agg(round order by round) from kept") == ([1, 2],)
        with psycopg.connect(before["REPLICA_DSN"]) as replica:
            assert replica.execute("select count(*) from kept").fetchone() == (2,)
        assert third.stop() == 0
    assert not processes_of(folder)
    assert not list(folder.glob("*.part-*"))


def counted_since(stack: RunningStack, lead: UUID, since: object) -> dict[str, object]:
    """The PSA endpoint's answer, once nothing older than `since` is missing in it; named as the sandbox names it."""
    claims = {"sub": str(lead), "exp": datetime.now(UTC) + timedelta(hours=1)}
    token = jwt.encode(claims, stack.environment["AUTH_JWT_SECRET"], algorithm="HS256")
    answers: list[Any] = []

    def asked_late_enough() -> bool:
        status, answer = get(stack.environment["API_URL"], "/api/v1/analytics/flowpilot/psa?period=7d", token)
        answers.append(answer)
        return status == 200 and datetime.fromisoformat(str(answer["as_of"])) > cast("datetime", since)

    wait_until(asked_late_enough, "fresh", 30)
    answer = answers[-1]
    funnel, off_path = answer["push_funnel"], answer["off_path"]
    return {
        "time_entries": answer["total_time_entries"],
        "hours": answer["total_hours_logged"],
        "notes": answer["total_notes"],
        "status_changes": answer["total_status_updates"],
        # Each session has a ticket of its own.
        "tickets_with_time": funnel["time_entry_logged"] + off_path["time_entry_without_doc"],
        "tickets_with_note": funnel["doc_pushed"] + off_path["doc_without_ticket"],
    }


def embedded(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.embedded", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def get(url: str, path: str, token: str | None = None) -> tuple[int, dict[str, object]]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
        response = connection.getresponse()
        body = response.read()
        return response.status, json.loads(body) if "json" in response.getheader("Content-Type", "") else {}
    except ConnectionError:
        return 0, {}
    finally:
        connection.close()
