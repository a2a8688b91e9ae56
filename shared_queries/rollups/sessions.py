"""Sessions of a period from the rollups: the same columns and numbers as `shared_queries.facts`."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, Table, func, select

from shared_queries import facts
from shared_queries.rollups import folding
from shared_queries.rollups.histogram import middle_us
from shared_queries.rollups.sources import FACTS, Columns, Family, added, asked_for_tiles, session_rows, within
from shared_queries.rollups.tables import (
    DOMAIN_COUNTERS,
    FLOW_COUNTERS,
    Grain,
    rollup_domain,
    rollup_duration,
    rollup_flow,
    session_counts,
)
from shared_queries.sql import domains
from shared_queries.sql.flow_rows import flow_rows
from shared_queries.sql.literals import number, word
from shared_queries.sql.parameters import ACCOUNT_ID
from shared_queries.sql.units import whole_sum
from shared_queries.sums import FlowSums, SessionSums, column_names


@asked_for_tiles(facts.by_domain)
def by_domain() -> Select[Any]:
    """`DomainSums`: one row per domain as written, trimmed."""
    rows = session_rows(DOMAIN)
    uncounted = [number(0).label(name) for name in ("guided_square_ms", "unguided_square_ms")]
    summed = (
        select(
            *added(rows, column_names(SessionSums)[:-2]),
            *uncounted,
            func.nullif(rows.c.spelling, word("")).label("spelling"),
        )
        .group_by(rows.c.spelling)
        .having(func.sum(rows.c.session_count) != number(0))
        .subquery("by_spelling")
    )
    return select(*summed.c, domains.key(summed.c.spelling).label("domain_key"))


@asked_for_tiles(facts.by_domain)
def flows() -> Select[Any]:
    """`FlowRow`."""
    rows = session_rows(FLOW)
    summed = {name: whole_sum(rows.c[name]) for name in FLOW_COUNTERS}
    summed["exploring"] = whole_sum(rows.c.classified) - whole_sum(rows.c.guided)
    of: list[ColumnElement[Any]] = [
        summed.get(name, number(0)).label(name) for name in column_names(FlowSums) if name != "flow_id"
    ]
    return flow_rows(select(*of, rows.c.flow_id).where(rows.c.flow_id.is_not(None)).group_by(rows.c.flow_id))


@asked_for_tiles(facts.duration_percentiles)
def duration_percentiles() -> Select[Any]:
    """`DurationPercentiles`: one row. Nearest rank over the histogram, so within 1 %."""
    rows = session_rows(DURATION)
    counted = (
        select(rows.c.bucket, func.sum(rows.c.timed_count).label("timed_count"))
        .where(rows.c.bucket.is_not(None))
        .group_by(rows.c.bucket)
        .subquery("counted")
    )
    ranked = select(
        counted.c.bucket,
        func.sum(counted.c.timed_count).over(order_by=counted.c.bucket).label("up_to"),
        func.sum(counted.c.timed_count).over().label("total"),
    ).subquery("ranked")

    def reached(tenths: int) -> ColumnElement[int]:
        # With nothing timed the total is 0 in every bucket that once was: no bucket is reached then.
        enough = ranked.c.up_to * number(10) >= ranked.c.total * number(tenths)
        return middle_us(func.min(ranked.c.bucket).filter(enough, ranked.c.total > number(0)))

    percentiles: list[ColumnElement[Any]] = [reached(5).label("median_us"), reached(9).label("p90_us")]
    return select(*percentiles)


# The key stands last: of a union's rows PostgreSQL wants what is summed first, and copies those in another order.


def _domain_columns(source: FromClause) -> list[ColumnElement[Any]]:
    return [*(source.c[name] for name in DOMAIN_COUNTERS), source.c.spelling]


def _rolled_up_flow_columns(source: FromClause) -> list[ColumnElement[Any]]:
    return [*(source.c[name] for name in FLOW_COUNTERS), source.c.flow_id]


def _flow_columns(source: FromClause) -> list[ColumnElement[Any]]:
    classified = (source.c.guided + source.c.exploring + source.c.discovery).label("classified")
    return [*(classified if name == "classified" else source.c[name] for name in FLOW_COUNTERS), source.c.flow_id]


def _duration_columns(source: FromClause) -> list[ColumnElement[Any]]:
    return [source.c.bucket, source.c.timed_count]


def _family(bit: int, rollups: Mapping[Grain, Table], of_rollup: Columns, of_session: Columns) -> Family:
    def of_edges() -> Select[Any]:
        return select(*of_session(session_counts)).where(
            session_counts.c.account_id == ACCOUNT_ID, within(session_counts.c.created_at, *FACTS)
        )

    return Family(bit, rollups, of_rollup, of_session, of_edges)


DOMAIN = _family(folding.DOMAIN, rollup_domain, _domain_columns, _domain_columns)
FLOW = _family(folding.FLOW, rollup_flow, _rolled_up_flow_columns, _flow_columns)
DURATION = _family(folding.DURATION, rollup_duration, _duration_columns, _duration_columns)
