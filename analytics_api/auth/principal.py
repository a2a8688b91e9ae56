"""The user behind the token, as the database knows them at this moment: a demotion counts at once."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Text, Uuid, bindparam, cast, column, func, select

from analytics_api.problems.errors import ForbiddenError, UnauthorizedError
from shared_queries.plan import Rows
from shared_queries.scope import Scope
from shared_queries.statement import Statement

ROLES = frozenset({"team_admin", "super_admin"})


@dataclass(frozen=True, slots=True)
class Principal:
    """An active user whose role may see what is asked for."""

    scope: Scope
    role: str
    timezone: str | None
    """The account's; not necessarily one that exists."""


_FOUND = func.analytics.principal(bindparam("user_id", type_=Uuid)).table_valued(
    column("account_id", Uuid), column("role", Text), column("is_active", Boolean), column("timezone", Text)
)


def _tenant(account_id: ColumnElement[str]) -> ColumnElement[str]:
    # For the transaction only: a setting of the session would outlive the request in the pool.
    return func.set_config("app.current_account_id", account_id, True)  # noqa: FBT003  SQL's own positional argument


_PRINCIPAL = select(*_FOUND.c, _tenant(cast(_FOUND.c.account_id, Text)))
_TENANT = select(_tenant(bindparam("tenant", type_=Text)))


def entering_as(user_id: UUID) -> Statement:
    """Ask for the user, and set the snapshot's tenant to the user's account."""
    return Statement(_PRINCIPAL, {"user_id": user_id}, plan_once=True)


def acting_for(principal: Principal) -> Statement:
    """Set the snapshot's tenant to the account of a user who is known."""
    return Statement(_TENANT, {"tenant": str(principal.scope.account_id)})


def principal_in(rows: Rows, *, any_role: bool = False) -> Principal:
    """Read who `entering_as` found: an active user whose role may see the analytics, or of any role.

    Raises:
        UnauthorizedError: the user does not exist.
        ForbiddenError: the user may not look.
    """
    if not rows:
        raise UnauthorizedError("the token names no user of the analytics")
    account_id, role, is_active, timezone, _ = rows[0]
    if not is_active:
        raise ForbiddenError("the user is disabled")
    if role not in ROLES and not any_role:
        raise ForbiddenError("the analytics need the role team_admin or super_admin")
    return Principal(Scope(account_id), role, timezone)
