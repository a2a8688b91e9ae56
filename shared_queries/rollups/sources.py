"""A period's counters as rows to be summed: whole stretches from the rollups, what is pending, the edges from facts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, wraps
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, Table, and_, bindparam, or_, select, union_all

from shared_queries.periods.period import Period
from shared_queries.rollups.tables import Grain, session_delta
from shared_queries.rollups.tiling import Stretch, Tiles, tiles
from shared_queries.scope import Scope
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID, DomainQuestion
from shared_queries.sql.units import whole_sum
from shared_queries.statement import Statement
from shared_queries.tables import Instant

Columns = Callable[[FromClause], Sequence[ColumnElement[Any]]]

_ROLLED_UP: tuple[tuple[Grain, tuple[str, ...]], ...] = (
    ("week", ("weeks",)),
    ("day", ("days_before", "days_after")),
    ("hour", ("hours_before", "hours_after")),
)
FACTS = ("facts_before", "facts_after")


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of rollup, and where rows with its columns come from."""

    number: int
    """Its bit in `session_delta.families`."""
    rollups: Mapping[Grain, Table]
    of_rollup: Columns
    of_delta: Columns
    of_facts: Callable[[], Select[Any]]
    """The rows of the sessions created in the tiles `FACTS`."""


def asked_for_tiles(of_one_domain: DomainQuestion) -> Callable[[Callable[[], Select[Any]]], DomainQuestion]:
    """Make a statement over `session_rows` a question of (scope, period); built once, like all."""

    def decorate(build: Callable[[], Select[Any]]) -> DomainQuestion:
        built = cache(build)

        @wraps(build)
        def question(scope: Scope, period: Period, domain: str | None = None) -> Statement:
            if domain is not None:
                return of_one_domain(scope, period, domain)
            covering = tiles(period.start, period.end)
            values: dict[str, Any] = {"account_id": scope.account_id}
            for field in fields(Tiles):
                stretch: Stretch = getattr(covering, field.name)
                values[f"{field.name}_start"], values[f"{field.name}_end"] = stretch.start, stretch.end
            return Statement(built(), values, plan_once=True)

        return question

    return decorate


def session_rows(family: Family) -> FromClause:
    """Rows with the columns of `of_rollup`: several for one key, which add up to the period's sessions.

    One statement, so one snapshot: in it a delta is either pending or folded.
    """
    rolled_up = [
        select(*family.of_rollup(rollup)).where(rollup.c.account_id == ACCOUNT_ID, within(rollup.c.start, *names))
        for names, rollup in ((names, family.rollups[grain]) for grain, names in _ROLLED_UP)
    ]
    pending = select(*family.of_delta(session_delta)).where(
        session_delta.c.account_id == ACCOUNT_ID,
        within(session_delta.c.hour, "rolled_up"),
        session_delta.c.families.bitwise_and(number(family.number)) != number(0),
    )
    return union_all(*rolled_up, pending, family.of_facts()).subquery("part")


def within(instant: Column[Any], *names: str) -> ColumnElement[bool]:
    """Whether an instant is in one of the tiles of those names."""

    def in_tile(name: str) -> ColumnElement[bool]:
        start, end = bindparam(f"{name}_start", type_=Instant), bindparam(f"{name}_end", type_=Instant)
        return and_(instant >= start, instant < end)

    return or_(*map(in_tile, names))


def added(rows: FromClause, names: Sequence[str]) -> list[ColumnElement[Any]]:
    """Return the sum of each counter, under its name."""
    return [whole_sum(rows.c[name]).label(name) for name in names]
