"""Every ten seconds: whether the main application's tables are still what we rely on, and every write was counted.

Where a trigger has let a write pass that it could not count, the rollups are not to be trusted, and the facts answer.
Readiness, metric and log say which column is the matter; events are consumed all the same.
"""

from datetime import timedelta

import structlog
from psycopg import AsyncConnection

from psa_event_consumer import metrics
from psa_event_consumer.apply.readiness import as_text, differences
from psa_event_consumer.health.state import State
from psa_event_consumer.jobs.job import Result
from shared_queries.schema_check import not_trusted, trigger_failures

NAME = "watch_rollups"
INTERVAL = timedelta(seconds=10)

log = structlog.get_logger(__name__)


async def run(connection: AsyncConnection, state: State | None) -> Result:
    """Tell what is known of this database in this process's readiness, metrics and log."""
    cursor = await connection.execute(as_text(trigger_failures()))
    found = not_trusted([(name, message) for name, message in await cursor.fetchall()])
    metrics.ROLLUPS_NOT_TRUSTED.set(bool(found))
    differing = await differences(connection)
    if state is not None:
        if found and not set(found) <= set(state.rollup_problems):
            log.error("rollups_not_trusted", problems=found)
        if differing and not set(differing) <= set(state.rollup_problems):
            log.error("schema_differs", differences=differing)
        state.rollup_problems = [*found, *differing]
    return {"failures": len(found), "differences": len(differing)}
