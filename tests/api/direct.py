"""The product's own plans over a bare connection: what the API should have said, or would say without a guard."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from psycopg import sql
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from shared_queries.periods.period import Period
from shared_queries.plan import Plan
from shared_queries.questions.coverage import coverage
from shared_queries.questions.drill_down import SessionFilter, drill_down
from shared_queries.questions.flow_quality import FlowSort, flow_quality
from shared_queries.questions.overview import overview
from shared_queries.questions.psa import psa
from shared_queries.scope import Scope
from shared_queries.source import Source

Rewrite = Callable[[str, dict[str, Any]], str]


def enter(connection: psycopg.Connection, account_id: UUID) -> None:
    """Set the tenant of the connection's transaction."""
    connection.execute("select set_config('app.current_account_id', %s, true)", [str(account_id)])


def plan_of(
    name: str, scope: Scope, period: Period, sort: FlowSort = "quality", source: Source = Source.FACTS
) -> Plan[Any]:
    """The plan behind an endpoint, without filters."""
    match name:
        case "overview":
            return overview(scope, period, source)
        case "coverage":
            return coverage(scope, period, source)
        case "flow-quality":
            return flow_quality(scope, period, source, sort=sort)
        case "psa":
            return psa(scope, period, source)
        case _:
            return drill_down(scope, period, SessionFilter())


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
