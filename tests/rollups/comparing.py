"""The answers from the rollups against those from the facts."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Connection, text

from shared_queries.periods.local_days import day_start
from shared_queries.periods.period import Period
from shared_queries.questions.coverage import coverage
from shared_queries.questions.flow_quality import flow_quality
from shared_queries.questions.overview import Overview, overview
from shared_queries.questions.psa import psa
from shared_queries.rollups.folding import FOLDS
from shared_queries.scope import Scope
from shared_queries.source import SELECTS, Selects, Source
from shared_queries.sql.domains import BLANKS
from shared_queries.statement import Statement
from tests.queries.asking import ask

PERCENTILES = ("median_resolution_minutes", "p90_resolution_minutes")


def answers(connection: Connection, account_id: UUID, period: Period, source: Source) -> list[object]:
    """Every question's answer, of this period and the one before it."""
    scope = Scope(account_id)
    return [
        ask(connection, account_id, plan)
        for each in (period, period.previous())
        for plan in (
            overview(scope, each, source),
            coverage(scope, each, source),
            psa(scope, each, source),
            flow_quality(scope, each, source),
        )
    ]


def assert_rollups_equal_facts(connection: Connection, account_id: UUID, period: Period) -> None:
    """Equal in every field; the percentiles as close as metrics.md asks."""
    assert_selects_are_equal(connection, account_id, period)
    from_facts = answers(connection, account_id, period, Source.FACTS)
    from_rollups = answers(connection, account_id, period, Source.ROLLUPS)
    for expected, found in zip(from_facts, from_rollups, strict=True):
        if isinstance(expected, Overview):
            assert isinstance(found, Overview)
            _assert_close(expected, found)
            exact = {name: getattr(expected, name) for name in PERCENTILES}
            found = replace(found, **exact)  # noqa: PLW2901  compared just above
        assert asdict(found) == asdict(expected), type(expected).__name__  # type: ignore[call-overload]


def assert_selects_are_equal(connection: Connection, account_id: UUID, period: Period) -> None:
    """Each select gives the same rows from both sources: of all sessions, of each domain, of each flow."""
    connection.execute(text("select set_config('app.current_account_id', :id, true)"), {"id": str(account_id)})
    spellings = connection.execute(text("select distinct problem_domain from analytics.sessions")).scalars().all()
    flow_ids = connection.execute(text("select distinct matched_flow_id from analytics.sessions")).scalars().all()
    domains = [spelling for spelling in spellings if spelling and spelling.strip(BLANKS)][:2]
    connection.execute(text("set local role flowpilot_api"))
    facts, rollups = (_statements(SELECTS[source], Scope(account_id), period, domains, flow_ids) for source in Source)
    for name, statement in facts.items():
        expected, found = _rows(connection, name, statement), _rows(connection, name, rollups[name])
        if name.startswith("duration_percentiles"):
            assert [*map(_is_none, expected)] == [*map(_is_none, found)], name
        else:
            assert found == expected, (name, found, expected)
    connection.execute(text("reset role"))


def _statements(
    selects: Selects, scope: Scope, period: Period, domains: Sequence[str], flow_ids: Sequence[UUID | None]
) -> dict[str, Statement]:
    starts = period.day_starts[::2]
    of_domain = ("by_domain", "duration_percentiles", "by_user", "activity_by_day", "entry_sessions", "push_stages")
    days = local_day_starts(period)
    return {
        **{
            f"{name} {domain}": getattr(selects, name)(scope, period, domain)
            for name in of_domain
            for domain in (None, *domains)
        },
        "flows": selects.flows(scope, period),
        **{f"trend {domain}": selects.trend(scope, period, starts, domain=domain) for domain in (None, *domains)},
        **{f"trend {flow}": selects.trend(scope, period, starts, flow_id=flow) for flow in flow_ids[:1] if flow},
        "effects": selects.effects(scope, period, days),
    }


def local_day_starts(period: Period) -> list[datetime]:
    """From 30 days before the period to today."""
    days = (period.last_day - period.first_day).days + 31
    return [day_start(period.last_day - timedelta(days=ago), period.zone) for ago in reversed(range(days))]


def _rows(connection: Connection, name: str, statement: Statement) -> list[tuple[object, ...]]:
    """Every row that counts something, in one order."""
    rows = [tuple(map(_plain, row)) for row in connection.execute(statement.bound())]
    if name.startswith("activity_by_day"):
        rows = [row for row in rows if any(row[1:])]
    return sorted(rows, key=repr)


def _plain(value: object) -> object:
    return int(value) if isinstance(value, Decimal) else value


def _is_none(row: tuple[object, ...]) -> tuple[bool, ...]:
    return tuple(value is None for value in row)


def _assert_close(expected: Overview, found: Overview) -> None:
    for name in PERCENTILES:
        exact, approximate = getattr(expected, name), getattr(found, name)
        if exact is None:
            assert approximate is None
        else:
            tolerance = max(0.01 * exact, 0.02 if exact < 1 / 60 else 0)
            assert abs(approximate - exact) <= tolerance, (name, exact, approximate)


def fold(connection: Connection, limit: int = 1_000_000) -> None:
    """What the compactor does, in the caller's transaction."""
    for each in FOLDS:
        _, accounts, instants = connection.exec_driver_sql(each.move, {"limit": limit}).one()
        for clear in each.clear:
            connection.exec_driver_sql(clear, {"accounts": accounts, "instants": instants})
