"""The domain that a question is narrowed to, and what it is called."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from shared_queries.errors import ParameterError
from shared_queries.periods.period import Period
from shared_queries.plan import Rows
from shared_queries.scope import Scope
from shared_queries.source import SELECTS, Source
from shared_queries.sql import domains
from shared_queries.sql.parameters import ACCOUNT_ID, DOMAIN
from shared_queries.sql.predicates import categories
from shared_queries.statement import Statement


class DomainError(ParameterError):
    """`domain` cannot be the name of one."""


@dataclass(frozen=True, slots=True)
class AskedDomain:
    """One row: the label and the key of the domain asked for, whatever spelling it was asked by."""

    label: str
    domain_key: str


def check_domain(name: str) -> None:
    """Raise `DomainError` unless a domain can have that name."""
    if not name.strip(domains.BLANKS) or "\0" in name:
        raise DomainError("domain", "a name that is not blank and holds no NUL")


def asked_domain(scope: Scope, period: Period, source: Source, domain: str | None) -> tuple[Statement, ...]:
    """Return the statement that tells, for the end of a plan; none where every domain is asked for."""
    if domain is None:
        return ()
    check_domain(domain)
    written = SELECTS[source].by_domain(scope, period, domain)
    return (Statement(_named(written.select), written.values),)


@cache
def _named(by_domain: Select[Any]) -> Select[Any]:
    """Its category's name, else the spelling that most sessions of the period have, else the one asked by.

    Only without a category are the sessions looked at.
    """
    spelling = domains.spelling(categories.c.name)
    category = (
        select(func.min(spelling))
        .where(categories.c.account_id == ACCOUNT_ID, domains.is_asked_for(spelling))
        .scalar_subquery()
    )
    written = by_domain.subquery("written")
    most_common = (
        select(written.c.spelling)
        .order_by(written.c.session_count.desc(), written.c.spelling)
        .limit(1)
        .scalar_subquery()
    )
    asked_by = domains.trimmed(DOMAIN)
    columns: list[ColumnElement[Any]] = [
        func.coalesce(category, most_common, asked_by).label("label"),
        domains.key(asked_by).label("domain_key"),
    ]
    return select(*columns)


def domain_of(rows: Sequence[Rows], domain: str | None) -> AskedDomain | None:
    """Read what a plan's last statement told, where there was one."""
    return None if domain is None else AskedDomain(*rows[-1][0])
