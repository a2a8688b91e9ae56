from sqlalchemy import Select, select

from shared_queries.rollups.tables import rollup_state
from shared_queries.tables import trigger_failure


def is_filled() -> Select[bool]:
    """One row: whether the rollups hold everything, in this snapshot. Else the facts answer."""
    complete = rollup_state.c.filled_at.is_not(None) & ~select(trigger_failure.c.id).exists()
    return select(complete.label("filled"))
