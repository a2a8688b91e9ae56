from typing import Any

from sqlalchemy import FromClause, Select, func, or_, select

from shared_queries.sql import domains
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID
from shared_queries.sql.predicates import categories, flows, is_active
from shared_queries.sums import FlowSums, column_names


def flow_rows(used: Select[Any]) -> Select[Any]:
    """`FlowRow`: every active flow of the account, and every archived one that had a session.

    `used` gives `FlowSums`; it may name flows of other accounts, which do not appear.
    """
    sums, category = used.subquery("used"), category_domains()
    of = sums.c
    return (
        select(
            *(func.coalesce(of[name], number(0)).label(name) for name in column_names(FlowSums) if name != "flow_id"),
            flows.c.id.label("flow_id"),
            flows.c.name,
            flows.c.is_active.is_(False).label("is_archived"),
            flows.c.created_at,
            flows.c.last_matched_at,
            flows.c.usage_count.label("lifetime_usage_count"),
            flows.c.success_rate.label("lifetime_success_rate"),
            category.c.domain,
            category.c.domain_key,
        )
        .select_from(
            flows.outerjoin(sums, of.flow_id == flows.c.id).outerjoin(category, category.c.id == flows.c.category_id)
        )
        .where(flows.c.account_id == ACCOUNT_ID, or_(is_active(flows.c.is_active), of.session_count > number(0)))
    )


def category_domains() -> FromClause:
    """`id`, `domain` (its label) and `domain_key` of each category of the account that is a domain."""
    spelling = domains.spelling(categories.c.name)
    named = (
        select(categories.c.id, spelling.label("spelling"), domains.key(spelling).label("domain_key"))
        .where(categories.c.account_id == ACCOUNT_ID, spelling.is_not(None))
        .subquery("named")
    )
    label = func.min(named.c.spelling).over(partition_by=named.c.domain_key).label("domain")
    return select(named.c.id, label, named.c.domain_key).subquery("category")
