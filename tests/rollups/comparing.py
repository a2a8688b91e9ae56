"""The answers from the rollups against those from the facts."""

from dataclasses import asdict, replace
from uuid import UUID

from sqlalchemy import Connection

from shared_queries.periods.period import Period
from shared_queries.questions.coverage import coverage
from shared_queries.questions.flow_quality import flow_quality
from shared_queries.questions.overview import Overview, overview
from shared_queries.questions.psa import psa
from shared_queries.rollups.folding import FOLDS
from shared_queries.scope import Scope
from shared_queries.source import Source
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
    from_facts = answers(connection, account_id, period, Source.FACTS)
    from_rollups = answers(connection, account_id, period, Source.ROLLUPS)
    for expected, found in zip(from_facts, from_rollups, strict=True):
        if isinstance(expected, Overview):
            assert isinstance(found, Overview)
            _assert_close(expected, found)
            exact = {name: getattr(expected, name) for name in PERCENTILES}
            found = replace(found, **exact)  # noqa: PLW2901  compared just above
        assert asdict(found) == asdict(expected)  # type: ignore[call-overload]


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
