"""Whether this release may touch what the database counts.

A database of another release counts by another version of the counters. To fold a row whose counters we do not know
would lose them, so such a job waits: it does nothing, and says so in the log, in a metric (with an alert) and in
`analytics.job_run`. Its own statements look once more, in the snapshot in which they work.
"""

import structlog
from psycopg import AsyncConnection, errors

from psa_event_consumer import metrics
from shared_queries.sums import COUNTERS_VERSION

log = structlog.get_logger(__name__)


class CountersVersionError(Exception):
    """The database counts by another version of the counters than this release."""

    def __init__(self, found: int | None) -> None:
        advice = (
            "run python -m deploy.migrations upgrade of this release"
            if found is None or found < COUNTERS_VERSION
            else "roll out the consumer of the database's release"
        )
        super().__init__(f"the database counts by version {found}, this consumer by {COUNTERS_VERSION}: {advice}")


async def expect_our_version(connection: AsyncConnection) -> None:
    """Make sure that the database counts by the version that this release knows.

    Raises:
        CountersVersionError: the job has to wait for the other release.
    """
    found = await _version(connection)
    metrics.COUNTERS_VERSION_DIFFERS.set(found != COUNTERS_VERSION)
    if found != COUNTERS_VERSION:
        raise CountersVersionError(found)


async def _version(connection: AsyncConnection) -> int | None:
    try:
        async with connection.transaction():
            cursor = await connection.execute("select counters_version from analytics.rollup_state")
            row = await cursor.fetchone()
    except (errors.UndefinedColumn, errors.UndefinedTable):
        return None  # a release before counters had versions
    return None if row is None else row[0]
