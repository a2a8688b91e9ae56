"""The drill-down: the sessions behind a number."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Select, Uuid, and_, bindparam, case, func, or_, select

from shared_queries.facts.counting import IS_ENTRY
from shared_queries.periods.period import Period
from shared_queries.plan import Plan, Rows
from shared_queries.questions.cursor import Cursor
from shared_queries.questions.session_filter import SessionFilter
from shared_queries.scope import Scope
from shared_queries.scoring import HOUR_UNITS, mean_minutes
from shared_queries.sql.parameters import ACCOUNT_ID
from shared_queries.sql.predicates import (
    SESSIONS_OF_PERIOD,
    Condition,
    activity,
    engineers,
    flows,
    has_ended,
    sessions,
)
from shared_queries.sql.units import microseconds, whole_sum, whole_units
from shared_queries.statement import Statement
from shared_queries.tables import Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionItem:
    """One session of the drill-down."""

    session_id: UUID
    created_at: datetime
    resolved_at: datetime | None
    status: str | None
    problem_domain: str | None
    confidence_tier: str | None
    flow_id: UUID | None
    psa_ticket_id: str | None
    engineer: str | None
    """The email of its user."""
    flow_name: str | None
    duration_minutes: float | None
    """Of any ended session, where it is not negative."""
    hours_logged: float
    """The sum of its time entries."""
    rating: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """`GET /analytics/flowpilot/sessions`: newest first, then by id."""

    sessions: list[SessionItem]
    total_count: int
    next_cursor: str | None


def drill_down(scope: Scope, period: Period, chosen: SessionFilter) -> Plan[Sessions]:
    """One page of sessions, newest first, then by id; and how many there are on all pages."""
    listing = _listing(scope, period, chosen, chosen.limit + 1)
    return Plan((counting(scope, period, chosen), listing), partial(_answer, period=period, limit=chosen.limit))


def counting(scope: Scope, period: Period, chosen: SessionFilter) -> Statement:
    """Count the sessions of the list: one row."""
    return Statement(_counting(chosen.form), _values(scope, period, chosen))


def stretch(
    scope: Scope, period: Period, chosen: SessionFilter, after: SessionItem | None, length: int
) -> Plan[list[SessionItem]]:
    """So many sessions of the list, after that one: for whoever reads all of it."""
    cursor = _cursor_after(after, period) if after else None
    return Plan((_listing(scope, period, replace(chosen, cursor=cursor), length),), lambda rows: list(_items(rows[0])))


def _listing(scope: Scope, period: Period, chosen: SessionFilter, length: int) -> Statement:
    cursor = chosen.cursor
    values = _values(scope, period, chosen) | {
        "cursor_created_at": cursor and cursor.created_at,
        "cursor_session_id": cursor and cursor.session_id,
        "row_limit": length,
    }
    return Statement(_page(chosen.form, follows=cursor is not None), values)


def _values(scope: Scope, period: Period, chosen: SessionFilter) -> dict[str, Any]:
    period_values = {"account_id": scope.account_id, "period_start": period.start, "period_end": period.end}
    return period_values | chosen.values


@lru_cache(maxsize=256)
def _counting(form: SessionFilter) -> Select[Any]:
    return select(func.count()).select_from(sessions).where(_wanted(form))


@lru_cache(maxsize=256)
def _page(form: SessionFilter, *, follows: bool) -> Select[Any]:
    hours = select(whole_sum(whole_units(activity.c.hours_logged, HOUR_UNITS))).where(
        activity.c.session_id == sessions.c.id, activity.c.account_id == ACCOUNT_ID, IS_ENTRY
    )
    has_duration = and_(has_ended(sessions.c.status), sessions.c.resolved_at >= sessions.c.created_at)
    page = (
        select(
            sessions.c.id,
            sessions.c.created_at,
            sessions.c.resolved_at,
            sessions.c.status,
            sessions.c.problem_domain,
            sessions.c.confidence_tier,
            flows.c.id.label("flow_id"),
            sessions.c.psa_ticket_id,
            engineers.c.email,
            flows.c.name.label("flow_name"),
            case((has_duration, microseconds(sessions.c.resolved_at - sessions.c.created_at))).label("duration_us"),
            hours.scalar_subquery().label("hour_units"),
            sessions.c.session_rating,
        )
        .select_from(
            sessions.outerjoin(
                flows, and_(flows.c.id == sessions.c.matched_flow_id, flows.c.account_id == ACCOUNT_ID)
            ).outerjoin(engineers, and_(engineers.c.id == sessions.c.user_id, engineers.c.account_id == ACCOUNT_ID))
        )
        .where(_wanted(form))
    )
    if follows:
        page = page.where(_after_cursor())
    return page.order_by(sessions.c.created_at.desc(), sessions.c.id).limit(bindparam("row_limit", type_=BigInteger))


def _wanted(form: SessionFilter) -> Condition:
    return and_(SESSIONS_OF_PERIOD, *form.conditions())


def _after_cursor() -> Condition:
    """Older, or of the same instant with a greater id; the first half alone lets the index start there."""
    created_at = bindparam("cursor_created_at", type_=Instant)
    return and_(
        sessions.c.created_at <= created_at,
        or_(sessions.c.created_at < created_at, sessions.c.id > bindparam("cursor_session_id", type_=Uuid)),
    )


def _items(rows: Iterable[Sequence[Any]]) -> Iterable[SessionItem]:
    for row in rows:
        *described, duration_us, hour_units, rating = row
        session_id, created_at, resolved_at, status, domain, tier, flow_id, ticket, email, flow_name = described
        yield SessionItem(
            session_id=session_id,
            created_at=created_at,
            resolved_at=resolved_at,
            status=status,
            problem_domain=domain,
            confidence_tier=tier,
            flow_id=flow_id,
            psa_ticket_id=ticket,
            engineer=email,
            flow_name=flow_name,
            duration_minutes=None if duration_us is None else mean_minutes(duration_us, 1),
            hours_logged=hour_units / HOUR_UNITS,
            rating=rating,
        )


def _answer(rows: Sequence[Rows], *, period: Period, limit: int) -> Sessions:
    ((total_count,),) = rows[0]
    items = list(_items(rows[1][:limit]))
    # One row more than the page holds tells whether another follows.
    last = items[-1] if len(rows[1]) > limit else None
    return Sessions(
        sessions=items,
        total_count=total_count,
        next_cursor=_cursor_after(last, period).encode() if last else None,
    )


def _cursor_after(item: SessionItem, period: Period) -> Cursor:
    return Cursor(now=period.now, created_at=item.created_at, session_id=item.session_id)
