"""Every two seconds: folds the pending deltas into the rollups.

Readers add what is pending to what is folded, so the numbers are the same before and after; this keeps what is pending
short. It also takes out the rows that count nothing any more, with the text of the domain in them: so an erased session
leaves no trace.
"""

from datetime import timedelta

from psycopg import AsyncConnection

from psa_event_consumer.apply import database
from psa_event_consumer.jobs.counters import expect_our_version
from psa_event_consumer.jobs.job import Result, wait_for_turn
from shared_queries.rollups.folding import FOLDS, Fold

NAME = "compact_rollups"
INTERVAL = timedelta(seconds=2)

_CHUNK = 10_000
"""Deltas of one transaction: under a second, so that the replica's queries and the vacuum are not held up."""
_MANY = 20_000
"""Deltas of one run after which the planner's statistics are out of date."""
_PATIENCE = timedelta(seconds=10)
"""The reconciliation takes our lock for one stretch of time after the other: who only tried it would starve."""


async def run(connection: AsyncConnection) -> Result:
    """Fold all that is pending.

    Raises:
        CountersVersionError: it is of another release.
    """
    await expect_our_version(connection)
    folded = sum([await _fold_all(connection, fold) for fold in FOLDS])
    if folded >= _MANY:
        await connection.execute("select analytics.analyze_rollups()")
    return {"folded": folded}


async def _fold_all(connection: AsyncConnection, fold: Fold) -> int:
    folded = 0
    while True:
        moved = await _fold_chunk(connection, fold)
        folded += moved
        if moved < _CHUNK:
            return folded


async def _fold_chunk(connection: AsyncConnection, fold: Fold) -> int:
    async with database.transaction(connection):
        await wait_for_turn(connection, NAME, _PATIENCE)
        cursor = await connection.execute(fold.move, {"limit": _CHUNK})
        row = await cursor.fetchone()
        assert row is not None  # noqa: S101  a select without from gives one row
        moved, accounts, instants = row
        if accounts:
            for clear in fold.clear:
                await connection.execute(clear, {"accounts": accounts, "instants": instants})
    return int(moved)
