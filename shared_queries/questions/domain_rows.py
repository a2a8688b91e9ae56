"""Sessions and flows by domain: the rows of several spellings as one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from shared_queries.questions.asked_domain import AskedDomain
from shared_queries.sql import domains
from shared_queries.sql.domains import labels
from shared_queries.sql.parameters import ACCOUNT_ID, asked_for_account
from shared_queries.sql.predicates import categories, flows, is_active
from shared_queries.sums import CategoryFlows, DomainSums, SessionSums, total
from shared_queries.tables import account_view


@dataclass(frozen=True, slots=True)
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
