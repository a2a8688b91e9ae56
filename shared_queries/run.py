"""Answers a question on a connection of the caller's: for whoever shows the numbers without the API.

async with engine.connect() as connection:
    answer = await run(connection, overview(scope, period), scope)
"""

import sys
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar, overload

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from shared_queries.plan import Plan
from shared_queries.scope import Scope

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

Answer = TypeVar("Answer")

_SNAPSHOT = text("set transaction isolation level repeatable read, read only")


@overload
def run(connection: Connection | Session, plan: Plan[Answer], scope: Scope | None = None) -> Answer: ...
@overload
def run(
    connection: "AsyncConnection | AsyncSession", plan: Plan[Answer], scope: Scope | None = None
) -> Awaitable[Answer]: ...
def run(connection: Any, plan: Plan[Any], scope: Scope | None = None) -> Any:
    """Answer the plan; to be awaited where the connection is asynchronous. Any driver of SQLAlchemy's will do.

    Outside a transaction it takes a read-only snapshot of its own and ends it. Inside one it joins the caller's, which
    should be REPEATABLE READ: else the statements of one answer may see different moments.

    Args:
        connection: SQLAlchemy's connection or session, of a role that has `analytics_reader`.
        plan: From `shared_queries.questions`.
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


def _answer(connection: Connection | Session, plan: Plan[Answer], scope: Scope | None) -> Answer:
    with _transaction(connection):
        if scope is not None:
            connection.execute(select(func.set_config("app.current_account_id", str(scope.account_id), True)))  # noqa: FBT003 -- for the transaction alone
        rows = [connection.execute(statement).all() for statement in plan.statements]
    return plan.answer(rows)


@contextmanager
def _transaction(connection: Connection | Session) -> Iterator[None]:
    if connection.in_transaction():
        yield
        return
    with connection.begin():
        connection.execute(_SNAPSHOT)
        yield
