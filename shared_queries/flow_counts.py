from typing import Any

from sqlalchemy import Select, func, select

from shared_queries import domains
from shared_queries.asked import ACCOUNT_ID, asked_for_account
from shared_queries.predicates import categories, flows, is_active


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
