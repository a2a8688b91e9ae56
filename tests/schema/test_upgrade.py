"""The migrations, on a database that already holds the main application's tables and rows."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from deploy.embedded.roles import OWNER
from deploy.migrations.errors import MigrationError
from deploy.migrations.run import check, upgrade
from tests.infra.database import Database
from tests.infra.waiting import wait_until
from tests.schema import main_app_rows as rows
from tests.schema.row_security import owner_bypasses_row_security

MAIN_TABLES = ("accounts", "users", "tree_categories", "trees", "ai_sessions")


def test_the_flows_start_with_what_their_sessions_say(bare_database: Database) -> None:
    with bare_database.connect() as connection:
        ours, theirs = rows.account(connection), rows.account(connection)
        used, unused = rows.flow(connection, ours), rows.flow(connection, ours)
        rows.session(connection, ours, matched_flow_id=used, status="resolved")
        rows.session(connection, ours, matched_flow_id=used, status="escalated", created_at=rows.NOON + timedelta(1))
        rows.session(connection, ours, matched_flow_id=used, status="active", created_at=rows.NOON - timedelta(1))
        rows.session(connection, theirs, matched_flow_id=used, status="resolved", created_at=rows.NOON + timedelta(2))

    upgrade(bare_database.dsn_for(OWNER))

    with bare_database.connect() as connection:
        found = connection.execute("select id, usage_count, success_rate, last_matched_at from trees").fetchall()
    assert {row[0]: row[1:] for row in found} == {
        used: (3, 0.5, rows.NOON + timedelta(1)),
        unused: (0, None, None),
    }


def test_a_second_upgrade_changes_nothing(bare_database: Database) -> None:
    with bare_database.connect() as connection:
        account_id = rows.account(connection)
        flow_id = rows.flow(connection, account_id)
        rows.session(connection, account_id, matched_flow_id=flow_id)
    upgrade(bare_database.dsn_for(OWNER))
    with bare_database.connect() as connection:
        connection.execute("update trees set usage_count = 41")
        before = _catalog(connection)

    upgrade(bare_database.dsn_for(OWNER))

    with bare_database.connect() as connection:
        assert connection.execute("select usage_count from trees").fetchall() == [(41,)]
        assert _catalog(connection) == before


def test_the_migrated_database_equals_the_tables_definition(bare_database: Database) -> None:
    upgrade(bare_database.dsn_for(OWNER))
    check(bare_database.dsn_for(OWNER))


def test_check_names_what_differs(database: Database) -> None:
    with database.connect() as connection:
        connection.execute("alter table analytics.inbox drop column received_at")
    with pytest.raises(MigrationError, match="received_at"):
        check(database.dsn_for(OWNER))


def test_check_asks_for_the_migrations(bare_database: Database) -> None:
    with pytest.raises(MigrationError, match="has none of our migrations"):
        check(bare_database.dsn_for(OWNER))


def test_a_table_held_by_a_long_transaction_is_not_waited_for_for_ever(
    bare_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.migrations.locks.PATIENCE_S", 0)
    with psycopg.connect(bare_database.dsn) as holder:
        holder.execute("lock table trees in row share mode")
        with pytest.raises(MigrationError, match="lock timeout"):
            upgrade(bare_database.dsn_for(OWNER))
    upgrade(bare_database.dsn_for(OWNER))


@pytest.mark.parametrize("first", ["trees", "ai_sessions"])
def test_a_transaction_of_the_main_app_that_meets_the_upgrade_goes_on(bare_database: Database, first: str) -> None:
    """Whichever table it used first, the upgrade may not wait for it while it waits for the upgrade."""
    uses = {"trees": "update trees set name = 'x'", "ai_sessions": "update ai_sessions set status = 'resolved'"}
    with bare_database.connect() as admin:
        account_id = rows.account(admin)
        rows.session(admin, account_id, matched_flow_id=rows.flow(admin, account_id))
        with psycopg.connect(bare_database.dsn_for("main_app")) as main_app, ThreadPoolExecutor() as pool:
            main_app.execute(uses.pop(first).encode())
            upgrading = pool.submit(upgrade, bare_database.dsn_for(OWNER))
            waits = "select from pg_locks where relation = %s::regclass and not granted"
            wait_until(lambda: admin.execute(waits, [first]).fetchone() is not None, "the upgrade to wait for it")
            (other,) = uses.values()
            main_app.execute(other.encode())
            main_app.commit()
            upgrading.result()
    check(bare_database.dsn_for(OWNER))


def test_hidden_rows_stop_the_upgrade_with_the_command_to_run(bare_database: Database) -> None:
    with owner_bypasses_row_security(bare_database, bypasses=False), bare_database.connect() as admin:
        admin.execute("alter table ai_sessions enable row level security, force row level security")
        with pytest.raises(MigrationError, match="run as a superuser: ALTER ROLE analytics_owner BYPASSRLS"):
            upgrade(bare_database.dsn_for(OWNER))


def test_the_flows_start_right_where_the_main_app_forces_row_security(bare_database: Database) -> None:
    with bare_database.connect() as connection:
        account_id = rows.account(connection)
        flow_id = rows.flow(connection, account_id)
        rows.session(connection, account_id, matched_flow_id=flow_id)
        for table in MAIN_TABLES:
            connection.execute(f"alter table {table} enable row level security, force row level security".encode())
            column = "id" if table == "accounts" else "account_id"
            connection.execute(
                f"create policy tenant on {table}"
                f" using ({column} = nullif(current_setting('app.current_account_id', true), '')::uuid)".encode()
            )

    with owner_bypasses_row_security(bare_database):
        upgrade(bare_database.dsn_for(OWNER))

    with bare_database.connect() as connection:
        assert connection.execute("select usage_count from trees").fetchall() == [(1,)]


@pytest.mark.parametrize("url", ["", "   ", "nonsense", "postgresql://[1"])
def test_a_missing_or_malformed_url_is_one_line_and_exit_code_2(url: str) -> None:
    done = _command("upgrade", url)
    assert done.returncode == 2
    assert "MIGRATION_DATABASE_URL" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_server_that_does_not_answer_is_one_line_and_exit_code_1() -> None:
    done = _command("upgrade", "postgresql://nobody:hidden@127.0.0.1:1/nothing")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "hidden" not in done.stderr


def test_the_command_upgrades_checks_and_refills(bare_database: Database) -> None:
    for command in ("upgrade", "upgrade", "check", "refill", "check"):
        done = _command(command, bare_database.dsn_for(OWNER))
        assert (done.returncode, done.stderr) == (0, "")


def _command(command: str, url: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.migrations", command],
        env=os.environ | {"MIGRATION_DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _catalog(connection: psycopg.Connection) -> list[tuple[object, ...]]:
    """What a migration could change: relations with their rights, functions, policies, triggers, roles."""
    return connection.execute(
        """
        select relname::text, relacl::text, relrowsecurity from pg_class where relnamespace::regnamespace::text
          in ('public', 'analytics')
        union all
        select proname, proacl::text, prosecdef from pg_proc where pronamespace::regnamespace::text = 'analytics'
        union all select policyname, tablename, false from pg_policies
        union all select tgname, tgrelid::regclass::text, false from pg_trigger where not tgisinternal
        union all select rolname, '', rolbypassrls from pg_roles
        order by 1, 2
        """
    ).fetchall()
