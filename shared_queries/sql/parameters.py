"""The values that every statement leaves open, and how a statement becomes a question of (scope, period)."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, wraps
from typing import Any, Literal, Protocol
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from shared_queries.periods.period import Period
from shared_queries.scope import Scope
from shared_queries.statement import Statement
from shared_queries.tables import Instant

ACCOUNT_ID = bindparam("account_id", type_=Uuid)
PERIOD_START = bindparam("period_start", type_=Instant)
PERIOD_END = bindparam("period_end", type_=Instant)
DOMAIN = bindparam("domain", type_=Text)
"""Any spelling of the domain asked for."""
FLOW_ID = bindparam("flow_id", type_=Uuid)
POINT_STARTS = bindparam("point_starts", type_=ARRAY(Instant))
"""The first instant of each point of a trend; the last one ends with the period."""
DAY_STARTS = bindparam("day_starts", type_=ARRAY(Instant))
"""The first instants of successive local days."""

Among = Literal["all", "domain", "flow"]
"""Which sessions a statement is about: the account's, or those of `DOMAIN` or matched to `FLOW_ID`."""

Question = Callable[[Scope, Period], Statement]


class DomainQuestion(Protocol):
    """A question that may be asked of one domain alone."""

    def __call__(self, scope: Scope, period: Period, domain: str | None = None) -> Statement:
        """Give the statement, with values for all that it leaves open."""


def asked_for_period(build: Callable[[], Select[Any]]) -> Question:
    """Make a statement with the parameters above a question of (scope, period)."""
    built = cache(build)

    @wraps(build)
    def question(scope: Scope, period: Period) -> Statement:
        return Statement(built(), _of(scope, period))

    return question


class TrendQuestion(Protocol):
    """A question for each point of a trend, of all sessions, of one domain's or of one flow's."""

    def __call__(
        self,
        scope: Scope,
        period: Period,
        starts: Sequence[datetime],
        *,
        domain: str | None = None,
        flow_id: UUID | None = None,
    ) -> Statement:
        """Give the statement; the points start with the period."""


class EffectsQuestion(Protocol):
    """A question of what changed around each flow that was created in the period."""

    def __call__(self, scope: Scope, period: Period, day_starts: Sequence[datetime]) -> Statement:
        """Give the statement; the local days from 30 before the period's first to today, whose start ends the last."""


def asked_by_domain(build: Callable[[Among], Select[Any]], *, plan_once: bool = False) -> DomainQuestion:
    """Do the same for a statement that is built twice: with the parameter `DOMAIN` and without."""
    built = cache(build)

    @wraps(build)
    def question(scope: Scope, period: Period, domain: str | None = None) -> Statement:
        among, values = asked_among(domain, None)
        return Statement(built(among), {**_of(scope, period), **values}, plan_once=plan_once)

    return question


def asked_for_trend(build: Callable[[Among], Select[Any]], *, plan_once: bool = False) -> TrendQuestion:
    """Do the same for a statement with `POINT_STARTS`, and maybe `DOMAIN` or `FLOW_ID`."""
    built = cache(build)

    @wraps(build)
    def question(
        scope: Scope,
        period: Period,
        starts: Sequence[datetime],
        *,
        domain: str | None = None,
        flow_id: UUID | None = None,
    ) -> Statement:
        among, values = asked_among(domain, flow_id)
        ends = {"point_ends": [*starts[1:], period.end]}
        given = {**_of(scope, period), "point_starts": list(starts), **ends, **values}
        return Statement(built(among), given, plan_once=plan_once)

    return question


def asked_among(domain: str | None, flow_id: UUID | None) -> tuple[Among, dict[str, Any]]:
    """Which sessions are asked about, and the values that say so; not both of the two."""
    if domain is not None:
        return "domain", {"domain": domain}
    if flow_id is not None:
        return "flow", {"flow_id": flow_id}
    return "all", {}


def asked_for_effects(build: Callable[[], Select[Any]], *, plan_once: bool = False) -> EffectsQuestion:
    """Do the same for a statement with `DAY_STARTS`."""
    built = cache(build)

    @wraps(build)
    def question(scope: Scope, period: Period, day_starts: Sequence[datetime]) -> Statement:
        return Statement(built(), {**_of(scope, period), "day_starts": list(day_starts)}, plan_once=plan_once)

    return question


def asked_for_account(build: Callable[[], Select[Any]]) -> Callable[[Scope], Statement]:
    """Do the same for a statement whose answer no period changes."""
    built = cache(build)

    @wraps(build)
    def question(scope: Scope) -> Statement:
        return Statement(built(), {"account_id": scope.account_id}, plan_once=True)

    return question


def _of(scope: Scope, period: Period) -> dict[str, Any]:
    return {"account_id": scope.account_id, "period_start": period.start, "period_end": period.end}
