"""Every ten seconds: whether a trigger has let a write of the main application pass that it could not count.

The rollups are not to be trusted then, and the facts answer. Readiness, metric and log say which column is the matter.
"""

from datetime import timedelta

import structlog
from psycopg import AsyncConnection

from psa_event_consumer import metrics
from psa_event_consumer.apply.database import as_text
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
    if state is not None:
        if found and found != state.rollup_problems:
            log.error("rollups_not_trusted", problems=found)
        state.rollup_problems = found
    return {"failures": len(found)}
