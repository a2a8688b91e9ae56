from typing import Any

from sqlalchemy import Select, func, or_, select

from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID
from shared_queries.sql.predicates import flows, is_active
from shared_queries.sums import FlowSums, column_names


def flow_rows(used: Select[Any]) -> Select[Any]:
    """`FlowRow`: every active flow of the account, and every archived one that had a session.

    `used` gives `FlowSums`; it may name flows of other accounts, which do not appear.
    """
    sums = used.subquery("used")
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
        )
        .select_from(flows.outerjoin(sums, of.flow_id == flows.c.id))
        .where(flows.c.account_id == ACCOUNT_ID, or_(is_active(flows.c.is_active), of.session_count > number(0)))
    )
