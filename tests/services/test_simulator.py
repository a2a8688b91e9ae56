"""The play is plausible, the same for the same seed, and goes on where it stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from deploy.simulator.cast import cast, enter
from deploy.simulator.demo import DEMO_ACCOUNT_ID, DEMO_USER_ID
from deploy.simulator.history import load
from deploy.simulator.settings import Scale, SimulatorSettings
from services.events import decode
from services.settings import SettingsError
from tests.infra.database import Database
from tests.infra.waiting import wait_until
from tests.services.relay_process import ROOT

NOW = datetime(2026, 6, 15, 18, 0, tzinfo=UTC)
SCALE = Scale(seed=3, accounts=2, sessions_per_day=40, days=60, speed=60)


def settings(scale: Scale = SCALE) -> SimulatorSettings:
    return SimulatorSettings("", DEMO_ACCOUNT_ID, DEMO_USER_ID, None, None, None, "INFO", scale)


def tell(database: Database, now: datetime = NOW) -> int:
    accounts = cast(settings(), now)
    with psycopg.connect(database.dsn_for("main_app"), autocommit=True) as connection:
        enter(connection, accounts)
        return sum(load(connection, account, SCALE, now) for account in accounts)


def rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def told(module_database: Database) -> Database:
    assert tell(module_database) > 2000
    return module_database


def test_the_demo_account_has_a_team_lead(told: Database) -> None:
    assert rows(told, f"select account_id, role, is_active from users where id = '{DEMO_USER_ID}'") == [
        (DEMO_ACCOUNT_ID, "team_admin", True)
    ]


def test_sessions_are_of_many_kinds(told: Database) -> None:
    ((statuses, tiers, unmapped, unlinked, rated, days),) = rows(
        told,
        "select count(distinct status), count(distinct confidence_tier),"
        " count(*) filter (where coalesce(btrim(problem_domain), '') = ''),"
        " count(*) filter (where psa_ticket_id is null), count(session_rating), count(distinct created_at::date)"
        " from ai_sessions",
    )
    assert (statuses, tiers) == (4, 3)
    assert min(unmapped, unlinked, rated) > 50
    assert days >= 58


def test_there_is_something_to_find_for_a_team_lead(told: Database) -> None:
    """A domain without a flow, a poor one and a good one; flows that are never used, stale and archived."""
    by_domain = {
        domain: (guided, resolved)
        for domain, guided, resolved in rows(
            told,
            "select problem_domain, avg((confidence_tier = 'guided')::int), avg((status = 'resolved')::int)"
            " from ai_sessions where confidence_tier is not null group by 1",
        )
    }
    assert by_domain["Line-of-business apps"][0] == 0
    assert by_domain["Microsoft 365"][0] < 0.4
    assert by_domain["Endpoint security"][1] < 0.5
    assert min(by_domain["Active Directory"]) > 0.7
    ((never, stale, archived),) = rows(
        told,
        "select count(*) filter (where last is null and is_active),"
        " count(*) filter (where last < now - interval '30 d'),"
        " count(*) filter (where not is_active) from (select is_active, max(s.created_at) as last,"
        f" timestamptz '{NOW}' as now from trees left join ai_sessions s on s.matched_flow_id = trees.id"
        " group by trees.id) as flow",
    )
    assert min(never, stale, archived) >= 2


def test_numbers_of_change_people_and_effect_are_worth_a_look(told: Database) -> None:
    """A flow after which its domain got better and one that changed nothing; people who differ; work never logged."""
    published = dict(rows(told, f"select name, created_at from trees where account_id = '{DEMO_ACCOUNT_ID}'"))

    def resolved(domain: str, condition: str) -> float:
        ((share,),) = rows(
            told,
            "select avg((status = 'resolved')::int)::float from ai_sessions"
            f" where status <> 'active' and problem_domain = '{domain}' and {condition}",
        )
        return float(share)

    for domain, flow, gained in (
        ("VPN and remote access", "Conditional access check", True),
        ("Email", "Mail rule loop", False),
    ):
        day = published[flow]
        before, after = resolved(domain, f"created_at < '{day}'"), resolved(domain, f"created_at > '{day}'")
        assert (after - before > 0.08) == gained, (domain, before, after)
    by_person = rows(
        told,
        "select email, avg((status = 'resolved')::int)::float, count(*) filter (where status = 'resolved')"
        " from ai_sessions join users on users.id = user_id where status <> 'active' group by email",
    )
    shares = {email.partition("@")[0]: share for email, share, _ in by_person}
    assert shares["ada"] > shares["chen"] + 0.1


def test_nothing_is_in_the_future_and_no_event_without_its_rows(told: Database) -> None:
    assert rows(told, f"select count(*) from ai_sessions where greatest(created_at, resolved_at) > '{NOW}'") == [(0,)]
    sessions = {row[0]: row[1] for row in rows(told, "select id, account_id from ai_sessions")}
    flows = {row[0]: row[1] for row in rows(told, "select id, account_id from trees")}
    kinds = set()
    for topic, payload in rows(told, "select aggregatetype, payload from analytics.outbox"):
        event = decode(topic, payload, now=NOW - timedelta(minutes=5))
        kinds.add((type(event).__name__, getattr(event, "activity_type", None)))
        if event.session_id is not None:
            assert sessions[event.session_id] == event.account_id
        if flow_id := getattr(event, "flow_id", None):
            assert flows[flow_id] == event.account_id
    assert len(kinds) == 4


def test_told_again_it_adds_only_what_has_happened_since(database: Database) -> None:
    first = tell(database)
    assert tell(database) == 0
    later = tell(database, NOW + timedelta(days=2))
    assert 0 < later < first / 10
    assert rows(database, "select count(*) from ai_sessions") == [(first + later,)]


def test_the_same_seed_tells_the_same(database: Database, told: Database) -> None:
    tell(database)
    query = "select * from ai_sessions order by id"
    assert rows(database, query) == rows(told, query)


@contextmanager
def simulator(database: Database, log: Path, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {"PATH": os.environ["PATH"], "MAIN_APP_DSN": database.dsn_for("main_app")}
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.simulator", "--days=2", "--accounts=2", *arguments],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_live_sessions_come_and_end_and_survive_a_lost_connection(database: Database, tmp_path: Path) -> None:
    log = tmp_path / "simulator.log"

    def count(what: str) -> int:
        ((number,),) = rows(database, what)
        return int(number)

    ended = "select count(*) from ai_sessions where resolved_at is not null"
    with simulator(database, log, "--speed=20000", "--sessions-per-day=200", "--unbounded") as process:
        wait_until(lambda: log.read_text().count("history_loaded") == 2, "the history", within=60)
        before = count(ended)
        wait_until(lambda: count(ended) >= before + 20, "twenty sessions more end", within=60)
        rows(database, "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'main_app'")
        before = count(ended)
        wait_until(lambda: count(ended) >= before + 20, "twenty sessions more end", within=60)
        assert count("select count(*) from ai_sessions where resolved_at > now() or created_at > now()") == 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert count("select count(*) from analytics.outbox where type = 'flowpilot.psa.pushed.v1'") > 0


@pytest.mark.parametrize("name", ["MAIN_APP_DSN", "DEMO_ACCOUNT_ID"])
def test_a_wrong_variable_is_named(name: str) -> None:
    environment = {"MAIN_APP_DSN": "postgresql://h/d"} | {name: "nonsense"}
    with pytest.raises(SettingsError, match=name):
        SimulatorSettings.from_env(environment, [])


def test_each_account_has_flows_of_its_own() -> None:
    one, other = cast(settings(), NOW)
    assert one.volume == 1
    assert other.volume < 1
    assert (
        len({flow.id for account in (one, other) for d in account.domains for flow in d.flows})
        == sum(len(d.flows) for d in one.domains) * 2
    )
