"""The jobs, run as the consumer runs them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from psycopg import AsyncConnection

from psa_event_consumer.jobs import compact_rollups, reconcile
from psa_event_consumer.jobs.job import BusyError
from tests.infra.database import Database


def compact(database: Database) -> int:
    """How many deltas were folded; none while another run holds the lock."""
    return int(_run(database, compact_rollups.run).get("folded", 0))


def reconcile_once(database: Database) -> Mapping[str, Any]:
    return _run(database, reconcile.run)


def _run(database: Database, job: Callable[[AsyncConnection], Awaitable[Mapping[str, Any]]]) -> Mapping[str, Any]:
    async def run() -> Mapping[str, Any]:
        dsn = database.dsn_for("flowpilot_consumer")
        async with await AsyncConnection.connect(dsn, autocommit=True) as connection:
            try:
                return await job(connection)
            except BusyError:
                return {}

    return asyncio.run(run())
