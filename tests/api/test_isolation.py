"""Two accounts side by side: nothing that one of them asks shows anything of the other."""

import itertools
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from shared_queries.periods.period import Period, parse_period
from shared_queries.source import Source
from tests.api.conftest import READER
from tests.api.direct import User, answer, enter, plan_of
from tests.api.running import PATHS, RunningApi, running_api
from tests.api.world import Account, insert_world
from tests.infra.database import Database

OF_DOMAIN = [{"domain": domain} for domain in ("Alpha Network", "Bravo Network", "No such")]
SHOWN = [{"compare": "previous"}, {"format": "csv"}]
EVERYTHING = {
    "overview": [{}, *SHOWN, *OF_DOMAIN, {"period": "90d", "tz": "UTC"}],
    "coverage": [{}, *SHOWN, *OF_DOMAIN, {"period": "7d"}],
    "flow-quality": [*({"sort": sort} for sort in ("quality", "usage", "success_rate")), *SHOWN, *OF_DOMAIN],
    "psa": [{}, *SHOWN, *OF_DOMAIN],
    "trend": [{}, *SHOWN, *OF_DOMAIN, *({"interval": interval} for interval in ("day", "week", "month"))],
    "engineers": [{}, *SHOWN, *OF_DOMAIN],
    "me": [{}, *SHOWN],
    "flow-effects": [{}, *SHOWN, {"period": "30d"}],
    "sessions": [
        *({}, {"limit": "3"}, {"status": "ended"}, {"tier": "guided"}, {"stage": "doc"}, {"unmapped": "true"}),
        *({"tier": "unguided"}, {"missing": "doc"}, {"unlogged": "true"}, {"off_path": "time_without_doc"}),
        *({"user_id": "none"}, *OF_DOMAIN),
    ],
}


def traces_of(account: Account) -> set[str]:
    ids = (account.id, account.admin, account.engineer, account.flow, account.new_flow, *account.sessions)
    return {account.mark, *map(str, ids)}


def assert_silent_about(account: Account, text: str, asked: str | None = None) -> None:
    """Nothing of the account; its domain's name comes back to whoever asks by it."""
    text = text.replace(asked, "") if asked else text
    assert not {trace for trace in traces_of(account) if trace in text}


@pytest.mark.parametrize("name", PATHS)
def test_nothing_of_the_other_account_is_in_any_answer(
    api: RunningApi, alpha: Account, bravo: Account, name: str
) -> None:
    for own, other in ((alpha, bravo), (bravo, alpha)):
        for params in EVERYTHING[name]:
            response = api.get(PATHS[name], own.admin, params)
            assert response.status_code == 200
            assert_silent_about(other, response.text + str(response.headers), params.get("domain"))
    assert alpha.mark in api.get(PATHS["coverage"], alpha.admin).text


@pytest.mark.parametrize("name", PATHS)
def test_naming_the_other_account_changes_nothing(api: RunningApi, alpha: Account, bravo: Account, name: str) -> None:
    plain = api.get(PATHS[name], alpha.admin)
    smuggled = api.get(
        PATHS[name],
        alpha.admin,
        headers={
            "X-Account-Id": str(bravo.id),
            "X-Forwarded-User": str(bravo.admin),
            "Cookie": f"account_id={bravo.id}",
            "X-Original-Url": f"/?account_id={bravo.id}",
        },
    )
    assert smuggled.headers["etag"] == plain.headers["etag"]
    assert api.get(PATHS[name], alpha.admin, {"account_id": str(bravo.id)}).status_code == 400


def test_filters_with_the_others_values_find_nothing(api: RunningApi, alpha: Account, bravo: Account) -> None:
    for params in (
        {"flow_id": str(bravo.flow)},
        {"user_id": str(bravo.engineer)},
        {"domain": bravo.domain},
        {"domain": "' or account_id is not null --"},
        {"domain": f"{alpha.domain}' union select * from ai_sessions --"},
        {"domain": "%"},
    ):
        body = api.get(PATHS["sessions"], alpha.admin, params).json()
        assert (body["total_count"], body["sessions"], body["next_cursor"]) == (0, [], None)
        if "user_id" not in params:
            points = api.get(PATHS["trend"], alpha.admin, params).json()
            assert (points["markers"], sum(point["session_count"] for point in points["points"])) == ([], 0)


def test_a_cursor_of_the_other_account_leads_to_rows_of_ones_own(
    api: RunningApi, alpha: Account, bravo: Account
) -> None:
    cursor = api.get(PATHS["sessions"], bravo.admin, {"limit": "1"}).json()["next_cursor"]
    response = api.get(PATHS["sessions"], alpha.admin, {"cursor": cursor})
    assert_silent_about(bravo, response.text)
    own = {str(session) for session in alpha.sessions}
    assert {item["session_id"] for item in response.json()["sessions"]} <= own


def test_a_flow_or_category_of_the_other_account_shows_nothing_of_it(
    api: RunningApi, module_database: Database, alpha: Account, bravo: Account
) -> None:
    """Nothing in the main application's tables stops a row from pointing across."""
    flow, session = uuid4(), uuid4()
    with module_database.connect() as connection:
        (category,) = connection.execute(
            "select id from tree_categories where account_id = %s", [bravo.id]
        ).fetchone() or (None,)
        connection.execute(
            "insert into trees (id, account_id, name, category_id) values (%s, %s, 'crossing', %s)",
            [flow, alpha.id, category],
        )
        connection.execute(
            "insert into ai_sessions (id, account_id, matched_flow_id, created_at) values (%s, %s, %s, now())",
            [session, alpha.id, bravo.flow],
        )
        connection.execute(
            "insert into psa_activity_log (id, account_id, session_id, activity_type, psa_ticket_id, created_at,"
            " event_id) values (%s, %s, %s, 'note_posted', 'crossing', now(), %s)",
            [uuid4(), alpha.id, bravo.sessions[0], uuid4()],
        )
    module_database.wait_for_replica()
    for name in PATHS:
        assert_silent_about(bravo, api.get(PATHS[name], alpha.admin).text)
        assert "crossing" not in api.get(PATHS[name], bravo.admin).text


