"""The rows by which the rollups differ from the facts in a snapshot: none, whatever happened."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import IsolationLevel

from shared_queries.rollups import recount
from shared_queries.rollups.drift import ACTIVITY_COMPARISONS, GAP_COMPARISONS, SESSION_COMPARISONS

_DIFFERENCES = [
    *((comparison, "session_facts") for comparison in SESSION_COMPARISONS),
    *((comparison, "activity_facts") for comparison in ACTIVITY_COMPARISONS),
    *((comparison, "gap_facts") for comparison in GAP_COMPARISONS),
]
_DRIFT = (
    f"with session_facts as materialized ({recount.sessions()}), activity_facts as materialized ({recount.ACTIVITIES}),"
    f" gap_facts as materialized ({recount.GAPS}) "
    + " union all ".join(
        f"select '{comparison.rollup.name}', drift::text from ({comparison.drift(facts)}) as drift"
        for comparison, facts in _DIFFERENCES
    )
)


@contextmanager
def snapshots(dsn: str) -> Iterator[psycopg.Connection]:
    """A connection whose transactions see one snapshot each."""
    with psycopg.connect(dsn) as connection:
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def drift(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """What differs, by rollup; ends the connection's transaction."""
    found = connection.execute(_DRIFT.encode()).fetchall()
    connection.rollback()
    return found


def drift_of(dsn: str) -> list[tuple[str, str]]:
    with snapshots(dsn) as connection:
        return drift(connection)
