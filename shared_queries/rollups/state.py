from sqlalchemy import Select, select

from shared_queries.rollups.tables import rollup_state


def is_filled() -> Select[bool]:
    """One row: whether the rollups hold everything, in this snapshot. Until then the facts answer."""
    return select(rollup_state.c.filled_at.is_not(None).label("filled"))
