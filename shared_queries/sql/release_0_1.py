"""What the schema of release 0.1.0 lacks, made of what it has: its facts answer every question until it is upgraded.

It has no view of the account and none of its users. The account stays without a name; users are those that a session
names, as `analytics.principal` knows them, without their email.
"""

from functools import cache
from typing import Any, cast

from sqlalchemy import (
    Alias,
    Boolean,
    ColumnClause,
    ColumnElement,
    FromClause,
    Select,
    Text,
    Uuid,
    column,
    false,
    func,
    null,
    select,
    true,
)
from sqlalchemy.sql.visitors import replacement_traverse

from shared_queries.sql.parameters import ACCOUNT_ID
from shared_queries.tables import account_view, engineers_view, sessions_view


def _users_of_sessions() -> Select[Any]:
    named = sessions_view.alias("naming")
    user = (
        select(named.c.user_id)
        .where(named.c.account_id == ACCOUNT_ID, named.c.user_id.is_not(None))
        .distinct()
        .subquery("named")
    )
    principal = (
        func.analytics.principal(user.c.user_id)
        .table_valued(column("account_id", Uuid), column("role", Text), column("is_active", Boolean))
        .lateral("principal")
    )
    email: ColumnElement[str | None] = null().cast(Text)
    return select(
        user.c.user_id.label("id"), principal.c.account_id, email.label("email"), principal.c.is_active
    ).select_from(user.join(principal, true()))


_STAND_INS: dict[FromClause, FromClause] = {
    engineers_view: _users_of_sessions().subquery("engineers"),
    account_view: select(*(null().cast(each.type).label(each.name) for each in account_view.c))
    .where(false())
    .subquery("account"),
}


@cache
def _stand_in_for(table: FromClause) -> FromClause | None:
    if isinstance(table, Alias) and table.element in _STAND_INS:
        return _users_of_sessions().subquery(table.name) if table.element is engineers_view else None
    return _STAND_INS.get(table)


def on_release_0_1(asked: Select[Any]) -> Select[Any]:
    """Return the select with what that schema lacks replaced."""

    def replaced(element: Any, **_: Any) -> Any:  # noqa: ANN401  any part of a statement
        if isinstance(element, ColumnClause) and element.table is not None:
            stand_in = _stand_in_for(element.table)
            return None if stand_in is None else stand_in.c[element.name]
        return _stand_in_for(element) if isinstance(element, FromClause) else None

    return cast("Select[Any]", replacement_traverse(asked, {}, replaced))
