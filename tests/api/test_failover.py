"""The replica goes, the primary stands in, the replica comes back: what a client sees."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import literal, select

from analytics_api.database.replica import Replica, Snapshot
from tests.api.conftest import READER
from tests.api.gate import Gate, gate_to
from tests.api.running import PATHS, RunningApi, running_api
from tests.api.world import Account
from tests.infra.database import Database
from tests.infra.waiting import wait_until

BACK_SECONDS = 30


@pytest.fixture
def gate(module_database: Database) -> Iterator[Gate]:
    """The way to the replica."""
    parts = conninfo_to_dict(module_database.replica_dsn)
    with gate_to(str(parts["host"]), int(parts["port"] or 5432)) as gate:
        yield gate


@pytest.fixture
def api(module_database: Database, gate: Gate, tmp_path: Path) -> Iterator[RunningApi]:
    """The service on both servers, the replica preferred."""
    parts = conninfo_to_dict(module_database.dsn_for(READER))
    servers = f"127.0.0.1:{gate.port},{parts['host']}:{parts['port']}"
    url = f"postgresql://{READER}:{parts['password']}@{servers}/{parts['dbname']}?target_session_attrs=prefer-standby"
    with running_api(tmp_path / "log", url) as running:
        yield running


def reads_from_primary(api: RunningApi) -> bool:
    lines = api.client.get("/metrics").text.splitlines()
    return "flowpilot_api_reads_from_primary 1.0" in lines


def connections(dsn: str, database: str) -> int:
    with psycopg.connect(dsn) as connection:
        query = "select count(*) from pg_stat_activity where datname = %s and application_name = 'analytics_api'"
        (count,) = connection.execute(query, [database]).fetchone() or (0,)
    return int(count)


def wait_until_back(api: RunningApi) -> None:
    wait_until(lambda: not reads_from_primary(api), "the replica, which is back, is read", BACK_SECONDS)


def test_a_killed_replica_costs_no_answer_and_is_taken_up_again(
    api: RunningApi, gate: Gate, module_database: Database, alpha: Account
) -> None:
    for path in PATHS.values():
        assert api.get(path, alpha.admin).status_code == 200
    assert not reads_from_primary(api)
    assert connections(module_database.dsn, module_database.name) == 0

    gate.cut()
    for path in (*PATHS.values(), "/health/ready"):
        assert api.get(path, alpha.admin).status_code == 200
    assert reads_from_primary(api)
    assert connections(module_database.dsn, module_database.name) > 0

    gate.open()
    wait_until_back(api)
    for path in PATHS.values():
        assert api.get(path, alpha.admin).status_code == 200
    assert connections(module_database.replica_dsn, module_database.name) > 0
    # A closed connection's process at the server ends a moment later.
    wait_until(lambda: connections(module_database.dsn, module_database.name) == 0, "the primary to be left alone")


async def test_a_connection_in_use_while_the_pool_is_left_is_closed(module_database: Database) -> None:
    """As when the standby is back while a request still reads from the primary."""
    replica = Replica(module_database.dsn_for(READER))
    reads, may_end = asyncio.Event(), asyncio.Event()

    async def work(snapshot: Snapshot) -> None:
        await snapshot.rows(select(literal(1)))
        reads.set()
        await may_end.wait()

    request = asyncio.create_task(replica.read(work))
    await reads.wait()
    await replica.engine.dispose()
    assert connections(module_database.dsn, module_database.name) == 1
    may_end.set()
    await request
    wait_until(lambda: connections(module_database.dsn, module_database.name) == 0, "it to be closed", within=10)


def test_a_frozen_replica_is_given_up_within_seconds(api: RunningApi, gate: Gate, alpha: Account) -> None:
    assert api.get(PATHS["psa"], alpha.admin).status_code == 200
    gate.freeze()
    started = time.monotonic()
    assert api.get(PATHS["psa"], alpha.admin).status_code == 200
    assert time.monotonic() - started < 20
    assert reads_from_primary(api)
    gate.thaw()
    wait_until_back(api)


def test_a_query_that_stands_in_the_way_of_replay_is_asked_again(
    api: RunningApi, module_database: Database, alpha: Account
) -> None:
    """PostgreSQL ends the connection of a reader whose snapshot replay must remove; here by hand, at any moment."""
    assert api.get(PATHS["overview"], alpha.admin).status_code == 200
    with psycopg.connect(module_database.replica_dsn, autocommit=True) as replica:
        for path in PATHS.values():
            replica.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = %s and application_name = 'analytics_api'",
                [module_database.name],
            )
            assert api.get(path, alpha.admin).status_code == 200
    assert "snapshot_lost" in api.log.read_text()
