"""Counters of any stretches of time, each cut into the days, hours and quarters that it is made of, and facts.

The database cuts, so that stretches may come from a statement. A level covers what no whole stretch of the next coarser
one does; what the finest leaves at the two ends comes from single sessions.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Interval, Select, func, literal_column, select, true, union_all

from shared_queries.rollups.families import WIDTHS, Family, Grain
from shared_queries.rollups.sources import columns, views_of
from shared_queries.rollups.tables import ROLLUPS, pending_session
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID
from shared_queries.tables import Instant

Match = Callable[[FromClause, FromClause], ColumnElement[bool]]
"""Whether rows (a rollup's, or others that have a spelling) belong to a window."""
Range = tuple[ColumnElement[Any], ColumnElement[Any]]

_ORIGIN = literal_column("timestamptz '1900-01-01 00:00+00'", Instant)
"""As of the database's own `analytics.bin`."""


def window_rows(  # noqa: PLR0913 -- what is counted, over which windows, and who belongs to one of them
    family: Family,
    windows: FromClause,
    keys: Sequence[str],
    counters: Sequence[str],
    *,
    in_rollup: Match,
    in_pending: Match,
    in_facts: Match,
) -> FromClause:
    """Rows with those counters and the windows' keys, which add up to the sessions created from `start` to `end`.

    `in_pending` should hold an equality, where there are several windows: what is pending has no index.
    """
    grains = [grain for grain in family.grains if grain != "week"]
    cut = _cut(windows, grains)
    ranges = dict(_ranges(cut, grains))

    def of(rows: FromClause, instant: str, match: Match, bounds: Range) -> Select[Any]:
        start, end = bounds
        return (
            select(*columns(rows, counters), *(cut.c[key] for key in keys))
            .select_from(cut)
            .join(rows, match(rows, cut))
            .where(rows.c.account_id == ACCOUNT_ID, rows.c[instant] >= start, rows.c[instant] < end, start < end)
        )

    rolled_up = [
        of(ROLLUPS[family.name][grain], "start", in_rollup, bounds) for grain in grains for bounds in ranges[grain]
    ]
    pending = of(pending_session, "quarter", in_pending, (_from(cut, grains[0]), _to(cut, grains[0]))).where(
        pending_session.c.families.bitwise_and(number(family.bit)) != number(0)
    )

    def edge(view: FromClause, bounds: Range) -> Select[Any]:
        # Each looked up in the index. As a join it was planned over all sessions of the account, each counted first.
        start, end = bounds
        of_edge = (
            select(*columns(view, counters))
            .where(
                view.c.account_id == ACCOUNT_ID,
                view.c.created_at >= start,
                view.c.created_at < end,
                in_facts(view, cut),
            )
            .offset(number(0))
            .lateral()
        )
        return (
            select(*of_edge.c, *(cut.c[key] for key in keys)).select_from(cut.join(of_edge, true())).where(start < end)
        )

    edges = [edge(view, bounds) for view in views_of(counters) for bounds in ranges["facts"]]
    return union_all(*rolled_up, pending, *edges).subquery("part")


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


def _from(cut: FromClause, grain: Grain) -> ColumnElement[Any]:
    return cut.c[f"{grain}_from"]


def _to(cut: FromClause, grain: Grain) -> ColumnElement[Any]:
    return cut.c[f"{grain}_to"]
