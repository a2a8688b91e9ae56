"""Sessions and flows by domain: the rows of several spellings as one, and the one domain that is asked for."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from shared_queries.errors import ParameterError
from shared_queries.periods.period import Period
from shared_queries.plan import Rows
from shared_queries.scope import Scope
from shared_queries.source import SELECTS, Source
from shared_queries.sql import domains
from shared_queries.sql.parameters import ACCOUNT_ID, DOMAIN, asked_for_account
from shared_queries.sql.predicates import categories, flows, is_active
from shared_queries.statement import Statement
from shared_queries.sums import CategoryFlows, DomainSums, SessionSums, total
from shared_queries.tables import account_view
from shared_queries.values import value


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
    return (Statement(_named(written.select), written.values, plan_once=written.plan_once),)


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


def asked_key(domain: str | None) -> tuple[Statement, ...]:
    """Do as `asked_domain` for a plan that reads the domain's rows and the categories anyway, to be told by them."""
    if domain is None:
        return ()
    check_domain(domain)
    return (Statement(_key(), {"domain": domain}, plan_once=True),)


@cache
def _key() -> Select[Any]:
    asked_by = domains.trimmed(DOMAIN)
    columns: list[ColumnElement[Any]] = [asked_by.label("label"), domains.key(asked_by).label("domain_key")]
    return select(*columns)


def domain_among(
    rows: Sequence[Rows], domain: str | None, sessions: Iterable[DomainSums], categories: Iterable[CategoryFlows]
) -> AskedDomain | None:
    """Read what the plan's last statement told, and what these rows call it."""
    if domain is None:
        return None
    asked = AskedDomain(*rows[-1][0])
    return replace(asked, label=labels(sessions, categories).get(asked.domain_key, asked.label))


@value()
class Domain:
    """One domain: its sessions of the period and its active flows."""

    label: str
    sums: SessionSums
    flow_count: int
    key: str


def by_key(sessions: Iterable[DomainSums], categories: Iterable[CategoryFlows]) -> list[Domain]:
    """Every domain that has a session or an active flow, by session count descending, then label."""
    sessions = [row for row in sessions if row.session_count]
    categories = list(categories)
    sums_of: dict[str, list[SessionSums]] = defaultdict(list)
    flows_of: dict[str, int] = defaultdict(int)
    for row in sessions:
        if row.domain_key is not None:
            sums_of[row.domain_key].append(row)
    for category in categories:
        if category.domain_key is not None and category.flow_count:
            flows_of[category.domain_key] += category.flow_count
    label_of = labels(sessions, categories)
    found = [
        Domain(label_of[key], total(sums_of.get(key, ()), SessionSums), flows_of.get(key, 0), key)
        for key in sums_of | flows_of
    ]
    return sorted(found, key=lambda domain: (-domain.sums.session_count, domain.label))


def of_domain(categories: Iterable[CategoryFlows], domain: AskedDomain | None) -> list[CategoryFlows]:
    """Leave out what is not of the domain asked for, where one is."""
    return [row for row in categories if domain is None or row.domain_key == domain.domain_key]


@asked_for_account
def account_name() -> Select[Any]:
    """Ask what the account is called: one row."""
    return select(account_view.c.name).where(account_view.c.account_id == ACCOUNT_ID)


@asked_for_account
def flows_by_category() -> Select[Any]:
    """`CategoryFlows`: one row per spelling of a category, with or without active flows.

    The row without a spelling counts the active flows that have no category, a blank one, or another account's.
    """
    named = (
        select(categories.c.id, domains.spelling(categories.c.name).label("spelling"))
        .where(categories.c.account_id == ACCOUNT_ID)
        .subquery("named")
    )
    active = (
        select(flows.c.id, flows.c.category_id)
        .where(flows.c.account_id == ACCOUNT_ID, is_active(flows.c.is_active))
        .subquery("active")
    )
    counted = (
        select(func.count(active.c.id).label("flow_count"), named.c.spelling)
        .select_from(named.outerjoin(active, active.c.category_id == named.c.id, full=True))
        .group_by(named.c.spelling)
        .subquery("counted")
    )
    return select(*counted.c, domains.key(counted.c.spelling).label("domain_key"))


def labels(sessions: Iterable[DomainSums], categories: Iterable[CategoryFlows]) -> dict[str, str]:
    """Each key's label: the account's category, else the spelling that most sessions have; ties: the first in order."""
    best: dict[str, tuple[int, str]] = {}
    for row in sessions:
        if row.spelling is not None and row.domain_key is not None:
            candidate = (-row.session_count, row.spelling)
            best[row.domain_key] = min(best.get(row.domain_key, candidate), candidate)
    found = {domain_key: spelled for domain_key, (_, spelled) in best.items()}
    category: dict[str, str] = {}
    for named in categories:
        if named.spelling is not None and named.domain_key is not None:
            category[named.domain_key] = min(category.get(named.domain_key, named.spelling), named.spelling)
    return found | category
