"""Main applications of other shapes: what their roles set, how their tables lie."""

import asyncio

import psycopg
import pytest

from deploy.embedded.roles import OWNER
from deploy.migrations.run import check, refill, upgrade
from psa_event_consumer.apply.database import connect
from services.events import FlowMatched
from tests.consumer.applying import apply, record_of
from tests.infra.database import Database
from tests.rollups.drifting import drift_of
from tests.rollups.jobs import compact
from tests.rollups.writing import Consumer, MainApp, SharedIds
from tests.schema import main_app_rows as rows
from tests.schema.test_schema_check import found as differences_of

SETTINGS = {
    "row_security": "off",
    "search_path": "pg_catalog",
    "default_transaction_isolation": "serializable",
    "default_transaction_read_only": "on",
    "default_transaction_deferrable": "on",
    "datestyle": "SQL, DMY",
    "intervalstyle": "sql_standard",
    "bytea_output": "escape",
    "standard_conforming_strings": "off",
    "timezone": "Asia/Kathmandu",
    "extra_float_digits": "-15",
    "statement_timeout": "20ms",
    "lc_monetary": "C",
    "check_function_bodies": "off",
    "session_replication_role": "replica",
}


def test_the_migrations_apply_whatever_the_owners_sessions_carry(bare_database: Database) -> None:
    with bare_database.connect() as admin:
        for name, value in SETTINGS.items():
            admin.execute(f"alter role {OWNER} in database {bare_database.name} set {name} = '{value}'".encode())
        account = rows.account(admin)
        flow = rows.flow(admin, account)
        rows.session(admin, account, matched_flow_id=flow)
    for command in (upgrade, check, refill):
        command(bare_database.dsn_for(OWNER))
    with bare_database.connect() as admin:
        assert admin.execute("select usage_count from trees").fetchall() == [(1,)]


@pytest.mark.parametrize("own", ["integer", "integer not null default 0"])
def test_a_usage_count_of_the_main_applications_becomes_ours(bare_database: Database, own: str) -> None:
    with bare_database.connect() as admin:
        admin.execute(f"alter table trees add usage_count {own}".encode())
        account = rows.account(admin)
        used, unused = rows.flow(admin, account, "used"), rows.flow(admin, account, "unused")
        rows.session(admin, account, matched_flow_id=used)
        upgrade(bare_database.dsn_for(OWNER))
        check(bare_database.dsn_for(OWNER))
        assert admin.execute("select usage_count from trees where id = %s", [used]).fetchone() == (1,)
        session = rows.session(admin, account)
        admin.execute("select set_config('app.current_account_id', %s, false)", [str(account)])
        shown = "select usage_count from analytics.flows where id = %s"
        assert admin.execute(shown.encode(), [unused]).fetchone() == (0,)
        asyncio.run(apply_one(bare_database, FlowMatched(account, session, unused)))
        assert admin.execute(shown.encode(), [unused]).fetchone() == (1,)
        assert not differences_of(bare_database)


async def apply_one(database: Database, event: FlowMatched) -> None:
    async with await connect(database.dsn_for("flowpilot_consumer")) as connection:
        await apply(connection, record_of(event))


@pytest.mark.parametrize("migrator", [OWNER, None], ids=["owner", "superuser"])
def test_partitioned_sessions_are_counted_also_in_a_partition_made_later(
    bare_database: Database, migrator: str | None
) -> None:
    with bare_database.connect(OWNER) as owner:
        owner.execute(
            """
            drop table ai_sessions;
            create table ai_sessions (
              id uuid primary key, account_id uuid not null references accounts on delete cascade,
              user_id uuid references users on delete set null, problem_domain text,
              status text not null default 'active', confidence_tier text, confidence_score double precision,
              matched_flow_id uuid references trees on delete set null, match_score double precision,
              session_rating smallint, psa_ticket_id text, created_at timestamptz not null default now(),
              resolved_at timestamptz
            ) partition by hash (id);
            create table ai_sessions_0 partition of ai_sessions for values with (modulus 2, remainder 0);
            grant select, insert, update, delete on ai_sessions to main_app
            """
        )
    upgrade(bare_database.dsn_for(migrator) if migrator else bare_database.dsn)
    with bare_database.connect(OWNER) as owner:
        owner.execute("create table ai_sessions_1 partition of ai_sessions for values with (modulus 2, remainder 1)")
    world = SharedIds(bare_database)
    for writer, role in ((MainApp(world, 1), "main_app"), (Consumer(world, 2), "flowpilot_consumer")):
        with psycopg.connect(bare_database.dsn_for(role)) as connection:
            for _ in range(30):
                writer.write(connection)
    compact(bare_database)
    assert drift_of(bare_database.dsn) == []
    check(bare_database.dsn_for(OWNER))
