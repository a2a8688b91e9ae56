"""The main application changes its own tables, and writes on: we stand in no one's way, and say what we lack."""

import asyncio

import psycopg
import pytest

from deploy.embedded.roles import OWNER
from deploy.migrations.errors import MigrationError
from deploy.migrations.run import attach, check, detach, refill, upgrade
from psa_event_consumer.apply.database import connect
from psa_event_consumer.health.state import State
from psa_event_consumer.jobs import watch_rollups
from tests.infra.database import Database
from tests.rollups.drifting import drift_of
from tests.rollups.jobs import compact
from tests.rollups.writing import Consumer, MainApp, SharedIds
from tests.schema import main_app_rows as rows
from tests.schema.test_shapes import SETTINGS

ORDINARY = {name: value for name, value in SETTINGS.items() if name not in {"search_path", "session_replication_role"}}
WRITABLE = {**ORDINARY, "default_transaction_read_only": "off", "statement_timeout": "0", "search_path": "public"}


def write(database: Database, world: SharedIds, transactions: int = 25) -> None:
    for writer, role in ((MainApp(world, 1), "main_app"), (Consumer(world, 2), "flowpilot_consumer")):
        with psycopg.connect(database.dsn_for(role)) as connection:
            for _ in range(transactions):
                writer.write(connection)


def failures(database: Database) -> list[tuple[str, str]]:
    with database.connect() as admin:
        return admin.execute("select function_name, message from analytics.trigger_failure").fetchall()


def said_by_the_consumer(database: Database) -> list[str]:
    """What its readiness tells of the rollups."""

    async def watch() -> list[str]:
        connection = await connect(database.dsn_for("flowpilot_consumer"))
        state = State()
        await watch_rollups.run(connection, state)
        await connection.close()
        return state.rollup_problems

    return [problem.split("answer: ")[-1].split(";")[0] for problem in asyncio.run(watch())]


@pytest.mark.parametrize("rights", ["bypassrls", "nobypassrls"])
def test_the_triggers_count_whatever_a_session_carries(database: Database, rights: str) -> None:
    with database.connect() as admin:
        for name, value in WRITABLE.items():
            admin.execute(f"alter role main_app in database {database.name} set {name} = '{value}'".encode())
        admin.execute(f"alter role analytics_owner {rights}".encode())
    write(database, SharedIds(database))
    compact(database)
    assert drift_of(database.dsn) == []
    assert failures(database) == []


def test_what_a_restored_dump_loads_is_counted(database: Database) -> None:
    with database.connect() as admin:
        account = rows.account(admin)
        admin.execute("set row_security = off")
        rows.session(admin, account, status="resolved")
    assert drift_of(database.dsn) == []
    assert failures(database) == []


def test_a_renamed_column_lets_every_write_pass_until_the_next_refill(database: Database) -> None:
    world = SharedIds(database)
    with database.connect(OWNER) as owner:
        owner.execute("alter table ai_sessions rename problem_domain to topic")
        with database.connect("main_app") as main_app:
            main_app.execute(
                "insert into ai_sessions (id, account_id) values (gen_random_uuid(), %s)", [world.accounts[0]]
            )
            main_app.execute("update ai_sessions set status = 'resolved'")
            main_app.execute("delete from ai_sessions")
        ((function, message),) = failures(database)
        assert function == "session_inserted"
        assert '"problem_domain" does not exist' in message
        assert said_by_the_consumer(database) == [
            f"session_inserted: {message}",
            "column ai_sessions.problem_domain is missing",
        ]
        with database.connect("flowpilot_api") as reader:
            assert reader.execute("select problem_domain from analytics.sessions").fetchall() == []
        owner.execute("alter table ai_sessions rename topic to problem_domain")
    write(database, world)
    refill(database.dsn_for(OWNER))
    assert said_by_the_consumer(database) == failures(database) == []
    assert drift_of(database.dsn) == []


DDL = """
    create type session_status as enum ('active', 'resolved', 'escalated', 'abandoned');
    alter table ai_sessions alter problem_domain type varchar(200), alter psa_ticket_id type varchar(100),
      alter status drop default, alter status type session_status using status::session_status,
      alter status set default 'active';
    alter table ai_sessions drop session_rating;
    alter table trees alter name type varchar(300);
    alter table users alter email type varchar(300);
    alter table accounts alter name type varchar(300);
"""


