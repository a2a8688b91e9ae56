"""Sessions of a period from the rollups: the same columns and numbers as `shared_queries.facts`."""

from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Uuid,
    and_,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    true,
)

from shared_queries.counters import counters_of
from shared_queries.periods.period import Period
from shared_queries.rollups.families import (
    ACCOUNT,
    DOMAIN,
    DOMAIN_DURATION,
    DOMAIN_USER,
    DURATION,
    FLOW,
    NOBODY,
    USER,
    Family,
)
from shared_queries.rollups.histogram import middle_us
from shared_queries.rollups.sources import DAY, added, asked_for_tiles, session_rows
from shared_queries.rollups.windows import Pending, window_rows
from shared_queries.scope import Scope
from shared_queries.sql import domains
from shared_queries.sql.effect_windows import effect_windows
from shared_queries.sql.flow_rows import flow_rows
from shared_queries.sql.literals import number, word
from shared_queries.sql.parameters import (
    ACCOUNT_ID,
    FLOW_ID,
    POINT_STARTS,
    Among,
    asked_for_effects,
    asked_for_trend,
)
from shared_queries.sql.predicates import flows as account_flows
from shared_queries.statement import Statement
from shared_queries.sums import DomainSums, EffectSums, FlowSums, PushStages, TrendSums, UserSums

_FAMILIES: dict[Among, Family] = {"all": ACCOUNT, "domain": DOMAIN, "flow": FLOW}


@asked_for_tiles()
def by_domain(among: Among) -> Select[Any]:
    """`DomainSums`: one row per domain as written, trimmed."""
    counters = list(counters_of(DomainSums))
    rows = session_rows(DOMAIN, among, counters, "spelling")
    summed = (
        select(*added(rows, counters), func.nullif(rows.c.spelling, word("")).label("spelling"))
        .group_by(rows.c.spelling)
        .having(func.sum(rows.c.session_count) != number(0))
        .subquery("by_spelling")
    )
    return select(*summed.c, domains.key(summed.c.spelling).label("domain_key"))


@asked_for_tiles()
def _flows(among: Among) -> Select[Any]:
    counters = list(counters_of(FlowSums))
    rows = session_rows(FLOW, among, counters, "flow_id")
    return flow_rows(
        select(*added(rows, counters), rows.c.flow_id).where(rows.c.flow_id.is_not(None)).group_by(rows.c.flow_id)
    )


def flows(scope: Scope, period: Period) -> Statement:
    """`FlowRow`."""
    return _flows(scope, period)


@asked_for_tiles()
def _users(among: Among) -> Select[Any]:
    return _by_user(USER, among)


@asked_for_tiles(DAY)
def _users_of_domain(among: Among) -> Select[Any]:
    return _by_user(DOMAIN_USER, among)


def _by_user(family: Family, among: Among) -> Select[Any]:
    counters = list(counters_of(UserSums))
    rows = session_rows(family, among, counters, "user_id")
    user_id = func.nullif(rows.c.user_id, literal_column(f"'{NOBODY}'::uuid", Uuid)).label("user_id")
    return select(*added(rows, counters), user_id).group_by(user_id).having(func.sum(rows.c.session_count) != number(0))


def by_user(scope: Scope, period: Period, domain: str | None = None) -> Statement:
    """`UserSums`."""
    return (_users if domain is None else _users_of_domain)(scope, period, domain)


@asked_for_tiles()
def _percentiles(among: Among) -> Select[Any]:
    return _of_histogram(session_rows(DURATION, among, ["timed_count"], "bucket"))


@asked_for_tiles(DAY)
def _percentiles_of_domain(among: Among) -> Select[Any]:
    return _of_histogram(session_rows(DOMAIN_DURATION, among, ["timed_count"], "bucket"))


def duration_percentiles(scope: Scope, period: Period, domain: str | None = None) -> Statement:
    """`DurationPercentiles`: one row. Nearest rank over the histogram, so within 1 %."""
    return (_percentiles if domain is None else _percentiles_of_domain)(scope, period, domain)


def _of_histogram(rows: FromClause) -> Select[Any]:
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


@asked_for_tiles()
def push_stages(among: Among) -> Select[Any]:
    """`PushStages`: one row."""
    counters = list(counters_of(PushStages))
    return select(*added(session_rows(_FAMILIES[among], among, counters), counters))


@partial(asked_for_trend, plan_once=True)
def trend(among: Among) -> Select[Any]:
    """`TrendSums`: one row per point that has a session."""
    points = (
        func.unnest(POINT_STARTS, bindparam("point_ends", type_=POINT_STARTS.type))
        .table_valued("start", "end", with_ordinality="ordinal", name="point")
        .render_derived()
    )
    point = select((points.c.ordinal - number(1)).label("point_index"), points.c.start, points.c.end).cte("point")
    counters = list(counters_of(TrendSums))
    rows = _rows(among, point, counters)
    return (
        select(*added(rows, counters), rows.c.point_index)
        .group_by(rows.c.point_index)
        .having(func.sum(rows.c.session_count) != number(0))
    )


@partial(asked_for_effects, plan_once=True)
def effects() -> Select[Any]:
    """`EffectSums`: one row per flow and side that has a session."""

    def in_rollup(rollup: FromClause, window: FromClause) -> ColumnElement[bool]:
        return rollup.c.domain_hash == window.c.domain_hash

    def in_facts(rows: FromClause, window: FromClause) -> ColumnElement[bool]:
        return domains.key(rows.c.spelling) == window.c.domain_key

    window = effect_windows()
    # Here once for each window; compared with a rollup's rows it was computed for each of them (15,000 times, 0.6 s).
    hashed = select(*window.c, domains.hash_of_key(window.c.domain_key).label("domain_hash")).cte("hashed")
    keys, counters = ("flow_id", "is_after"), list(counters_of(EffectSums))
    pending = Pending(lambda rows: domains.key(rows.c.spelling), column="domain_key")
    rows = window_rows(DOMAIN, hashed, keys, counters, in_rollup=in_rollup, in_facts=in_facts, pending=pending)
    return (
        select(*added(rows, counters), rows.c.flow_id, rows.c.is_after)
        .group_by(rows.c.flow_id, rows.c.is_after)
        .having(func.sum(rows.c.session_count) != number(0))
    )


def _rows(among: Among, points: FromClause, counters: list[str]) -> FromClause:
    """Rows of the sessions asked about, by the points of a trend."""

    def in_rollup(rollup: FromClause, _: FromClause) -> ColumnElement[bool]:
        if among == "domain":
            return rollup.c.domain_hash == domains.hash_asked_for()
        return _of_flow(rollup) if among == "flow" else true()

    def in_facts(rows: FromClause, _: FromClause | None = None) -> ColumnElement[bool]:
        if among == "domain":
            return domains.is_asked_for(rows.c.spelling)
        return _of_flow(rows) if among == "flow" else true()

    def point_index(rows: FromClause) -> ColumnElement[Any]:
        return func.width_bucket(rows.c.quarter, POINT_STARTS) - number(1)

    return window_rows(
        _FAMILIES[among],
        points,
        ["point_index"],
        counters,
        in_rollup=in_rollup,
        in_facts=in_facts,
        pending=Pending(point_index, column="point_index", where=in_facts),
    )


def _of_flow(rows: FromClause) -> ColumnElement[bool]:
    return and_(
        rows.c.flow_id == FLOW_ID,
        exists().where(account_flows.c.id == FLOW_ID, account_flows.c.account_id == ACCOUNT_ID),
    )
