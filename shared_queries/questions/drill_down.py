"""The drill-down: the sessions behind a number, by the same predicates that counted them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import BigInteger, Select, Text, Uuid, and_, bindparam, exists, func, or_, select

from shared_queries.errors import ParameterError
from shared_queries.periods.period import Period
from shared_queries.plan import Plan, Rows
from shared_queries.questions.cursor import Cursor
from shared_queries.scope import Scope
from shared_queries.sql import domains, predicates
from shared_queries.sql.literals import word
from shared_queries.sql.parameters import ACCOUNT_ID
from shared_queries.sql.predicates import Condition, activity, flows, sessions
from shared_queries.statement import Statement
from shared_queries.tables import Instant

StatusFilter = Literal["open", "ended", "resolved", "escalated", "abandoned"]
TierFilter = Literal["guided", "exploring", "discovery", "unclassified"]
StageFilter = Literal["linked", "doc", "time"]

MAX_LIMIT = 200
DEFAULT_LIMIT = 50

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ANY_CURSOR = Cursor(now=_EPOCH, created_at=_EPOCH, session_id=UUID(int=0))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """`GET /analytics/flowpilot/sessions`: newest first, then by id."""

    sessions: list[SessionItem]
    total_count: int
    next_cursor: str | None


class FilterError(ParameterError):
    """A filter of the drill-down cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFilter:
    """Which sessions of the period, and which page of them; None is every session.

    Raises:
        FilterError: a filter, or two together, cannot be used.
    """

    domain: str | None = None
    """A domain's label or any spelling of it."""
    unmapped: bool = False
    flow_id: UUID | None = None
    status: StatusFilter | None = None
    tier: TierFilter | None = None
    stage: StageFilter | None = None
    limit: int = DEFAULT_LIMIT
    cursor: Cursor | None = None
    """Its `now` must be the period's."""

    def __post_init__(self) -> None:
        if self.domain is not None and self.unmapped:
            raise FilterError("unmapped", "sessions without a domain have none: give either domain or unmapped")
        if self.domain is not None and (not self.domain.strip(domains.BLANKS) or "\0" in self.domain):
            raise FilterError("domain", "a name that is not blank and holds no NUL")
        for name, allowed in (("status", StatusFilter), ("tier", TierFilter), ("stage", StageFilter)):
            value = getattr(self, name)
            if value is not None and value not in get_args(allowed):
                raise FilterError(name, f"{value!r} is not one of {', '.join(get_args(allowed))}")
        if not 1 <= self.limit <= MAX_LIMIT:
            raise FilterError("limit", f"{self.limit} is not within 1 to {MAX_LIMIT}")


def drill_down(scope: Scope, period: Period, chosen: SessionFilter) -> Plan[Sessions]:
    """One page of sessions, newest first, then by id; and how many there are on all pages."""
    values = {
        "account_id": scope.account_id,
        "period_start": period.start,
        "period_end": period.end,
        "domain": chosen.domain,
        "flow_id": chosen.flow_id,
        "cursor_created_at": chosen.cursor and chosen.cursor.created_at,
        "cursor_session_id": chosen.cursor and chosen.cursor.session_id,
        "row_limit": chosen.limit + 1,
    }
    counting, paging = _selects(_form_of(chosen))
    asked = (Statement(counting, values), Statement(paging, values))
    return Plan(asked, partial(_answer, period=period, limit=chosen.limit))


def _form_of(chosen: SessionFilter) -> SessionFilter:
    """Make a filter of the same form, in which all parameters of the statement have the same value for all."""
    return replace(
        chosen,
        domain=chosen.domain and "any",
        flow_id=chosen.flow_id and UUID(int=0),
        limit=1,
        cursor=chosen.cursor and _ANY_CURSOR,
    )


@lru_cache(maxsize=256)
def _selects(form: SessionFilter) -> tuple[Select[Any], Select[Any]]:
    """Build the count and the page of every filter of that form, once."""
    wanted = and_(predicates.SESSIONS_OF_PERIOD, *_conditions(form))
    return select(func.count()).select_from(sessions).where(wanted), _page(wanted, form)


