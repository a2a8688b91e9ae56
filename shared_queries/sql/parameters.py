"""The values that every statement leaves open, and how a statement becomes a question of (scope, period)."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from sqlalchemy import Select, Uuid, bindparam

from shared_queries.periods.period import Period
from shared_queries.scope import Scope
from shared_queries.statement import Statement
from shared_queries.tables import Instant

ACCOUNT_ID = bindparam("account_id", type_=Uuid)
PERIOD_START = bindparam("period_start", type_=Instant)
PERIOD_END = bindparam("period_end", type_=Instant)

Question = Callable[[Scope, Period], Statement]


def asked_for_period(build: Callable[[], Select[Any]]) -> Question:
    """Make a statement with the parameters above a question of (scope, period)."""
    built = cache(build)

    @wraps(build)
    def question(scope: Scope, period: Period) -> Statement:
        values = {"account_id": scope.account_id, "period_start": period.start, "period_end": period.end}
        return Statement(built(), values)

    return question


def asked_for_account(build: Callable[[], Select[Any]]) -> Callable[[Scope], Statement]:
    """Do the same for a statement whose answer no period changes."""
    built = cache(build)

    @wraps(build)
    def question(scope: Scope) -> Statement:
        return Statement(built(), {"account_id": scope.account_id})

    return question
