"""Which sessions a list holds: the predicates that the aggregates count by, one filter for each number on the page."""

from dataclasses import dataclass, replace
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, exists, not_

from shared_queries.errors import ParameterError
from shared_queries.questions.cursor import Cursor
from shared_queries.questions.domain_rows import check_domain
from shared_queries.sql import domains, predicates
from shared_queries.sql.literals import word
from shared_queries.sql.parameters import ACCOUNT_ID, FLOW_ID
from shared_queries.sql.predicates import Condition, activity, engineers, flows, sessions

StatusFilter = Literal["open", "ended", "resolved", "escalated", "abandoned"]
TierFilter = Literal["guided", "exploring", "discovery", "unclassified", "unguided"]
StageFilter = Literal["linked", "doc", "time"]
MissingFilter = Literal["ticket", "doc", "time"]
OffPathFilter = Literal["time_without_doc", "doc_without_ticket"]
NO_USER = "none"

MAX_LIMIT = 200
DEFAULT_LIMIT = 50

_CHOICES = {
    "status": StatusFilter,
    "tier": TierFilter,
    "stage": StageFilter,
    "missing": MissingFilter,
    "off_path": OffPathFilter,
}
_USER_ID = bindparam("user_id", type_=Uuid)
_ANY_ID = UUID(int=0)
# By other names: a list shows flows and users of its own.
_own_flow, _own_user = flows.alias("own_flow"), engineers.alias("own_user")


class FilterError(ParameterError):
    """A filter of the drill-down cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFilter:
    """Which sessions of the period; None is every session. Filters combine with and.

    Raises:
        ParameterError: a filter, or two together, cannot be used.
    """

    domain: str | None = None
    """A domain's label or any spelling of it."""
    unmapped: bool = False
    flow_id: UUID | None = None
    user_id: UUID | Literal["none"] | None = None
    """A user of the account; `none` is a session without one."""
    status: StatusFilter | None = None
    tier: TierFilter | None = None
    stage: StageFilter | None = None
    """Sessions that reached it."""
    missing: MissingFilter | None = None
    """Sessions that reached the stage before it, and not it."""
    unlogged: bool = False
    """Resolved and linked to a ticket, without a time entry."""
    off_path: OffPathFilter | None = None
    limit: int = DEFAULT_LIMIT
    cursor: Cursor | None = None
    """Its `now` must be the period's."""

    def __post_init__(self) -> None:
        if self.domain is not None:
            check_domain(self.domain)
            if self.unmapped:
                raise FilterError("unmapped", "sessions without a domain have none: give either domain or unmapped")
        for name, allowed in _CHOICES.items():
            value = getattr(self, name)
            if value is not None and value not in get_args(allowed):
                raise FilterError(name, f"{value!r} is not one of {', '.join(get_args(allowed))}")
        if not 1 <= self.limit <= MAX_LIMIT:
            raise FilterError("limit", f"{self.limit} is not within 1 to {MAX_LIMIT}")

    @property
    def values(self) -> dict[str, Any]:
        """The parameters of `conditions`."""
        return {"domain": self.domain, "flow_id": self.flow_id, "user_id": self.user_id}

    @property
    def form(self) -> "SessionFilter":
        """A filter with the same `conditions`, whatever the values of their parameters and the page."""
        return replace(
            self,
            domain=self.domain and "any",
            flow_id=self.flow_id and _ANY_ID,
            user_id=_ANY_ID if isinstance(self.user_id, UUID) else self.user_id,
            limit=DEFAULT_LIMIT,
            cursor=None,
        )

    def conditions(self) -> list[Condition]:
        """Say what sets these sessions of the period apart from the others."""
        given = {name: getattr(self, name) for name in _CONDITIONS}
        return [_CONDITIONS[name](value) for name, value in given.items() if value not in (None, False)]


def _of_domain(_: str) -> Condition:
    return domains.is_asked_for(domains.spelling(sessions.c.problem_domain))


def _unmapped(_: bool) -> Condition:  # noqa: FBT001 -- one of the filters' values
    return domains.spelling(sessions.c.problem_domain).is_(None)


def _of_flow(_: UUID) -> Condition:
    # A flow of another account is no flow: the aggregates do not show it either.
    own = exists().where(_own_flow.c.id == FLOW_ID, _own_flow.c.account_id == ACCOUNT_ID)
    return and_(sessions.c.matched_flow_id == FLOW_ID, own)


def _of_user(user_id: UUID | Literal["none"]) -> Condition:
    own = exists().where(_own_user.c.id == sessions.c.user_id, _own_user.c.account_id == ACCOUNT_ID)
    return not_(own) if user_id == NO_USER else and_(sessions.c.user_id == _USER_ID, own)


def _status(status: StatusFilter) -> Condition:
    if status == "open":
        return predicates.is_open(sessions.c.status)
    if status == "ended":
        return predicates.has_ended(sessions.c.status)
    return sessions.c.status == word(status)


def _tier(tier: TierFilter) -> Condition:
    if tier == "unclassified":
        return predicates.is_unclassified(sessions.c.confidence_tier)
    if tier == "unguided":
        return predicates.is_unguided(sessions.c.confidence_tier)
    return sessions.c.confidence_tier == word(tier)


def _pushed(activity_type: Any) -> Condition:  # noqa: ANN401 -- a literal of SQL
    return exists().where(
        activity.c.session_id == sessions.c.id,
        activity.c.account_id == ACCOUNT_ID,
        activity.c.activity_type == activity_type,
    )


_LINKED = predicates.is_linked(sessions.c.psa_ticket_id)
_NOTED = _pushed(predicates.NOTE)
_LOGGED = _pushed(predicates.TIME_ENTRY)
_FUNNEL: dict[str, Condition] = {"linked": _LINKED, "doc": _NOTED, "time": _LOGGED}
"""The stages, each within the one before."""


def _stage(stage: StageFilter) -> Condition:
    names = list(_FUNNEL)
    return and_(*(_FUNNEL[name] for name in names[: names.index(stage) + 1]))


def _missing(stage: MissingFilter) -> Condition:
    lost: dict[MissingFilter, list[Condition]] = {
        "ticket": [not_(_LINKED)],
        "doc": [_LINKED, not_(_NOTED)],
        "time": [_LINKED, _NOTED, not_(_LOGGED)],
    }
    return and_(*lost[stage])


def _off_path(way: OffPathFilter) -> Condition:
    return and_(_LOGGED, not_(_NOTED)) if way == "time_without_doc" else and_(_NOTED, not_(_LINKED))


def _unlogged(_: bool) -> Condition:  # noqa: FBT001 -- one of the filters' values
    return and_(_LINKED, sessions.c.status == predicates.RESOLVED, not_(_LOGGED))


_CONDITIONS: dict[str, Any] = {
    "domain": _of_domain,
    "unmapped": _unmapped,
    "flow_id": _of_flow,
    "user_id": _of_user,
    "status": _status,
    "tier": _tier,
    "stage": _stage,
    "missing": _missing,
    "unlogged": _unlogged,
    "off_path": _off_path,
}