def _page(wanted: Condition, chosen: SessionFilter) -> Select[Any]:
    """One row more than the page holds tells whether another follows."""
    flow_id = (
        select(flows.c.id)
        .where(flows.c.id == sessions.c.matched_flow_id, flows.c.account_id == ACCOUNT_ID)
        .scalar_subquery()
    )
    page = select(
        sessions.c.id,
        sessions.c.created_at,
        sessions.c.resolved_at,
        sessions.c.status,
        sessions.c.problem_domain,
        sessions.c.confidence_tier,
        flow_id.label("flow_id"),
        sessions.c.psa_ticket_id,
    ).where(wanted)
    if chosen.cursor is not None:
        page = page.where(_after_cursor())
    return page.order_by(sessions.c.created_at.desc(), sessions.c.id).limit(bindparam("row_limit", type_=BigInteger))


def _after_cursor() -> Condition:
    """Older, or of the same instant with a greater id; the first half alone lets the index start there."""
    created_at = bindparam("cursor_created_at", type_=Instant)
    return and_(
        sessions.c.created_at <= created_at,
        or_(sessions.c.created_at < created_at, sessions.c.id > bindparam("cursor_session_id", type_=Uuid)),
    )


def _conditions(chosen: SessionFilter) -> list[Condition]:
    conditions: list[Condition] = []
    spelling = domains.spelling(sessions.c.problem_domain)
    if chosen.domain is not None:
        conditions.append(domains.key(spelling) == domains.key(domains.trimmed(bindparam("domain", type_=Text))))
    if chosen.unmapped:
        conditions.append(spelling.is_(None))
    if chosen.flow_id is not None:
        # A flow of another account is no flow: the aggregates do not show it either.
        flow_id = bindparam("flow_id", type_=Uuid)
        conditions.append(sessions.c.matched_flow_id == flow_id)
        conditions.append(exists().where(flows.c.id == flow_id, flows.c.account_id == ACCOUNT_ID))
    if chosen.status is not None:
        conditions.append(_status(chosen.status))
    if chosen.tier is not None:
        conditions.append(_tier(chosen.tier))
    if chosen.stage is not None:
        conditions.extend(_stage(chosen.stage))
    return conditions


def _status(status: StatusFilter) -> Condition:
    if status == "open":
        return predicates.is_open(sessions.c.status)
    if status == "ended":
        return predicates.has_ended(sessions.c.status)
    return sessions.c.status == word(status)


def _tier(tier: TierFilter) -> Condition:
    if tier == "unclassified":
        return predicates.is_unclassified(sessions.c.confidence_tier)
    return sessions.c.confidence_tier == word(tier)


def _stage(stage: StageFilter) -> list[Condition]:
    """Return the conditions of a stage: the funnel's stages lie one within the other."""
    stages = {
        "linked": predicates.is_linked(sessions.c.psa_ticket_id),
        "doc": _pushed(predicates.NOTE),
        "time": _pushed(predicates.TIME_ENTRY),
    }
    names = list(stages)
    return [stages[name] for name in names[: names.index(stage) + 1]]


def _pushed(activity_type: Any) -> Condition:  # noqa: ANN401  a literal of SQL
    return exists().where(
        activity.c.session_id == sessions.c.id,
        activity.c.account_id == ACCOUNT_ID,
        activity.c.activity_type == activity_type,
    )


def _answer(rows: Sequence[Rows], *, period: Period, limit: int) -> Sessions:
    ((total_count,),) = rows[0]
    items = [
        SessionItem(
            session_id=session_id,
            created_at=created_at,
            resolved_at=resolved_at,
            status=status,
            problem_domain=problem_domain,
            confidence_tier=tier,
            flow_id=flow_id,
            psa_ticket_id=psa_ticket_id,
        )
        for session_id, created_at, resolved_at, status, problem_domain, tier, flow_id, psa_ticket_id in rows[1][:limit]
    ]
    follows = len(rows[1]) > limit
    last = items[-1] if follows else None
    return Sessions(
        sessions=items,
        total_count=total_count,
        next_cursor=Cursor(now=period.now, created_at=last.created_at, session_id=last.session_id).encode()
        if last
        else None,
    )
