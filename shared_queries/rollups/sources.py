"""A period's counters as rows to be summed: whole stretches from the rollups, what is pending, the edges from facts."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import timedelta
from functools import cache, wraps
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, Table, and_, bindparam, or_, select, true, union_all

from shared_queries.periods.period import Period
from shared_queries.rollups.families import PUSH_COUNTERS, SESSION_COUNTERS, Family, Grain
from shared_queries.rollups.tables import ROLLUPS, counted_pushes, counted_sessions, pending_session
from shared_queries.rollups.tiling import HOUR, Stretch, Tiles, tiles
from shared_queries.scope import Scope
from shared_queries.sql import domains
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID, Among, DomainQuestion, asked_among
from shared_queries.sql.units import numeric_sum, whole_sum
from shared_queries.statement import Statement
from shared_queries.tables import Instant

_STRETCHES: tuple[tuple[Grain, tuple[str, ...]], ...] = (
    ("week", ("weeks",)),
    ("day", ("days_before", "days_after")),
    ("hour", ("hours_before", "hours_after")),
)
_FACTS = ("facts_before", "facts_after")


def asked_for_tiles(
    finest: timedelta = HOUR,
) -> Callable[[Callable[[Among], Select[Any]]], DomainQuestion]:
    """Make a statement over `session_rows` a question of (scope, period); built once, like all."""

    def decorate(build: Callable[[Among], Select[Any]]) -> DomainQuestion:
        built = cache(build)

        @wraps(build)
        def question(scope: Scope, period: Period, domain: str | None = None) -> Statement:
            among, values = asked_among(domain, None)
            values["account_id"] = scope.account_id
            covering = tiles(period.start, period.end, finest)
            for field in fields(Tiles):
                stretch: Stretch = getattr(covering, field.name)
                values[f"{field.name}_start"], values[f"{field.name}_end"] = stretch.start, stretch.end
            return Statement(built(among), values, plan_once=True)

        return question

    return decorate


def session_rows(family: Family, among: Among, counters: Sequence[str], key: str) -> FromClause:
    """Rows with those counters and the key: several for one key, which add up to the period's sessions.

    One statement, so one snapshot: in it a change is either pending or folded. The key stands last: of a union's rows
    PostgreSQL wants what is summed first, and copies those in another order.
    """
    rolled_up = [
        select(*columns(table, counters), table.c[key]).where(
            table.c.account_id == ACCOUNT_ID, _is_chosen(table, among), within(table.c.start, *names)
        )
        for grain, names in _STRETCHES
        if (table := ROLLUPS[family.name].get(grain)) is not None
    ]
    pending = select(*columns(pending_session, counters), pending_session.c[key]).where(
        pending_session.c.account_id == ACCOUNT_ID,
        _is_of(pending_session, among),
        within(pending_session.c.quarter, "rolled_up"),
        pending_session.c.families.bitwise_and(number(family.bit)) != number(0),
    )
    edges = [
        select(*columns(view, counters), view.c[key]).where(
            view.c.account_id == ACCOUNT_ID, _is_of(view, among), within(view.c.created_at, *_FACTS)
        )
        for view in views_of(counters)
    ]
    return union_all(*rolled_up, pending, *edges).subquery("part")


def _is_chosen(rollup: Table, among: Among) -> ColumnElement[bool]:
    return rollup.c.domain_hash == domains.hash_asked_for() if among == "domain" else true()


def _is_of(rows: Table, among: Among) -> ColumnElement[bool]:
    return domains.is_asked_for(rows.c.spelling) if among == "domain" else true()


def columns(source: FromClause, counters: Sequence[str]) -> list[ColumnElement[Any]]:
    """Take the counters from a source; 0 for those that it does not count."""
    return [(source.c[name] if name in source.c else number(0)).label(name) for name in counters]


def views_of(counters: Sequence[str]) -> list[Table]:
    """Choose the views of single sessions that count these."""
    views = [(counted_sessions, SESSION_COUNTERS), (counted_pushes, PUSH_COUNTERS)]
    return [view for view, known in views if any(name in known for name in counters)]


def within(instant: Column[Any], *names: str) -> ColumnElement[bool]:
    """Whether an instant is in one of the tiles of those names."""

    def in_tile(name: str) -> ColumnElement[bool]:
        start, end = bindparam(f"{name}_start", type_=Instant), bindparam(f"{name}_end", type_=Instant)
        return and_(instant >= start, instant < end)

    return or_(*map(in_tile, names))


def added(rows: FromClause, names: Sequence[str]) -> list[ColumnElement[Any]]:
    """Add up each counter, under its name."""
    counters = {**SESSION_COUNTERS, **PUSH_COUNTERS}
    return [
        (numeric_sum if counters[name].type == "numeric" else whole_sum)(rows.c[name]).label(name) for name in names
    ]
