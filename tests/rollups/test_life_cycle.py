"""The rollups from their first filling to the erasure of an account."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import psycopg
import pytest

from deploy.embedded.roles import OWNER
from deploy.migrations.connection import Target
from deploy.migrations.filling import fill
from tests.infra.database import Database
from tests.rollups.drifting import drift_of
from tests.rollups.jobs import compact, reconcile_once
from tests.rollups.writing import Consumer, MainApp, SharedIds
from tests.schema.row_security import owner_bypasses_row_security

MAIN_TABLES = ("accounts", "users", "tree_categories", "trees", "ai_sessions")


def _write(database: Database, world: SharedIds, transactions: int, seed: int = 1) -> None:
    """Sessions as the main application's own role, activities as the consumer's."""
    for writer, role in ((MainApp(world, seed), "main_app"), (Consumer(world, seed + 1), "flowpilot_consumer")):
        with psycopg.connect(database.dsn_for(role)) as connection:
            while writer.committed < transactions:
                writer.write(connection)


def _one(database: Database, statement: str) -> object:
    with database.connect() as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


def test_a_filling_beside_writers_loses_and_doubles_nothing(database: Database) -> None:
    world = SharedIds(database)
    _write(database, world, 30)
    stop = threading.Event()

    def go_on(seed: int, role: str, kind: type[MainApp] | type[Consumer]) -> int:
        writer = kind(world, seed)
        with psycopg.connect(database.dsn_for(role)) as connection:
            while not stop.is_set():
                writer.write(connection)
        return writer.committed

    with ThreadPoolExecutor(3) as pool:
        going = [
            pool.submit(go_on, 11, "main_app", MainApp),
            pool.submit(go_on, 12, "main_app", MainApp),
            pool.submit(go_on, 13, "flowpilot_consumer", Consumer),
        ]
        try:
            for _ in range(3):
                fill(Target(database.dsn_for(OWNER)), lock_timeout="20s", again=True)
                assert drift_of(database.dsn) == []
        finally:
            stop.set()
        committed = [each.result() for each in going]
    assert min(committed) > 0
    compact(database)
    assert drift_of(database.dsn) == []
    assert _one(database, "select counters_filled_at is not null from analytics.rollup_state") is True


def test_an_interrupted_filling_leaves_the_facts_to_answer_and_starts_over(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(database, SharedIds(database), 20)

    def fail(_: psycopg.Connection) -> None:
        raise psycopg.OperationalError("killed")

    with monkeypatch.context() as patch:
        patch.setattr("deploy.migrations.filling._count", fail)
        with pytest.raises(psycopg.OperationalError, match="killed"):
            fill(Target(database.dsn_for(OWNER)), lock_timeout="5s", again=True)
    assert _one(database, "select counters_filled_at is null from analytics.rollup_state") is True
    fill(Target(database.dsn_for(OWNER)), lock_timeout="5s")
    assert drift_of(database.dsn) == []


DAMAGES = {
    "domain_rollup_day": "update analytics.domain_rollup_day set resolved = resolved + 1",
    "flow_rollup_week": "update analytics.flow_rollup_week set score_units = 0",
    "account_rollup_quarter": "delete from analytics.account_rollup_quarter",
    "duration_rollup_hour": "delete from analytics.duration_rollup_hour",
    "activity_rollup_quarter": "delete from analytics.activity_rollup_quarter",
    "domain_activity_rollup_quarter": "delete from analytics.domain_activity_rollup_quarter",
    "user_rollup_week": "delete from analytics.user_rollup_week",
    "domain_user_rollup_day": "update analytics.domain_user_rollup_day set unlogged_us = unlogged_us - 1",
    "domain_duration_rollup_week": "delete from analytics.domain_duration_rollup_week",
    "entry_gap_rollup_day": "delete from analytics.entry_gap_rollup_day",
}
"""Of each kind of rollup one, damaged in each way."""

BEHIND_THE_TRIGGERS = {
    "sessions": "update ai_sessions set problem_domain = 'Elsewhere'",
    "activities": "delete from psa_activity_log where activity_type = 'note_posted'",
}


@pytest.fixture(scope="module")
def compacted(module_database: Database) -> Database:
    """Sessions and activities of all kinds, and one session whose entries lie in different days."""
    _write(module_database, SharedIds(module_database), 15)
    with module_database.connect() as connection:
        connection.execute(
            "insert into psa_activity_log select gen_random_uuid(), account_id, id, 'time_entry_posted', 1, '1',"
            " now() - day * interval '1 day', gen_random_uuid()"
            " from (select * from ai_sessions limit 1) as session, generate_series(1, 3) as day"
        )
    compact(module_database)
    return module_database


def test_the_reconciliation_finds_and_repairs_each_rollup(compacted: Database) -> None:
    with compacted.connect() as connection:
        for damage in DAMAGES.values():
            connection.execute(damage.encode())
    assert {rollup for rollup, _ in drift_of(compacted.dsn)} == DAMAGES.keys()
    _assert_repaired(compacted)


@pytest.mark.parametrize(
    "damage",
    [
        "insert into analytics.pending_entry_gap select id, '2026-03-01 00:00Z', '2026-03-02 00:00Z', 1 from accounts",
        *(f"set session_replication_role = replica; {change}" for change in BEHIND_THE_TRIGGERS.values()),
    ],
    ids=["pending", *BEHIND_THE_TRIGGERS],
)
def test_the_reconciliation_finds_and_repairs(compacted: Database, damage: str) -> None:
    with compacted.connect() as connection:
        for statement in damage.split("; "):
            connection.execute(statement.encode())
    assert drift_of(compacted.dsn) != []
    _assert_repaired(compacted)


def _assert_repaired(database: Database) -> None:
    assert reconcile_once(database)["rollup_drift_rows"] > 0
    assert drift_of(database.dsn) == []
    assert reconcile_once(database)["rollup_drift_rows"] == 0
    compact(database)
    assert drift_of(database.dsn) == []


def test_an_erased_account_leaves_no_row_and_no_text(database: Database) -> None:
    world = SharedIds(database)
    _write(database, world, 40)
    compact(database)
    erased, kept = world.accounts
    with database.connect() as connection:
        connection.execute("delete from accounts where id = %s", [erased])
    assert drift_of(database.dsn) == []
    compact(database)
    assert drift_of(database.dsn) == []
    assert _accounts_in_rollups(database) == {kept}


def _accounts_in_rollups(database: Database) -> set[UUID]:
    with database.connect() as connection:
        tables = connection.execute(
            "select attrelid::regclass::text from pg_attribute where attname = 'account_id'"
            " and attrelid in (select oid from pg_class where relkind = 'r'"
            " and relnamespace = 'analytics'::regnamespace and relname ~ '(_rollup_|^session_place|^pending_)')"
        ).fetchall()
        assert len(tables) > 15
        found = [
            connection.execute(f"select distinct account_id from {table}".encode()).fetchall() for (table,) in tables
        ]
    return {account_id for rows in found for (account_id,) in rows}


@pytest.mark.parametrize("statement", ["truncate psa_activity_log", "truncate ai_sessions cascade"])
def test_a_truncated_table_counts_nothing(database: Database, statement: str) -> None:
    world = SharedIds(database)
    _write(database, world, 20)
    compact(database)
    with database.connect() as connection:
        connection.execute(statement.encode())
    assert drift_of(database.dsn) == []
    _write(database, world, 10, seed=7)
    assert drift_of(database.dsn) == []


def test_the_triggers_serve_an_application_that_forces_row_security(database: Database) -> None:
    world = SharedIds(database)
    with database.connect() as connection:
        for table in MAIN_TABLES:
            column = "id" if table == "accounts" else "account_id"
            connection.execute(f"alter table {table} enable row level security, force row level security".encode())
            connection.execute(
                f"create policy tenant on {table} to main_app"
                f" using ({column} = nullif(current_setting('app.current_account_id', true), '')::uuid)".encode()
            )
    account_id = world.accounts[0]
    with owner_bypasses_row_security(database):
        with psycopg.connect(database.dsn_for("main_app")) as app:
            app.execute("select set_config('app.current_account_id', %s, false)", [str(account_id)])
            app.execute(
                "insert into ai_sessions (id, account_id, psa_ticket_id, created_at)"
                " select gen_random_uuid(), %s, '48213', now() from generate_series(1, 9)",
                [account_id],
            )
            app.execute("update ai_sessions set status = 'resolved', resolved_at = now(), psa_ticket_id = '5'")
            app.commit()
        with database.connect() as connection:
            connection.execute("alter role flowpilot_consumer bypassrls")
            try:
                with psycopg.connect(database.dsn_for("flowpilot_consumer")) as consumer:
                    consumer.execute(
                        "insert into psa_activity_log select gen_random_uuid(), account_id, id, 'note_posted', null,"
                        " '48213', now(), gen_random_uuid() from ai_sessions"
                    )
            finally:
                connection.execute("alter role flowpilot_consumer nobypassrls")
        with psycopg.connect(database.dsn_for("main_app")) as app:
            app.execute("select set_config('app.current_account_id', %s, false)", [str(account_id)])
            app.execute("delete from ai_sessions where id in (select id from ai_sessions limit 4)")
        assert _one(database, "select count(*) from ai_sessions") == 5
        assert _one(database, "select sum(doc_pushed) from analytics.pending_session") == 5
        assert drift_of(database.dsn) == []


@pytest.mark.parametrize(
    "values",
    [
        "'infinity', 'infinity', 'NaN', 1",
        "'-infinity', '2026-01-01', 'Infinity', 1",
        "'290000-01-01', '4000-01-01 BC', 1e300, 32767",
        "'4700-01-01 BC', '290000-01-01', -1e300, -5",
        "'2026-01-01', 'infinity', 0.5, null",
    ],
)
def test_no_value_makes_a_trigger_refuse_the_application_its_write(module_database: Database, values: str) -> None:
    with module_database.connect() as connection:
        connection.execute("insert into accounts select gen_random_uuid(), 'An account'")
        inserted = connection.execute(
            "insert into ai_sessions (id, account_id, status, problem_domain, created_at, resolved_at,"
            " confidence_score, session_rating)"
            " select gen_random_uuid(), id, 'resolved', repeat('long ', 100000), a::timestamptz, b::timestamptz,"
            f" c::float8, d::int2 from accounts, (values ({values})) as a (a, b, c, d) limit 1 returning id".encode()
        ).fetchall()
        connection.execute("update ai_sessions set status = 'abandoned' where id = %s", [inserted[0][0]])
    compact(module_database)
    with module_database.connect() as connection:
        connection.execute("delete from ai_sessions where id = %s", [inserted[0][0]])
    compact(module_database)
