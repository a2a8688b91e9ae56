"""A rollout in either order: the last release on the new schema, and the present code on the last release's schema.

Writers, consumer, jobs and API go on meanwhile. Nothing is lost, and no answer is wrong.
"""

import csv
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest

from deploy.embedded.ports import free_port
from deploy.embedded.roles import OWNER, join_groups, make_database
from deploy.migrations.run import upgrade
from psa_event_consumer.jobs.counters import CountersVersionError
from tests.api.running import PATHS, RunningApi, running_api
from tests.api.world import Account, insert_world
from tests.consumer.running import environment
from tests.infra.database import Database
from tests.infra.waiting import wait_until
from tests.rollups.drifting import drift_of
from tests.rollups.jobs import compact, reconcile_once
from tests.rollups.writing import Consumer, MainApp, SharedIds
from tests.upgrade.comparing import PERCENTILES, differences, known_to, rolled_up
from tests.upgrade.releases import checked_out

VERSION = "0.1.0"
READER, JOBS = "flowpilot_api", "flowpilot_consumer"
QUESTIONS = ("coverage", "flow-quality", "psa", "overview")
"""What both releases answer."""
NAMES = ("account_name", "email", "engineer")
"""What the last release's schema has no view of: null there, and in place after the upgrade."""
JOBS_OF_RELEASE = 4
"""Of the five the success rate may still be at work."""
PERIOD = {"from": "2026-02-01", "to": "2026-03-18"}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checked_out(VERSION, tmp_path_factory.mktemp("released"))


@contextmanager
def writers(database: Database, world: SharedIds) -> Iterator[list[Consumer | MainApp]]:
    """Write as the main application and as the consumer until the block ends."""
    stop = threading.Event()
    going: list[Consumer | MainApp] = [MainApp(world, 1), MainApp(world, 2), Consumer(world, 3)]

    def go_on(writer: Consumer | MainApp) -> None:
        role = JOBS if isinstance(writer, Consumer) else "main_app"
        with psycopg.connect(database.dsn_for(role)) as connection:
            while not stop.is_set():
                writer.write(connection)

    with ThreadPoolExecutor(len(going)) as pool:
        running = [pool.submit(go_on, writer) for writer in going]
        try:
            yield going
        finally:
            stop.set()
        for each in running:
            each.result()


@contextmanager
def consumer(code: Path, database: Database, log: Path) -> Iterator[int]:
    """Run the consumer of that tree, with all of its jobs; its port."""
    port = free_port()
    changes = {"HEALTH_PORT": str(port), "KAFKA_GROUP_ID": f"rollout-{uuid4()}"}
    variables = environment(database.dsn_for(JOBS), database.infra.kafka_bootstrap, **changes)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "psa_event_consumer"], cwd=code, env=variables, stdout=output, stderr=output
        )
    try:
        yield port
    finally:
        process.kill()
        process.wait()


def administrator(database: Database, account_id: UUID) -> UUID:
    user_id = uuid4()
    with database.connect() as connection:
        connection.execute(
            "insert into users (id, account_id, email, role) values (%s, %s, 'lead@example.com', 'team_admin')",
            [user_id, account_id],
        )
    database.wait_for_replica()
    return user_id


def answers(api: RunningApi, user_id: UUID, questions: Sequence[str] = QUESTIONS) -> list[dict[str, object]]:
    found = [api.get(PATHS[name], user_id, PERIOD) for name in questions]
    assert [each.status_code for each in found] == [200] * len(questions), [each.text for each in found]
    # What is said of the moment of asking may differ.
    return [{name: value for name, value in each.json().items() if name not in {"as_of", "stale"}} for each in found]


def assert_alike(old: RunningApi, new: RunningApi, user_id: UUID, *, new_reads_facts: bool = False) -> None:
    """Whichever schema it is, one of the two has its rollups there, and the other reads the facts."""
    before, after = answers(old, user_id), answers(new, user_id)
    assert before[0]["domains"], "there is something to be wrong about"
    for ours, theirs in zip(before, after, strict=True):
        pair = known_to(ours, theirs), ours
        assert next(differences(*(pair if new_reads_facts else reversed(pair)), rolled_up), "") == ""


def every_question(account: Account, today: date) -> Iterator[tuple[str, dict[str, str]]]:
    """Each endpoint, and each way of asking one that reads other tables."""
    period = {"from": str(today - timedelta(days=2)), "to": str(today)}
    asked = [{}, {"format": "csv"}, {"compare": "previous"}, {"domain": account.domain}]
    for name in PATHS:
        ways = asked if name not in {"sessions", "me", "flow-effects"} else asked[:2]
        yield from ((name, {**period, **way}) for way in ways)
    yield "trend", {**period, "flow_id": str(account.flow)}
    for who in (str(account.engineer), "none"):
        yield "sessions", {**period, "user_id": who}


def every_answer(api: RunningApi, account: Account, today: date) -> dict[str, object]:
    """All of it, without the freshness and without names."""
    found: dict[str, object] = {}
    for name, params in every_question(account, today):
        answer = api.get(PATHS[name], account.admin, params)
        assert answer.status_code == 200, (name, params, answer.text)
        found[f"{name} {params}"] = _table(answer.text) if "format" in params else _unnamed(answer.json())
    return found


