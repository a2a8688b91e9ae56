"""Who may what: each role of ours has what it needs, and nothing else."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tests.infra.database import Database
from tests.schema import main_app_rows as rows

MAIN_TABLES = ("accounts", "users", "tree_categories", "trees", "ai_sessions")
VIEWS = ("analytics.sessions", "analytics.flows", "analytics.categories", "analytics.engineers", "analytics.account")
OWN_TABLES = ("analytics.outbox", "analytics.inbox", "analytics.consumer_offset", "analytics.dead_letter",
              "analytics.job_run", "analytics.heartbeat", "analytics.push_intent", "psa_activity_log")  # fmt: skip

WRITES = {"INSERT", "UPDATE", "DELETE", "TRUNCATE"}
RIGHTS: dict[str, dict[str, set[str]]] = {
    "flowpilot_api": {"psa_activity_log": {"SELECT"}},
    "flowpilot_consumer": {
        "psa_activity_log": {"SELECT", "INSERT"},
        "analytics.inbox": {"SELECT", "INSERT", "DELETE"},
        "analytics.consumer_offset": {"SELECT", "INSERT", "UPDATE"},
        "analytics.dead_letter": {"SELECT", "INSERT", "UPDATE"},
        "analytics.job_run": {"SELECT", "INSERT", "UPDATE"},
        "analytics.heartbeat": {"SELECT", "INSERT", "UPDATE"},
    },
    "flowpilot_relay": {"analytics.outbox": {"SELECT", "DELETE"}},
    "flowpilot_pusher": {"analytics.push_intent": {"SELECT"}, "analytics.outbox": {"INSERT"}},
    "main_app": {"analytics.outbox": {"INSERT"}, "analytics.push_intent": {"SELECT"}},
}


@pytest.fixture(scope="module")
def two_accounts(module_database: Database) -> tuple[UUID, UUID]:
    """Each with a session, a flow, a category and an activity."""
    with module_database.connect() as connection:
        ids = []
        for name in ("ours", "theirs"):
            account_id = rows.account(connection, name, "Asia/Kathmandu")
            flow_id = rows.flow(connection, account_id)
            session_id = rows.session(connection, account_id, matched_flow_id=flow_id)
            rows.activity(connection, account_id, session_id)
            rows.user(connection, account_id)
            connection.execute("insert into tree_categories values (%s, %s, 'VPN')", [uuid4(), account_id])
            ids.append(account_id)
    return ids[0], ids[1]


@pytest.fixture
def reader(module_database: Database, two_accounts: tuple[UUID, UUID]) -> Iterator[psycopg.Connection]:
    assert two_accounts
    with psycopg.connect(module_database.dsn_for("flowpilot_api")) as connection:
        yield connection


def _as_account(connection: psycopg.Connection, account_id: UUID | str) -> None:
    connection.execute("select set_config('app.current_account_id', %s, true)", [str(account_id)])


@pytest.mark.parametrize("table", MAIN_TABLES)
def test_the_reader_is_refused_on_the_main_apps_table(reader: psycopg.Connection, table: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        reader.execute(f"select from {table}".encode())


@pytest.mark.parametrize("relation", [*VIEWS, "psa_activity_log"])
def test_the_reader_sees_the_set_accounts_rows_alone(
    reader: psycopg.Connection, two_accounts: tuple[UUID, UUID], relation: str
) -> None:
    _as_account(reader, two_accounts[0])
    assert reader.execute(f"select account_id from {relation}".encode()).fetchall() == [(two_accounts[0],)]


@pytest.mark.parametrize("setting", [None, ""], ids=["unset", "left empty by an earlier transaction"])
@pytest.mark.parametrize("relation", [*VIEWS, "psa_activity_log"])
def test_without_the_setting_there_are_no_rows(reader: psycopg.Connection, relation: str, setting: str | None) -> None:
    if setting is not None:
        _as_account(reader, setting)
    assert reader.execute(f"select from {relation}".encode()).fetchall() == []


def test_a_view_keeps_a_callers_function_away_from_other_accounts_rows(
    module_database: Database, reader: psycopg.Connection, two_accounts: tuple[UUID, UUID]
) -> None:
    # A database that is not ours may let everybody make temporary things.
    with module_database.connect() as admin:
        admin.execute(f"grant temporary on database {module_database.name} to flowpilot_api".encode())
    # The function costs nothing, so the planner would run it first, on every account's names, were there no barrier.
    reader.execute(
        "create function pg_temp.shows(text) returns boolean language plpgsql cost 0.0001"
        " as $$ begin raise exception 'saw %', $1; end $$"
    )
    _as_account(reader, uuid4())
    assert two_accounts
    assert reader.execute("select from analytics.flows where pg_temp.shows(name)").fetchall() == []
    with module_database.connect() as admin:
        admin.execute(f"revoke temporary on database {module_database.name} from flowpilot_api".encode())


@pytest.mark.parametrize("role", RIGHTS)
@pytest.mark.parametrize("table", OWN_TABLES)
def test_a_role_has_just_its_rights_on_a_table_of_ours(module_database: Database, role: str, table: str) -> None:
    with module_database.connect() as connection:
        found = connection.execute(
            "select privilege from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER'])"
            " as privilege where has_table_privilege(%s, %s, privilege)",
            [role, table],
        ).fetchall()
    assert {privilege for (privilege,) in found} == RIGHTS[role].get(table, set())


@pytest.mark.parametrize("role", ["flowpilot_api", "flowpilot_consumer", "flowpilot_relay", "flowpilot_pusher"])
@pytest.mark.parametrize("table", MAIN_TABLES)
def test_no_role_of_ours_has_a_right_on_a_whole_table_of_the_main_app(
    module_database: Database, role: str, table: str
) -> None:
    with module_database.connect() as connection:
        found = connection.execute(
            "select privilege from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER'])"
            " as privilege where has_table_privilege(%s, %s, privilege)",
            [role, table],
        ).fetchall()
    assert found == []


def test_the_consumer_writes_the_flows_counters_and_no_other_column(module_database: Database) -> None:
    with module_database.connect() as connection:
        found = connection.execute(
            "select attrelid::regclass::text, attname from pg_attribute where attnum > 0 and not attisdropped"
            " and attrelid = any(%s::text[]::regclass[])"
            " and has_column_privilege('flowpilot_consumer', attrelid, attnum, 'INSERT, UPDATE')",
            [list(MAIN_TABLES)],
        ).fetchall()
    assert set(found) == {("trees", "usage_count"), ("trees", "success_rate"), ("trees", "last_matched_at")}


def test_the_relay_can_lock_and_delete_what_it_sends(module_database: Database) -> None:
    with module_database.connect() as connection:
        connection.execute(
            "insert into analytics.outbox (id, aggregatetype, aggregateid, type, payload)"
            " values (%s, 't', 'k', 'e', '')",
            [uuid4()],
        )
    with module_database.connect("flowpilot_relay") as relay:
        taken = relay.execute(
            "delete from analytics.outbox where id in"
            " (select id from analytics.outbox order by created_at for update skip locked) returning type"
        )
        assert taken.fetchall() == [("e",)]
        with pytest.raises(InsufficientPrivilege):
            relay.execute("update analytics.outbox set payload = ''")


def test_the_principal_of_a_user_is_what_the_database_says(
    reader: psycopg.Connection, module_database: Database, two_accounts: tuple[UUID, UUID]
) -> None:
    with module_database.connect() as connection:
        user_id = rows.user(connection, two_accounts[1], role="viewer", is_active=False)
    found = reader.execute("select * from analytics.principal(%s)", [user_id]).fetchall()
    assert found == [(two_accounts[1], "viewer", False, "Asia/Kathmandu")]
    assert reader.execute("select * from analytics.principal(%s)", [uuid4()]).fetchall() == []


@pytest.mark.parametrize("role", [role for role in RIGHTS if role != "flowpilot_api"])
def test_nobody_but_the_reader_may_ask_for_a_principal(module_database: Database, role: str) -> None:
    with module_database.connect(role) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute("select * from analytics.principal(%s)", [uuid4()])


def test_every_function_that_runs_with_its_owners_rights_is_closed_to_the_public(module_database: Database) -> None:
    with module_database.connect() as connection:
        found = connection.execute(
            "select proname, proowner::regrole::text, proconfig[1],"
            " has_function_privilege('public', oid, 'EXECUTE') as open"
            " from pg_proc where prosecdef and pronamespace = 'analytics'::regnamespace"
        ).fetchall()
    assert found
    assert [row for row in found if row[1:] != ("analytics_owner", 'search_path=""', False)] == []


def test_our_tables_with_accounts_have_row_security_that_lets_their_owner_dump_them(module_database: Database) -> None:
    with module_database.connect() as connection:
        found = connection.execute(
            "select relation.relname from pg_class as relation join pg_attribute as attribute"
            " on attribute.attrelid = relation.oid and attribute.attname = 'account_id'"
            " where relation.relkind in ('r', 'p') and (not relrowsecurity or relforcerowsecurity)"
            " and (relnamespace = 'analytics'::regnamespace or relname = 'psa_activity_log')"
        ).fetchall()
    assert found == []


@pytest.mark.parametrize("role", [role for role in RIGHTS if role != "flowpilot_consumer"])
def test_in_a_database_of_ours_no_role_makes_temporary_tables(module_database: Database, role: str) -> None:
    with module_database.connect(role) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute("create temporary table probe (id integer)")


@pytest.mark.parametrize("role", RIGHTS)
@pytest.mark.parametrize("made", ["schema probe", "table public.probe ()", "table analytics.probe ()"])
def test_no_role_makes_anything(module_database: Database, role: str, made: str) -> None:
    with module_database.connect(role) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(f"create {made}".encode())