def test_requests_of_both_at_once_stay_apart(api: RunningApi, alpha: Account, bravo: Account) -> None:
    """Connections are shared between accounts: the tenant is set per transaction."""
    for own, other in itertools.islice(itertools.cycle(((alpha, bravo), (bravo, alpha))), 40):
        text = api.get(PATHS["flow-quality"], own.admin).text
        assert own.mark in text
        assert other.mark not in text


@pytest.fixture(scope="module")
def period() -> Period:
    return parse_period(period="30d", from_=None, to=None, tz=None, now=datetime.now(UTC), default_tz=None)


def remove_guards(database: Database) -> None:
    """Take away the views' predicate and the row-level security: only what the queries say is left."""
    with database.connect() as connection:
        for view in ("sessions", "flows", "categories", "engineers", "account"):
            (definition,) = connection.execute("select pg_get_viewdef(%s::regclass)", [f"analytics.{view}"]).fetchone()  # type: ignore[misc]  # it is there
            without, found = re.subn(r"\s+WHERE.*", "", definition, flags=re.DOTALL)
            assert found == 1, definition
            connection.execute(f"create or replace view analytics.{view} as {without}")
        protected = connection.execute("select oid::regclass::text from pg_class where relrowsecurity").fetchall()
        assert protected
        for (table,) in protected:
            connection.execute(f"alter table {table} no force row level security")
            connection.execute(f"alter table {table} disable row level security")
    database.wait_for_replica()
    with psycopg.connect(database.replica_dsn_for(READER)) as connection:
        counted = connection.execute("select count(*), count(distinct account_id) from analytics.sessions").fetchone()
        assert counted == (24, 2), "the guards are really gone"


def all_answers(api: RunningApi, accounts: tuple[Account, Account]) -> dict[str, Any]:
    """Every answer to either account, without what moves with the clock."""
    found: dict[str, Any] = {}
    for account, name in itertools.product(accounts, PATHS):
        for params in EVERYTHING[name]:
            response = api.get(PATHS[name], account.admin, params)
            assert response.status_code == 200
            answered = response.text if params.get("format") == "csv" else response.json()
            if isinstance(answered, dict):
                answered |= {"as_of": None, "next_cursor": None}
            found[f"{account.mark} {name} {params}"] = answered
    return found


@pytest.mark.parametrize("read_path", ["facts", "rollups"])
def test_without_views_and_policies_the_queries_own_predicate_holds(
    database: Database, tmp_path: Path, read_path: str
) -> None:
    alpha, bravo = insert_world(database)
    with running_api(tmp_path / "log", database.replica_dsn_for(READER), ANALYTICS_READ_PATH=read_path) as api:
        guarded = all_answers(api, (alpha, bravo))
        assert guarded["Alpha overview {}"]["total_sessions"] == 12
        remove_guards(database)
        assert all_answers(api, (alpha, bravo)) == guarded
        assert api.get(PATHS["sessions"], alpha.admin, {"flow_id": str(bravo.flow)}).json()["total_count"] == 0


def without_predicate(statement: str, params: dict[str, Any]) -> str:
    """The statement with every comparison to the account replaced by one that is always true."""
    accounts = [name for name, value in params.items() if isinstance(value, UUID) and name.startswith("account_id")]
    for name in accounts:
        statement, found = re.subn(rf"[\w.]+ = %\({name}\)s(::UUID)?", "(true)", statement)
        assert found, f"no comparison with {name} in {statement}"
        assert f"%({name})s" not in statement, statement
    assert accounts
    return statement


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("name", PATHS)
def test_without_the_queries_predicate_views_and_policies_hold(
    module_database: Database, alpha: Account, bravo: Account, period: Period, *, name: str, source: Source
) -> None:
    with psycopg.connect(module_database.dsn_for(READER)) as connection:
        for account in (alpha, bravo):
            nobody = plan_of(name, User(uuid4(), account.admin), period, source)
            enter(connection, account.id)
            user = User(account.id, account.admin)
            guarded = answer(connection, plan_of(name, user, period, source))
            assert answer(connection, nobody, without_predicate) == guarded
            assert answer(connection, nobody) != guarded, "the predicate was really there, and really removed"


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("name", PATHS)
def test_without_a_tenant_no_row_is_seen(
    module_database: Database, alpha: Account, period: Period, name: str, source: Source
) -> None:
    with psycopg.connect(module_database.dsn_for(READER)) as connection:
        empty = answer(connection, plan_of(name, User(uuid4(), alpha.admin), period, source))
        own = User(alpha.id, alpha.admin)
        assert answer(connection, plan_of(name, own, period, source)) == empty
        connection.execute("select set_config('app.current_account_id', '', true)")
        assert answer(connection, plan_of(name, own, period, source)) == empty


@pytest.mark.parametrize("table", ["accounts", "users", "tree_categories", "trees", "ai_sessions"])
def test_the_reader_is_refused_on_the_main_applications_tables(module_database: Database, table: str) -> None:
    with (
        psycopg.connect(module_database.dsn_for(READER)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"select from {table}")
