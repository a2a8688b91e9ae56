"""A period's counters as rows to be summed: whole stretches from the rollups, what is pending, the edges from facts.

Each stretch comes from the coarsest rollup that fits; what no whole stretch covers comes from facts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from typing import Any

from sqlalchemy import Column, ColumnElement, FromClause, Select, Table, and_, bindparam, or_, select, true, union_all

from shared_queries.periods.period import Period
from shared_queries.rollups.families import PUSH_COUNTERS, SESSION_COUNTERS, Family, Grain
from shared_queries.rollups.tables import ROLLUPS, counted_pushes, counted_sessions, pending_session
from shared_queries.scope import Scope
from shared_queries.sql import domains
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID, Among, DomainQuestion, asked_among
from shared_queries.sql.units import numeric_sum, whole_sum
from shared_queries.statement import Statement
from shared_queries.tables import Instant

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)

_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)
_STRETCHES: tuple[tuple[Grain, tuple[str, ...]], ...] = (
    ("week", ("weeks",)),
    ("day", ("days_before", "days_after")),
    ("hour", ("hours_before", "hours_after")),
)
_FACTS = ("facts_before", "facts_after")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The half-open instants [`start`, `end`); empty where they are the same."""

    start: datetime
    end: datetime

    def whole(self, width: timedelta) -> "Stretch":
        """Return the part that is made of whole UTC stretches of that width; empty, at the start, where none fits."""
        first, last = ceiling(self.start, width), floor(self.end, width)
        return Stretch(first, last) if first < last else Stretch(self.start, self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """Disjoint stretches that make up a period: facts, hours, days, weeks, days, hours, facts. Any may be empty."""

    facts_before: Stretch
    hours_before: Stretch
    days_before: Stretch
    weeks: Stretch
    days_after: Stretch
    hours_after: Stretch
    facts_after: Stretch
    rolled_up: Stretch
    """All but the facts: what pending deltas belong to."""


def tiles(start: datetime, end: datetime, finest: timedelta = HOUR) -> Tiles:
    """Return the tiles of [`start`, `end`); facts for what no whole stretch of the finest width covers."""
    period = Stretch(start, end)
    hours = period.whole(finest)
    days = hours.whole(DAY)
    weeks = days.whole(WEEK)
    return Tiles(
        facts_before=Stretch(period.start, hours.start),
        hours_before=Stretch(hours.start, days.start),
        days_before=Stretch(days.start, weeks.start),
        weeks=weeks,
        days_after=Stretch(weeks.end, days.end),
        hours_after=Stretch(days.end, hours.end),
        facts_after=Stretch(hours.end, period.end),
        rolled_up=hours,
    )


def floor(instant: datetime, width: timedelta) -> datetime:
    """Return the start of the stretch of UTC time that the instant is in. Weeks begin on Monday."""
    return instant - (instant - _MONDAY) % width


def ceiling(instant: datetime, width: timedelta) -> datetime:
    """Return the first start of a stretch that is not before the instant."""
    return instant + (_MONDAY - instant) % width


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
