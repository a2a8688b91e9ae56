"""A period's counters as rows to be summed: whole stretches from the rollups, what is pending, the edges from facts.

Most comes from weeks. What they miss of the period comes from days, and what they cover beyond it, if that is less, is
taken away again by days; so do hours with what the days made of it, and single sessions with the hours.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Select,
    Table,
    and_,
    bindparam,
    case,
    or_,
    select,
    true,
    union_all,
)

from shared_queries.periods.period import Period
from shared_queries.rollups.families import PUSH_COUNTERS, SESSION_COUNTERS, Family, Grain
from shared_queries.rollups.tables import ROLLUPS, counted_pushes, counted_sessions, pending_session
from shared_queries.scope import Scope
from shared_queries.sql import domains
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID, Among, DomainQuestion, asked_among
from shared_queries.sql.predicates import sessions
from shared_queries.sql.units import numeric_sum, whole_sum
from shared_queries.statement import Statement
from shared_queries.tables import Instant

QUARTER = timedelta(minutes=15)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)

_MONDAY = datetime(1970, 1, 5, tzinfo=UTC)
_LEVELS: tuple[tuple[Grain, str], ...] = (("week", "weeks"), ("day", "days"), ("hour", "hours"))


@dataclass(frozen=True, slots=True)
class Stretch:
    """The half-open instants [`start`, `end`); empty where they are the same."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiles:
    """What a period is made of: each level counts at both ends what the next coarser one, above it, misses.

    What it covers there of the coarser one's own stretch is not of the period, and taken away.
    """

    weeks: Stretch
    days_before: Stretch
    days_after: Stretch
    days: Stretch
    """What days and weeks together make up; so the hours."""
    hours_before: Stretch
    hours_after: Stretch
    hours: Stretch
    """What pending deltas belong to."""
    facts_before: Stretch
    facts_after: Stretch


def tiles(period: Period, finest: timedelta = HOUR) -> Tiles:
    """Return the tiles of a period; all but the facts are made of whole stretches of the finest width."""
    facts = Stretch(period.start, period.end)
    hours = _nearest(facts, finest, period.now)
    days = _nearest(hours, DAY, period.now)
    weeks = _nearest(days, WEEK, period.now)
    return Tiles(
        weeks=weeks,
        days_before=_between(days.start, weeks.start),
        days_after=_between(days.end, weeks.end),
        days=days,
        hours_before=_between(hours.start, days.start),
        hours_after=_between(hours.end, days.end),
        hours=hours,
        facts_before=_between(facts.start, hours.start),
        facts_after=_between(facts.end, hours.end),
    )


def _nearest(stretch: Stretch, width: timedelta, now: datetime) -> Stretch:
    """Move both ends to the nearest whole one, by what lies between; after now there is nothing, or little.

    Empty where nothing is left.
    """
    start, end = stretch.start, stretch.end
    if start == end:
        return stretch
    before, after = floor(start, width), ceiling(start, width)
    first = before if start - before <= after - start else after
    before, after = floor(end, width), ceiling(end, width)
    last = after if min(after, max(now, end)) - end <= end - before else before
    return Stretch(first, last) if first < last else Stretch(start, start)


def _between(one: datetime, other: datetime) -> Stretch:
    return Stretch(min(one, other), max(one, other))


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
            covering = tiles(period, finest)
            for field in fields(Tiles):
                stretch: Stretch = getattr(covering, field.name)
                values[f"{field.name}_start"], values[f"{field.name}_end"] = stretch.start, stretch.end
            return Statement(built(among), values, plan_once=True)

        return question

    return decorate


def session_rows(family: Family, among: Among, counters: Sequence[str], *keys: str) -> FromClause:
    """Rows with those counters and the keys: several for one key, which add up to the period's sessions.

    One statement, so one snapshot: in it a change is either pending or folded. Keys stand last: of a union's rows
    PostgreSQL wants what is summed first, and copies those in another order.
    """
    levels = [(table, level) for grain, level in _LEVELS if (table := ROLLUPS[family.name].get(grain)) is not None]
    rolled_up = [
        _signed(table, table.c.start, counters, keys, level, coarser).where(_is_chosen(table, among))
        for (table, level), coarser in zip(levels, [None, *(level for _, level in levels)], strict=False)
    ]
    pending = select(*columns(pending_session, counters), *(pending_session.c[key] for key in keys)).where(
        pending_session.c.account_id == ACCOUNT_ID,
        _is_of(pending_session, among),
        _within(pending_session.c.quarter, "hours"),
        pending_session.c.families.bitwise_and(number(family.bit)) != number(0),
    )
    views = views_of(counters)
    edges = [_signed(view, view.c.created_at, counters, keys, "facts", "hours") for view in views]
    if among == "domain":
        chosen = _sessions_of_domain().cte("chosen")
        edges = [counted_one_by_one(chosen, view, edge) for view, edge in zip(views, edges, strict=True)]
    return union_all(*rolled_up, pending, *edges).subquery("part")


def _sessions_of_domain() -> Select[Any]:
    return select(sessions.c.id).where(
        sessions.c.account_id == ACCOUNT_ID,
        _within(sessions.c.created_at, "facts_before", "facts_after"),
        domains.is_asked_for(domains.spelling(sessions.c.problem_domain)),
    )


def counted_one_by_one(chosen: FromClause, view: Table, counted: Select[Any]) -> Select[Any]:
    """Count sessions that were chosen before, since it costs more than to choose; each in the index, by the offset."""
    found = counted.where(view.c.id == chosen.c.id).offset(number(0)).lateral()
    return select(*found.c).select_from(chosen.join(found, true()))


def _signed(  # noqa: PLR0913, PLR0917 -- what is counted, and where
    table: Table, instant: Column[Any], counters: Sequence[str], keys: Sequence[str], level: str, coarser: str | None
) -> Select[Any]:
    """Choose the rows of a level, negative where they are within what the next coarser one covers; all without one."""
    sign = case((_within(instant, coarser), number(-1)), else_=number(1)) if coarser else None
    tiles_of_level = (f"{level}_before", f"{level}_after") if coarser else (level,)
    return select(*columns(table, counters, times=sign), *(table.c[key] for key in keys)).where(
        table.c.account_id == ACCOUNT_ID, _within(instant, *tiles_of_level)
    )


def _is_chosen(rollup: Table, among: Among) -> ColumnElement[bool]:
    return rollup.c.domain_hash == domains.hash_asked_for() if among == "domain" else true()


def _is_of(rows: Table, among: Among) -> ColumnElement[bool]:
    return domains.is_asked_for(rows.c.spelling) if among == "domain" else true()


def columns(
    source: FromClause, counters: Sequence[str], *, times: ColumnElement[int] | None = None
) -> list[ColumnElement[Any]]:
    """Take the counters from a source, multiplied where asked for; 0 for those that it does not count."""

    def column(name: str) -> ColumnElement[Any]:
        if name not in source.c:
            return number(0)
        return source.c[name] if times is None else source.c[name] * times

    return [column(name).label(name) for name in counters]


def views_of(counters: Sequence[str]) -> list[Table]:
    """Choose the views of single sessions that count these."""
    views = [(counted_sessions, SESSION_COUNTERS), (counted_pushes, PUSH_COUNTERS)]
    return [view for view, known in views if any(name in known for name in counters)]


def _within(instant: Column[Any], *names: str) -> ColumnElement[bool]:
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