def _unnamed(answer: object) -> object:
    if isinstance(answer, dict):
        # `/me` calls a whole row `engineer`.
        hidden = {name for name, value in answer.items() if name in {*NAMES, "as_of"} and not isinstance(value, dict)}
        return {name: _unnamed(value) for name, value in answer.items() if name not in hidden}
    return [_unnamed(each) for each in answer] if isinstance(answer, list) else answer


def _table(text: str) -> object:
    header, *rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    if header == ["metric", "value"]:
        return {name: json.loads(value) if name in PERCENTILES else value for name, value in rows if name not in NAMES}
    return [{name: cell for name, cell in zip(header, row, strict=True) if name not in NAMES} for row in rows]


def one(database: Database, statement: str) -> object:
    with database.connect() as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


def finished_jobs(database: Database) -> int:
    found = one(database, "select count(*) from analytics.job_run where last_succeeded_at is not null")
    assert isinstance(found, int)
    return found


def of_release(code: Path, module: str, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=False,
        cwd=code,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )


def test_the_last_release_on_the_new_schema_loses_nothing_and_says_nothing_wrong(
    database: Database, released: Path, tmp_path: Path
) -> None:
    world = SharedIds(database)
    user_id = administrator(database, world.accounts[0])
    with (
        running_api(tmp_path / "old.log", database.replica_dsn_for(READER), code=released) as old,
        running_api(tmp_path / "new.log", database.replica_dsn_for(READER)) as new,
        consumer(released, database, tmp_path / "consumer.log"),
    ):
        with writers(database, world) as going:
            # Its jobs run while what is pending is ours.
            wait_until(lambda: finished_jobs(database) >= JOBS_OF_RELEASE, "the release's jobs have run", 60)
            before = sum(writer.committed for writer in going)
            wait_until(lambda: sum(writer.committed for writer in going) > before + 60, "writers go on", 60)
            assert answers(old, user_id)
            assert drift_of(database.dsn) == []
            assert one(database, "select count(*) from analytics.pending_session") != 0
            compact(database)
            assert drift_of(database.dsn) == []
        database.wait_for_replica()
        assert_alike(old, new, user_id)
    refused = of_release(released, "deploy.migrations", "refill", MIGRATION_DATABASE_URL=database.dsn_for(OWNER))
    assert refused.returncode == 1
    assert "must_not_fill" in refused.stderr
    for table in ("session_delta", "activity_delta", "entry_gap_delta"):
        assert one(database, f"select count(*) from analytics.{table}") == 0, table
    assert one(database, "select filled_at is null and counters_filled_at is not null from analytics.rollup_state")
    assert drift_of(database.dsn) == []


@pytest.fixture
def old_database(database: Database, released: Path) -> Iterator[Database]:
    """A database of the release, as its own migrations make it."""
    made = Database(f"old_{uuid4().hex[:12]}", database.infra)
    with psycopg.connect(database.infra.primary_dsn, autocommit=True) as admin:
        make_database(admin, made.name)
        try:
            with psycopg.connect(made.dsn_for(OWNER), autocommit=True) as owner:
                owner.execute((released / "deploy" / "embedded" / "main_app.sql").read_bytes())
            done = of_release(released, "deploy.migrations", "upgrade", MIGRATION_DATABASE_URL=made.dsn_for(OWNER))
            assert done.returncode == 0, done.stderr
            join_groups(admin)
            made.wait_for_replica()
            yield made
        finally:
            admin.execute(f"drop database {made.name} with (force)".encode())


def test_the_present_code_on_the_last_schema_answers_all_and_the_upgrade_counts_what_is_new_while_writers_run(
    old_database: Database, released: Path, tmp_path: Path
) -> None:
    world = SharedIds(old_database)
    user_id = administrator(old_database, world.accounts[0])
    quiet, _ = insert_world(old_database)
    today = datetime.now(ZoneInfo(quiet.tz or "UTC")).date()
    replica = old_database.replica_dsn_for(READER)
    with (
        running_api(tmp_path / "old.log", replica, code=released) as old,
        running_api(tmp_path / "new.log", replica) as new,
        running_api(tmp_path / "facts.log", replica, ANALYTICS_READ_PATH="facts") as facts,
    ):
        with writers(old_database, world) as going:
            wait_until(lambda: sum(writer.committed for writer in going) > 60, "writers write", 60)
            for job in (compact, reconcile_once):
                with pytest.raises(CountersVersionError, match="counts by version None"):
                    job(old_database)
            assert one(old_database, "select count(*) from analytics.session_delta") != 0
        old_database.wait_for_replica()
        assert_alike(old, new, user_id, new_reads_facts=True)
        before = every_answer(new, quiet, today)
        assert every_answer(facts, quiet, today) == before
        with writers(old_database, world) as going:
            upgrade(old_database.dsn_for(OWNER))
            assert drift_of(old_database.dsn) == []
            committed = sum(writer.committed for writer in going)
            wait_until(lambda: sum(writer.committed for writer in going) > committed + 30, "writers go on", 60)
            compact(old_database)
            assert drift_of(old_database.dsn) == []
        old_database.wait_for_replica()
        assert_alike(old, new, user_id)
        after = every_answer(new, quiet, today)
        changed = {name: next(differences(before[name], after[name], rolled_up), "") for name in before}
        assert not any(changed.values()), changed
        assert every_answer(facts, quiet, today) == before
        assert new.get(PATHS["overview"], quiet.admin).json()["account_name"] == quiet.mark
    assert one(old_database, "select counters_filled_at is not null from analytics.rollup_state")
    assert one(old_database, "select count(*) from analytics.rollup_domain_week") == 0
