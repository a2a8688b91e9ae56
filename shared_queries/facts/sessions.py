"""Sessions of a period, by domain, flow, user, point of a trend, and around the creation of a flow."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, collate, exists, func, select, true

from shared_queries.facts.counting import alike, summed
from shared_queries.sql import domains
from shared_queries.sql.effect_windows import effect_windows
from shared_queries.sql.flow_rows import flow_rows
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import (
    ACCOUNT_ID,
    FLOW_ID,
    POINT_STARTS,
    Among,
    asked_by_domain,
    asked_for_effects,
    asked_for_period,
    asked_for_trend,
)
from shared_queries.sql.predicates import RESOLVED, SESSIONS_OF_PERIOD, Condition, sessions
from shared_queries.sql.predicates import flows as account_flows
from shared_queries.sql.units import microseconds
from shared_queries.sums import DomainSums, EffectSums, FlowSums, PushStages, TrendSums, UserSums

DURATION = sessions.c.resolved_at - sessions.c.created_at
IS_FORWARD = sessions.c.resolved_at >= sessions.c.created_at


def chosen(among: Among) -> Condition:
    """Say which sessions a statement is about."""
    spelling = domains.spelling(sessions.c.problem_domain)
    conditions: dict[Among, ColumnElement[bool]] = {
        "all": true(),
        "domain": domains.is_asked_for(spelling),
        "flow": and_(
            sessions.c.matched_flow_id == FLOW_ID,
            exists().where(account_flows.c.id == FLOW_ID, account_flows.c.account_id == ACCOUNT_ID),
        ),
    }
    return conditions[among]


@asked_by_domain
def by_domain(among: Among) -> Select[Any]:
    """`DomainSums`: one row per domain as written, trimmed."""
    written = {"problem_domain": collate(sessions.c.problem_domain, "C")}
    groups = alike(DomainSums, written, and_(SESSIONS_OF_PERIOD, chosen(among)))
    spelling = domains.spelling(groups.c.problem_domain)
    by_spelling = summed(DomainSums, groups, spelling.label("spelling")).subquery("by_spelling")
    return select(*by_spelling.c, domains.key(by_spelling.c.spelling).label("domain_key"))


@asked_by_domain
def duration_percentiles(among: Among) -> Select[Any]:
    """`DurationPercentiles`: one row."""
    percentiles: list[ColumnElement[Any]] = [
        microseconds(func.percentile_disc(0.5).within_group(DURATION)).label("median_us"),
        microseconds(func.percentile_disc(0.9).within_group(DURATION)).label("p90_us"),
    ]
    return select(*percentiles).where(SESSIONS_OF_PERIOD, chosen(among), sessions.c.status == RESOLVED, IS_FORWARD)


@asked_for_period
def flows() -> Select[Any]:
    """`FlowRow`: one row per flow of the account."""
    groups = alike(
        FlowSums,
        {"flow_id": sessions.c.matched_flow_id},
        and_(SESSIONS_OF_PERIOD, sessions.c.matched_flow_id.is_not(None)),
    )
    return flow_rows(summed(FlowSums, groups, groups.c.flow_id))


@asked_by_domain
def by_user(among: Among) -> Select[Any]:
    """`UserSums`: one row per user that a session names, and one for those that name none."""
    groups = alike(UserSums, {"user_id": sessions.c.user_id}, and_(SESSIONS_OF_PERIOD, chosen(among)))
    return summed(UserSums, groups, groups.c.user_id)


@asked_by_domain
def push_stages(among: Among) -> Select[Any]:
    """`PushStages`: one row. A session is counted once, however often it was pushed."""
    return summed(PushStages, alike(PushStages, {}, and_(SESSIONS_OF_PERIOD, chosen(among))))


@asked_for_trend
def trend(among: Among) -> Select[Any]:
    """`TrendSums`: one row per point that has a session.

    Of two points that start together the first, whose days were skipped, is empty.
    """
    point = func.width_bucket(sessions.c.created_at, POINT_STARTS) - number(1)
    groups = alike(TrendSums, {"point_index": point}, and_(SESSIONS_OF_PERIOD, chosen(among)))
    return summed(TrendSums, groups, groups.c.point_index)


@asked_for_effects
def effects() -> Select[Any]:
    """`EffectSums`: one row per flow and side that has a session."""
    window = effect_windows()
    in_window = and_(
        sessions.c.account_id == ACCOUNT_ID,
        sessions.c.created_at >= window.c.start,
        sessions.c.created_at < window.c.end,
        domains.key(domains.spelling(sessions.c.problem_domain)) == window.c.domain_key,
    )
    keys = {"flow_id": window.c.flow_id, "is_after": window.c.is_after}
    groups = alike(EffectSums, keys, in_window)
    return summed(EffectSums, groups, groups.c.flow_id, groups.c.is_after)
