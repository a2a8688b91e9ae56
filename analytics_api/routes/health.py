"""Whether the process lives, and whether it can answer."""

import time
from typing import Any

import structlog
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from analytics_api.database.replica import Replica
from analytics_api.database.schema_state import rollup_faults, schema_differences
from analytics_api.problems.errors import UnavailableError
from analytics_api.questions.freshness import read_as_of

SCHEMA_CHECK_SECONDS = 30

log = structlog.get_logger(__name__)


class Readiness:
    """Ready while a database answers and its schema is one with which questions can be answered.

    The catalogs are read again every half minute, so that a migration is noticed without a load on every probe; a
    schema that differed is read again at once, since somebody is probably mending it.
    """

    def __init__(self, replica: Replica) -> None:
        self._replica = replica
        self._good_until = float("-inf")

    async def obstacles(self) -> list[str]:
        """Return what stands in the way, in sentences; empty when ready."""
        try:
            if time.monotonic() < self._good_until:
                await self._replica.read(read_as_of)
                return []
            found = await self._replica.read(schema_differences)
            faults = [] if found.obstacles else await self._replica.read(rollup_faults)
        except UnavailableError as error:
            return [str(error)]
        if found.obstacles:
            return found.obstacles
        if found.all:
            # The main application's own affair: a renamed column is found, and one that is gone fails who reads it.
            log.warning("main_app_differs", differences=found.all)
        if faults:
            # The facts answer: slower, and as right.
            log.warning("rollups_not_trusted", problems=faults)
        self._good_until = time.monotonic() + SCHEMA_CHECK_SECONDS
        return []


def health_routes(readiness: Readiness) -> list[HTTPRouteHandler]:
    """`/health/live` and `/health/ready`."""

    @get("/health/live", sync_to_thread=False)
    def live() -> dict[str, str]:
        return {"status": "live"}

    @get("/health/ready")
    async def ready() -> Response[dict[str, Any]]:
        obstacles = await readiness.obstacles()
        if obstacles:
            log.warning("not_ready", obstacles=obstacles)
            # Names of tables and columns are for the log: anyone may ask this address.
            return Response({"status": "not ready", "problems": len(obstacles)}, status_code=503)
        return Response({"status": "ready"})

    return [live, ready]
