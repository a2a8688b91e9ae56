"""`request_push`: the main application's half."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from services.psa import (
    IntentConflictError,
    InvalidIntentError,
    Note,
    PushIntent,
    StatusChange,
    TimeEntry,
    request_push,
)
from tests.infra.database import Database
from tests.psa.conftest import Account, add_account

TIME = TimeEntry(member="154", start=datetime(2026, 7, 29, 20, tzinfo=UTC), minutes=45, note="Reset the MFA")


def alchemy_url(database: Database) -> str:
    return database.dsn_for("main_app").replace("postgresql://", "postgresql+psycopg://")


def with_psycopg(database: Database, intent: PushIntent) -> UUID:
    with psycopg.connect(database.dsn_for("main_app"), row_factory=dict_row) as connection:
        return request_push(connection, intent)


def with_sqlalchemy(database: Database, intent: PushIntent) -> UUID:
    engine = create_engine(alchemy_url(database))
    with engine.begin() as connection:
        answer = request_push(connection, intent)
    engine.dispose()
    return answer


def with_session(database: Database, intent: PushIntent) -> UUID:
    engine = create_engine(alchemy_url(database))
    with Session(engine) as session, session.begin():
        answer = request_push(session, intent)
    engine.dispose()
    return answer


def with_scoped_session(database: Database, intent: PushIntent) -> UUID:
    engine = create_engine(alchemy_url(database))
    session = scoped_session(sessionmaker(engine))
    answer = request_push(session, intent)
    session.commit()
    session.remove()
    engine.dispose()
    return answer


@pytest.mark.parametrize("request_with", [with_psycopg, with_sqlalchemy, with_session, with_scoped_session])
def test_an_intent_is_stored_and_asked_for_again_is_the_same(
    account: Account, request_with: Callable[[Database, PushIntent], UUID]
) -> None:
    intent = PushIntent(account.id, account.add_session(), "48213", TIME)
    again = PushIntent(intent.account_id, intent.session_id, "48213", TIME)
    assert request_with(account.database, intent) == intent.id
    assert request_with(account.database, again) == intent.id
    (row,) = account.intents()
    assert row["id"] == intent.id
    assert (row["kind"], row["sequence"], row["state"]) == ("time_entry_posted", 1, "pending")
    assert row["payload"]["minutes"] == 45


AnyAsyncConnection = psycopg.AsyncConnection[Any] | AsyncConnection | AsyncSession
Connect = Callable[[Database], AbstractAsyncContextManager[AnyAsyncConnection]]


@asynccontextmanager
async def async_psycopg(database: Database) -> AsyncIterator[AnyAsyncConnection]:
    async with await psycopg.AsyncConnection.connect(database.dsn_for("main_app")) as connection:
        yield connection


@asynccontextmanager
async def async_sqlalchemy(database: Database) -> AsyncIterator[AnyAsyncConnection]:
    engine = create_async_engine(alchemy_url(database))
    async with engine.begin() as connection:
        yield connection
    await engine.dispose()


@asynccontextmanager
async def async_session(database: Database) -> AsyncIterator[AnyAsyncConnection]:
    engine = create_async_engine(alchemy_url(database))
    async with AsyncSession(engine) as session, session.begin():
        yield session
    await engine.dispose()


@pytest.mark.parametrize("connect", [async_psycopg, async_sqlalchemy, async_session])
async def test_an_asynchronous_connection_stores_it_too(account: Account, connect: Connect) -> None:
    intent = PushIntent(account.id, None, "48213", Note(text="Done"))
    async with connect(account.database) as connection:
        assert await request_push(connection, intent) == intent.id
    async with connect(account.database) as connection:
        assert await request_push(connection, PushIntent(account.id, None, "48213", Note(text="Done"))) == intent.id
    assert [row["id"] for row in account.intents()] == [intent.id]


def test_the_callers_rollback_takes_the_intent_with_it(account: Account) -> None:
    with psycopg.connect(account.database.dsn_for("main_app")) as connection:
        request_push(connection, PushIntent(account.id, None, "48213", TIME))
        connection.rollback()
    assert account.intents() == []


def test_the_same_key_with_another_content_is_refused_and_the_transaction_can_go_on(
    account: Account, main_app: psycopg.Connection
) -> None:
    with main_app.transaction():
        request_push(main_app, PushIntent(account.id, None, "48213", Note(text="one")))
        with pytest.raises(IntentConflictError, match="next sequence"):
            request_push(main_app, PushIntent(account.id, None, "48213", Note(text="two")))
        request_push(main_app, PushIntent(account.id, None, "48213", Note(text="two"), sequence=2))
    assert [row["sequence"] for row in account.intents()] == [1, 2]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"ticket_ref": " "}, "ticket_ref", id="blank ticket"),
        pytest.param({"ticket_ref": "service: "}, "ticket_ref", id="kind without an id"),
        pytest.param({"ticket_ref": "4" * 201}, "ticket_ref", id="long ticket"),
        pytest.param({"sequence": 0}, "sequence", id="sequence 0"),
        pytest.param({"sequence": True}, "sequence", id="sequence that is a boolean"),
        pytest.param({"account_id": "no uuid"}, "account_id", id="account that is no uuid"),
        pytest.param({"action": TimeEntry(member="", start=TIME.start, minutes=5)}, "member", id="no member"),
        pytest.param({"action": TimeEntry(member="1", start=TIME.start, minutes=0)}, "minutes", id="no minutes"),
        pytest.param({"action": TimeEntry(member="1", start=TIME.start, minutes=1441)}, "minutes", id="over a day"),
        pytest.param({"action": TimeEntry(member="1", start=datetime(2026, 1, 1), minutes=5)}, "start", id="naive"),  # noqa: DTZ001  the case
        pytest.param({"action": Note(text=" \n")}, "text", id="blank note"),
        pytest.param({"action": Note(text="a\0b")}, "text", id="NUL in a note"),
        pytest.param({"action": StatusChange(status="")}, "status", id="no status"),
        pytest.param({"action": Note(text="\ud800")}, "surrogate", id="half a surrogate pair"),
    ],
)
def test_what_breaks_a_rule_is_refused_before_it_reaches_the_database(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidIntentError, match=field):
        request_push(
            psycopg.connect,  # type: ignore[call-overload]  # never looked at
            PushIntent(**{"account_id": uuid4(), "session_id": None, "ticket_ref": "48213", "action": TIME} | change),
        )


def test_a_connection_of_another_kind_is_refused() -> None:
    with pytest.raises(TypeError, match="psycopg or SQLAlchemy"):
        request_push(object(), PushIntent(uuid4(), None, "48213", TIME))  # type: ignore[call-overload]  # the case


def test_two_erased_sessions_of_one_ticket_leave_their_intents_without_text(
    account: Account, main_app: psycopg.Connection
) -> None:
    """Both would have the key (account, null, ticket, kind, 1), and the second erasure would fail."""
    sessions = [account.add_session("48213") for _ in range(3)]
    for session in sessions:
        request_push(main_app, PushIntent(account.id, session, "48213", TIME))
    with account.database.connect() as admin:
        admin.execute("update analytics.push_intent set state = 'succeeded' where session_id = %s", [sessions[0]])
    main_app.execute("delete from ai_sessions where id = any(%s)", [sessions])
    rows = account.intents()
    assert len({row["sequence"] for row in rows}) == 3
    assert all(row["session_id"] is None and row["sequence"] < 0 for row in rows)
    assert [row["payload"] for row in rows if row["state"] == "succeeded"] == [{}]
    assert all(row["payload"]["minutes"] == 45 for row in rows if row["state"] == "pending")


def test_an_erased_account_takes_its_intents_with_it(account: Account, main_app: psycopg.Connection) -> None:
    request_push(main_app, PushIntent(account.id, account.add_session(), "48213", TIME))
    main_app.execute("delete from accounts where id = %s", [account.id])
    assert account.intents() == []


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("update analytics.push_intent set state = 'succeeded'", id="change"),
        pytest.param("delete from analytics.push_intent", id="delete"),
        pytest.param(
            "insert into analytics.push_intent (id, account_id, ticket_ref, kind, payload, state)"
            " values (gen_random_uuid(), gen_random_uuid(), '1', 'note_posted', '{}', 'succeeded')",
            id="insert in another state",
        ),
    ],
)
def test_the_main_application_may_ask_and_read_only(main_app: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        main_app.execute(statement)


@pytest.mark.parametrize("role", ["flowpilot_api", "flowpilot_consumer", "flowpilot_relay"])
def test_who_does_not_push_sees_no_intent(account: Account, role: str) -> None:
    add_account(account.database)
    with account.database.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("select from analytics.push_intent")


def test_the_reader_would_see_its_own_account_only_even_with_a_grant(
    account: Account, main_app: psycopg.Connection
) -> None:
    other = add_account(account.database)
    for owner in (account, other):
        request_push(main_app, PushIntent(owner.id, None, "48213", TIME))
    with account.database.connect() as admin, admin.transaction(force_rollback=True):
        admin.execute("grant select on analytics.push_intent to analytics_reader")
        admin.execute("set local role analytics_reader")
        assert admin.execute("select account_id from analytics.push_intent").fetchall() == []
        admin.execute("select set_config('app.current_account_id', %s, true)", [str(other.id)])
        assert admin.execute("select account_id from analytics.push_intent").fetchall() == [(other.id,)]
