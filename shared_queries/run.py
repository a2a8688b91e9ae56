"""Answers a question on a connection of the caller's: for whoever shows the numbers without the API.

async with engine.connect() as connection:
    answer = await run(connection, lambda source: overview(scope, period, source), scope)
"""

import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, overload

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from shared_queries import rollups
from shared_queries.plan import Plan
from shared_queries.scope import Scope
from shared_queries.source import Source

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

Answer = TypeVar("Answer")
Asked = Plan[Answer] | Callable[[Source], Plan[Answer]]
"""A plan; or a function that is given the source, the same that the API would read at that moment."""

_SNAPSHOT = text("set transaction isolation level repeatable read, read only")


@overload
def run(connection: Connection | Session, plan: Asked[Answer], scope: Scope | None = None) -> Answer: ...
@overload
def run(
    connection: "AsyncConnection | AsyncSession", plan: Asked[Answer], scope: Scope | None = None
) -> Awaitable[Answer]: ...
def run(connection: Any, plan: Asked[Any], scope: Scope | None = None) -> Any:
    """Answer the plan; to be awaited where the connection is asynchronous. Any driver of SQLAlchemy's will do.

    Outside a transaction it takes a read-only snapshot of its own and ends it. Inside one it joins the caller's, which
    should be REPEATABLE READ: else the statements of one answer may see different moments.

    Args:
        connection: SQLAlchemy's connection or session, of a role that has `analytics_reader`.
        plan: From `shared_queries.questions`, or `lambda source: overview(scope, period, source)`.
        scope: Sets the account for the row-level security until the transaction ends. None where the caller has.

    Raises:
        TypeError: the connection is of another kind.
    """
    if isinstance(connection, Connection | Session):
        return _answer(connection, plan, scope)
    # An asynchronous connection exists only where its module has been imported.
    alchemy: Any = sys.modules.get("sqlalchemy.ext.asyncio")
    if alchemy and isinstance(connection, alchemy.AsyncConnection | alchemy.AsyncSession):
        return connection.run_sync(_answer, plan, scope)
    raise TypeError(f"not a connection or session of SQLAlchemy: {type(connection).__qualname__}")


def _answer(connection: Connection | Session, asked: Asked[Answer], scope: Scope | None) -> Answer:
    with _transaction(connection):
        if scope is not None:
            setting = ("app.current_account_id", str(scope.account_id), True)
            connection.execute(select(func.set_config(*setting)))
        plan = asked if isinstance(asked, Plan) else asked(_source(connection))
        rows = [connection.execute(statement).all() for statement in plan.statements]
    return plan.answer(rows)


def _source(connection: Connection | Session) -> Source:
    return Source.ROLLUPS if connection.execute(rollups.is_filled()).scalar_one_or_none() else Source.FACTS


@contextmanager
def _transaction(connection: Connection | Session) -> Iterator[None]:
    if connection.in_transaction():
        yield
        return
    with connection.begin():
        connection.execute(_SNAPSHOT)
        yield
