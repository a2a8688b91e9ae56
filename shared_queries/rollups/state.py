from sqlalchemy import Boolean, Select, literal_column, select

from shared_queries.rollups.tables import rollup_state
from shared_queries.sums import COUNTERS_VERSION
from shared_queries.tables import trigger_failure


def is_filled() -> Select[bool]:
    """One row: whether the rollups hold everything, in this snapshot, by the counters that we know.

    Else the facts answer. A database of an older release may not know the question at all: SQLSTATE 42P01 or 42703.
    """
    counted = (rollup_state.c.counters_version == COUNTERS_VERSION) & rollup_state.c.counters_filled_at.is_not(None)
    return select((counted & ~select(trigger_failure.c.id).exists()).label("filled"))


def is_our_schema() -> Select[bool]:
    """One row: whether the database knows what `is_filled` asks; any database can say so."""
    known = (
        "exists (select from pg_catalog.pg_attribute where attname = 'counters_version' and not attisdropped"
        " and attrelid = to_regclass('analytics.rollup_state'))"
    )
    return select(literal_column(known, Boolean).label("known"))
