"""The flows that were created in some days: "flow published"."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select

from shared_queries.scope import Scope
from shared_queries.sql.flow_rows import category_domains
from shared_queries.sql.parameters import ACCOUNT_ID
from shared_queries.sql.predicates import flows
from shared_queries.statement import Statement
from shared_queries.tables import Instant

_FROM = bindparam("created_from", type_=Instant)
_UNTIL = bindparam("created_until", type_=Instant)


@dataclass(frozen=True, slots=True)
class PublishedFlow:
    """A flow of the account, active or archived."""

    flow_id: UUID
    name: str | None
    is_archived: bool
    created_at: datetime
    domain: str | None
    """The label of its category's domain; both null for a flow without one."""
    domain_key: str | None


def published(scope: Scope, start: datetime, end: datetime) -> Statement:
    """`PublishedFlow`: the account's flows that were created in [`start`, `end`)."""
    given = {"account_id": scope.account_id, "created_from": start, "created_until": end}
    return Statement(_published(), given, plan_once=True)


@cache
def _published() -> Select[Any]:
    category = category_domains()
    return (
        select(
            flows.c.id.label("flow_id"),
            flows.c.name,
            flows.c.is_active.is_(False).label("is_archived"),
            flows.c.created_at,
            category.c.domain,
            category.c.domain_key,
        )
        .select_from(flows.outerjoin(category, category.c.id == flows.c.category_id))
        .where(flows.c.account_id == ACCOUNT_ID, flows.c.created_at >= _FROM, flows.c.created_at < _UNTIL)
    )


def by_name(flow: PublishedFlow) -> tuple[Any, ...]:
    """Order flows by name, those without one last, then by id."""
    return flow.name is None, flow.name or "", flow.flow_id
