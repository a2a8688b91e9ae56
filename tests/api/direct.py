"""The product's own plans over a bare connection: what the API should have said, or would say without a guard."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import psycopg
from psycopg import sql
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from analytics_api.questions.endpoints import ENDPOINTS, Asked
from analytics_api.questions.parameters import Values
from shared_queries.periods.period import Period
from shared_queries.plan import Plan
from shared_queries.scope import Scope
from shared_queries.source import Source

Rewrite = Callable[[str, dict[str, Any]], str]


class User(NamedTuple):
    """Who asks."""

    account_id: UUID
    id: UUID


def enter(connection: psycopg.Connection, account_id: UUID) -> None:
    """Set the tenant of the connection's transaction."""
    connection.execute("select set_config('app.current_account_id', %s, true)", [str(account_id)])


def plan_of(
    name: str, user: User, period: Period, source: Source = Source.FACTS, values: Values | None = None
) -> Plan[Any]:
    """The plan behind an endpoint."""
    (endpoint,) = (each for each in ENDPOINTS if each.name == name)
    return endpoint.plan(Asked(Scope(user.account_id), user.id, period, values or {}, source))


def unchanged(statement: str, _: dict[str, Any]) -> str:
    return statement


def answer(connection: psycopg.Connection, plan: Plan[Any], rewrite: Rewrite = unchanged) -> dict[str, Any]:
    """The plan's answer as the JSON has it; `rewrite` may tamper with each statement."""
    rows = []
    for statement in plan.statements:
        compiled = statement.compile(dialect=PGDialect_psycopg(), compile_kwargs={"render_postcompile": True})
        text = sql.SQL(rewrite(str(compiled), dict(compiled.params)))  # type: ignore[arg-type]  # not a literal, on purpose
        rows.append(connection.execute(text, compiled.params).fetchall())
    answered: dict[str, Any] = msgspec.to_builtins(plan.answer(rows))
    return answered
