"""The days before and after each flow that was created in the period (metrics.md, Effects of flows)."""

from sqlalchemy import CTE, ColumnElement, FromClause, Select, func, literal_column, select, union_all

from shared_queries.sql import domains
from shared_queries.sql.literals import number
from shared_queries.sql.parameters import ACCOUNT_ID, DAY_STARTS, PERIOD_END, PERIOD_START
from shared_queries.sql.predicates import categories, flows

WINDOW_DAYS = 30


def effect_windows() -> CTE:
    """`flow_id`, `domain_key`, `is_after`, `start`, `end`: two rows a flow at most, none of an empty window."""
    spelling = domains.spelling(categories.c.name)
    created = (
        select(
            flows.c.id.label("flow_id"),
            domains.key(spelling).label("domain_key"),
            func.width_bucket(flows.c.created_at, DAY_STARTS).label("day"),
            DAY_STARTS.label("starts"),
        )
        .join_from(flows, categories, flows.c.category_id == categories.c.id)
        .where(
            flows.c.account_id == ACCOUNT_ID,
            categories.c.account_id == ACCOUNT_ID,
            flows.c.created_at >= PERIOD_START,
            flows.c.created_at < PERIOD_END,
            spelling.is_not(None),
        )
        .cte("created")
    )
    day, today = created.c.day, func.cardinality(created.c.starts)
    sides = union_all(
        _side(created, "false", day - number(WINDOW_DAYS), day),
        _side(created, "true", day + number(1), func.least(day + number(WINDOW_DAYS + 1), today)),
    ).subquery("side")
    return select(*sides.c).where(sides.c.start < sides.c.end).cte("effect_window")


def _side(
    created: FromClause, is_after: str, first: ColumnElement[int], end: ColumnElement[int]
) -> Select[tuple[object, ...]]:
    return select(
        created.c.flow_id,
        created.c.domain_key,
        literal_column(is_after).label("is_after"),
        created.c.starts[first].label("start"),
        created.c.starts[end].label("end"),
    )
