"""Counters of any stretches of time, each cut into the days, hours and quarters that it is made of, and facts.

The database cuts, so that stretches may come from a statement. A level covers what no whole stretch of the next coarser
one does; what the finest leaves at the two ends comes from single sessions.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Interval,
    Select,
    Table,
    and_,
    func,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.sql.selectable import LateralFromClause

from shared_queries.rollups.families import WIDTHS, Family, Grain
from shared_queries.rollups.sources import columns, views_of
from shared_queries.rollups.tables import ROLLUPS, pending_session
from shared_queries.sql import domains
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID
from shared_queries.sql.predicates import sessions
from shared_queries.tables import Instant

Match = Callable[[FromClause, FromClause], ColumnElement[bool]]
"""Whether rows (a rollup's, or others that have a spelling) belong to a window."""
Range = tuple[ColumnElement[Any], ColumnElement[Any]]

_session = select(
    sessions.c.id,
    sessions.c.account_id,
    sessions.c.created_at,
    domains.spelling(sessions.c.problem_domain).label("spelling"),
    sessions.c.matched_flow_id.label("flow_id"),
).subquery("session")
_ORIGIN = literal_column("timestamptz '1900-01-01 00:00+00'", Instant)
"""As of the database's own `analytics.bin`."""


@dataclass(frozen=True, slots=True)
class Pending:
    """How what is pending, which has no index, finds its windows: by a value that one of their columns equals."""

    value: Callable[[FromClause], ColumnElement[Any]]
    column: str
    where: Callable[[FromClause], ColumnElement[bool]] = lambda _: true()
    """Which rows are asked about at all."""


def window_rows(  # noqa: PLR0913 -- what is counted, over which windows, and who belongs to one of them
    family: Family,
    windows: FromClause,
    keys: Sequence[str],
    counters: Sequence[str],
    *,
    in_rollup: Match,
    in_facts: Match,
    pending: Pending,
) -> FromClause:
    """Rows with those counters and the windows' keys, which add up to the sessions created from `start` to `end`."""
    grains = [grain for grain in family.grains if grain != "week"]
    cut = _cut(windows, grains)
    ranges = dict(_ranges(cut, grains))

    def looked_up(rows: FromClause, instant: str, found: Select[Any], bounds: Range) -> LateralFromClause:
        # For each window by itself, in the index: the offset keeps it from becoming a join, which was planned over all
        # that the account has, each row held against each window.
        start, end = bounds
        in_window = and_(rows.c.account_id == ACCOUNT_ID, rows.c[instant] >= start, rows.c[instant] < end)
        return found.where(in_window).offset(number(0)).lateral()

    def rollup(table: FromClause, bounds: Range) -> Select[Any]:
        found = looked_up(table, "start", select(*columns(table, counters)).where(in_rollup(table, cut)), bounds)
        return select(*found.c, *of_window).select_from(cut.join(found, true())).where(_is_any(bounds))

    def edge(view: Table, bounds: Range) -> Select[Any]:
        near = looked_up(_session, "created_at", select(*_session.c), bounds)
        # Chosen before they are counted, which costs more.
        counted = select(*columns(view, counters)).where(view.c.id == near.c.id).offset(number(0)).lateral()
        windows = cut.join(near, true()).join(counted, true())
        return select(*counted.c, *of_window).select_from(windows).where(_is_any(bounds), in_facts(near, cut))

    of_window = [cut.c[key] for key in keys]
    rolled_up = [rollup(ROLLUPS[family.name][grain], bounds) for grain in grains for bounds in ranges[grain]]
    edges = [edge(view, bounds) for view in views_of(counters) for bounds in ranges["facts"]]
    return union_all(*rolled_up, _pending(family, cut, keys, counters, pending), *edges).subquery("part")


def _pending(
    family: Family, cut: FromClause, keys: Sequence[str], counters: Sequence[str], pending: Pending
) -> Select[Any]:
    """Give each pending row to its windows.

    By a full join, which has no plan by nested loops. An inner one had it where the statistics were of the empty table
    that each folding leaves: 1,500,000 comparisons for 38,566 rows and 40 windows.
    """
    change = (
        select(
            *columns(pending_session, counters),
            pending_session.c.quarter,
            pending.value(pending_session).label("matched"),
        )
        .where(
            pending_session.c.account_id == ACCOUNT_ID,
            pending_session.c.families.bitwise_and(number(family.bit)) != number(0),
            pending.where(pending_session),
        )
        .subquery("change")
    )
    finest = family.grains[0]
    joined = (
        select(*change.c, *(cut.c[key] for key in keys), _from(cut, finest), _to(cut, finest))
        .select_from(cut.join(change, change.c.matched == cut.c[pending.column], full=True))
        .offset(number(0))  # Without it the conditions on both sides would make it an inner one.
        .subquery("joined")
    )
    return select(*(joined.c[name] for name in (*counters, *keys))).where(
        joined.c.quarter >= _from(joined, finest), joined.c.quarter < _to(joined, finest)
    )


def _cut(windows: FromClause, grains: Sequence[Grain]) -> FromClause:
    """Add to each window the ends of what each level covers."""
    start: ColumnElement[Any] = windows.c.start
    end: ColumnElement[Any] = windows.c.end
    bounds: list[ColumnElement[Any]] = []
    for grain in grains:
        width = literal_column(f"interval '{WIDTHS[grain]}'", Interval)
        instant = literal_column("interval '1 microsecond'", Interval)
        start = func.date_bin(width, start + width - instant, _ORIGIN, type_=Instant)
        end = func.date_bin(width, end, _ORIGIN, type_=Instant)
        bounds += [start.label(f"{grain}_from"), end.label(f"{grain}_to")]
    return select(*windows.c, *bounds).cte("cut")


def _ranges(cut: FromClause, grains: Sequence[Grain]) -> Iterator[tuple[str, list[Range]]]:
    """Give what each level covers: two ranges around the next coarser one. An empty one ends before it begins."""
    levels: list[tuple[str, ColumnElement[Any], ColumnElement[Any]]] = [
        ("facts", cut.c.start, cut.c.end),
        *((grain, _from(cut, grain), _to(cut, grain)) for grain in grains),
    ]
    for (name, outer_from, outer_to), (_, inner_from, inner_to) in pairwise(levels):
        yield (
            name,
            [(outer_from, func.least(inner_from, outer_to)), (func.greatest(inner_to, inner_from), outer_to)],
        )
    name, whole_from, whole_to = levels[-1]
    yield name, [(whole_from, whole_to)]


def _is_any(bounds: Range) -> ColumnElement[bool]:
    start, end = bounds
    return start < end


def _from(cut: FromClause, grain: Grain) -> ColumnElement[Any]:
    return cut.c[f"{grain}_from"]


def _to(cut: FromClause, grain: Grain) -> ColumnElement[Any]:
    return cut.c[f"{grain}_to"]
