"""An event is stored with the caller's change or not at all, whatever kind of connection the caller has."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import sqlalchemy
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, async_scoped_session, create_async_engine
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from services.events import FlowMatched, InvalidEventError, PsaPushed, decode, uuid7
from services.outbox import add_event
from tests.infra.database import Database


@pytest.fixture
def database(module_database: Database) -> Database:
    """One for all of them, without events."""
    with module_database.connect() as connection:
        connection.execute("delete from analytics.outbox")
    return module_database


@pytest.fixture
def event() -> FlowMatched:
    return FlowMatched(uuid7(), uuid7(), uuid7(), 0.5)


def stored(database: Database) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute(
            "select id, aggregatetype, aggregateid, type, payload from analytics.outbox"
        ).fetchall()


def engine_url(database: Database) -> str:
    return database.dsn_for("main_app").replace("postgresql://", "postgresql+psycopg://")


@contextmanager
def sync_connection(kind: str, database: Database) -> Iterator[Any]:
    if kind == "psycopg":
        with psycopg.connect(database.dsn_for("main_app")) as connection:
            yield connection
        return
    engine = sqlalchemy.create_engine(engine_url(database))
    opened: Any = {
        "sqlalchemy connection": engine.connect,
        "sqlalchemy session": lambda: Session(engine),
        "sqlalchemy scoped session": lambda: scoped_session(sessionmaker(engine)),
    }[kind]()
    yield opened
    opened.close()
    engine.dispose()


SYNC = ["psycopg", "sqlalchemy connection", "sqlalchemy session", "sqlalchemy scoped session"]


@pytest.mark.parametrize("kind", SYNC)
def test_a_commit_stores_the_event_exactly(kind: str, database: Database, event: FlowMatched) -> None:
    with sync_connection(kind, database) as connection:
        assert add_event(connection, event) is None
        assert stored(database) == [], "add_event must not commit"
        connection.commit()
    ((row_id, topic, key, event_type, payload),) = stored(database)
    assert (row_id, topic, key, event_type) == (
        event.id,
        "flowpilot.flow-matched.v1",
        str(event.flow_id),
        "flowpilot.flow.matched.v1",
    )
    assert decode(topic, payload, now=datetime.now(UTC)) == event


@pytest.mark.parametrize("kind", SYNC)
def test_a_rollback_leaves_nothing(kind: str, database: Database, event: FlowMatched) -> None:
    with sync_connection(kind, database) as connection:
        add_event(connection, event)
        connection.rollback()
        add_event(connection, PsaPushed(uuid7(), None, "note_posted", "7"))
        connection.commit()
    ((row_id, _, key, *_),) = stored(database)
    assert row_id != event.id
    assert key == "7"


ASYNC = ["psycopg", "sqlalchemy connection", "sqlalchemy session", "sqlalchemy scoped session"]


@pytest.mark.parametrize("end", ["commit", "rollback"])
@pytest.mark.parametrize("kind", ASYNC)
async def test_async_connections(kind: str, end: str, database: Database, event: FlowMatched) -> None:
    engine = create_async_engine(engine_url(database))
    connection: Any
    if kind == "psycopg":
        connection = await psycopg.AsyncConnection.connect(database.dsn_for("main_app"))
    elif kind == "sqlalchemy connection":
        connection = await AsyncConnection(engine).start()
    elif kind == "sqlalchemy session":
        connection = AsyncSession(engine)
    else:
        factory = sqlalchemy.ext.asyncio.async_sessionmaker(engine)
        connection = async_scoped_session(factory, scopefunc=asyncio.current_task)
    await add_event(connection, event)
    assert stored(database) == []
    await getattr(connection, end)()
    await connection.close()
    await engine.dispose()
    assert [row[0] for row in stored(database)] == ([event.id] if end == "commit" else [])


def test_the_same_event_twice_is_an_error_of_the_caller(database: Database, event: FlowMatched) -> None:
    with psycopg.connect(database.dsn_for("main_app")) as connection:
        add_event(connection, event)
        with pytest.raises(psycopg.errors.UniqueViolation):
            add_event(connection, event)
        connection.rollback()


def test_an_invalid_event_never_reaches_the_database(database: Database) -> None:
    ahead = datetime.now(UTC) + timedelta(minutes=6)
    with psycopg.connect(database.dsn_for("main_app")) as connection:
        for bad in (
            PsaPushed(uuid7(), None, "time_entry_posted", "7"),
            FlowMatched(uuid7(), uuid7(), uuid7(), time=ahead),
        ):
            with pytest.raises(InvalidEventError):
                add_event(connection, bad)
        assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_ids_given_as_text_become_ids(database: Database) -> None:
    wanted: Any = str(uuid7())
    engine = sqlalchemy.create_engine(engine_url(database))
    with engine.begin() as connection:
        add_event(connection, FlowMatched(wanted, wanted, wanted, id=wanted))
    engine.dispose()
    assert [str(row[0]) for row in stored(database)] == [wanted]


def test_another_kind_of_connection_is_a_type_error(event: FlowMatched) -> None:
    wrong: Any = object()
    with pytest.raises(TypeError, match="psycopg or SQLAlchemy"):
        add_event(wrong, event)


def test_the_active_span_is_the_events_cause(database: Database, event: FlowMatched) -> None:
    tracer = TracerProvider().get_tracer("test")
    with psycopg.connect(database.dsn_for("main_app")) as connection:
        with tracer.start_as_current_span("match") as span:
            add_event(connection, event)
        add_event(connection, FlowMatched(uuid7(), uuid7(), uuid7()))
    context = span.get_span_context()
    parents = {row[0]: json.loads(row[4]).get("traceparent") for row in stored(database)}
    assert parents[event.id] == f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
    assert list(parents.values()).count(None) == 1


def test_the_main_apps_role_may_only_insert(database: Database) -> None:
    with psycopg.connect(database.dsn_for("main_app"), autocommit=True) as connection:
        for statement in ("select * from analytics.outbox", "delete from analytics.outbox"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