def catalog(database: Database) -> list[tuple[object, ...]]:
    with database.connect() as admin:
        return admin.execute(
            """
            select relname::text, pg_get_viewdef(oid), reloptions::text, (select array_agg(acl::text order by acl::text)
              from unnest(relacl) as acl)::text
            from pg_class where relnamespace = 'analytics'::regnamespace and relkind = 'v'
            union all
            select tgname::text, pg_get_triggerdef(oid), tgenabled::text, null
            from pg_trigger where not tgisinternal and tgrelid = 'ai_sessions'::regclass
            order by 1
            """
        ).fetchall()


def test_what_is_taken_away_comes_back_as_it_was(database: Database) -> None:
    before = catalog(database)
    assert len([name for name, *_ in before if name.startswith("analytics_")]) == 5
    for command in (detach, detach):
        command(database.dsn_for(OWNER))
    assert [name for name, *_ in catalog(database)] == ["freshness"]
    for command in (attach, attach, check):
        command(database.dsn_for(OWNER))
    assert catalog(database) == before


def test_its_migration_runs_between_detach_and_attach_in_one_transaction(database: Database) -> None:
    world = SharedIds(database)
    write(database, world)
    with psycopg.connect(database.dsn_for(OWNER)) as owner:
        owner.execute("select analytics.detach()")
        owner.execute("update ai_sessions set session_rating = null")
        owner.execute(DDL.encode())
        owner.execute("select analytics.attach()")
    assert [function for function, _ in failures(database)] == ["detach"]
    upgrade(database.dsn_for(OWNER))
    assert failures(database) == []
    assert drift_of(database.dsn) == []
    with database.connect("main_app") as main_app:
        main_app.execute(
            "insert into ai_sessions (id, account_id, status) values (gen_random_uuid(), %s, 'resolved')",
            [world.accounts[0]],
        )
    # The column that is gone is the one thing that the triggers cannot do without.
    ((_, message),) = failures(database)
    assert "session_rating" in message
    assert "column ai_sessions.session_rating is missing" in said_by_the_consumer(database)
    with database.connect(OWNER) as owner:
        owner.execute("alter table ai_sessions add session_rating smallint")
    upgrade(database.dsn_for(OWNER))
    assert said_by_the_consumer(database) == failures(database) == []
    assert drift_of(database.dsn) == []


def test_a_dropped_column_stops_no_upgrade_and_no_attach_and_no_write(database: Database) -> None:
    world = SharedIds(database)
    write(database, world)
    with psycopg.connect(database.dsn_for(OWNER)) as owner:
        owner.execute("select analytics.detach()")
        owner.execute("alter table ai_sessions drop problem_domain")
        owner.execute("alter table tree_categories rename account_id to tenant")
        owner.execute("select analytics.attach()")
    upgrade(database.dsn_for(OWNER))
    with pytest.raises(MigrationError, match=r"not filled: column ai_sessions\.problem_domain .* is gone"):
        refill(database.dsn_for(OWNER))
    with database.connect("main_app") as main_app:
        main_app.execute("insert into ai_sessions (id, account_id) values (gen_random_uuid(), %s)", [world.accounts[0]])
    with database.connect(OWNER) as owner:
        owner.execute("alter table ai_sessions add problem_domain text")
        owner.execute("alter table tree_categories rename tenant to account_id")
    refill(database.dsn_for(OWNER))
    assert said_by_the_consumer(database) == failures(database) == []
    assert drift_of(database.dsn) == []


def test_an_enum_for_a_text_is_counted(database: Database) -> None:
    world = SharedIds(database)
    with psycopg.connect(database.dsn_for(OWNER)) as owner:
        owner.execute("select analytics.detach()")
        owner.execute(DDL.replace("alter table ai_sessions drop session_rating;", "").encode())
        owner.execute("select analytics.attach()")
    upgrade(database.dsn_for(OWNER))
    with database.connect("main_app") as main_app:
        for status in ("active", "resolved", "abandoned"):
            main_app.execute(
                "insert into ai_sessions (id, account_id, status, psa_ticket_id)"
                " values (gen_random_uuid(), %s, %s::session_status, '1')",
                [world.accounts[0], status],
            )
        main_app.execute("update ai_sessions set status = 'escalated' where status = 'abandoned'")
        main_app.execute("delete from ai_sessions where status = 'active'")
    assert failures(database) == []
    assert drift_of(database.dsn) == []
