"""`/metrics`: the request measurements, and the freshness as it is at this moment."""

import math
from collections.abc import Callable
from datetime import datetime

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from analytics_api.database.replica import Replica
from analytics_api.metrics import Metrics
from analytics_api.problems.errors import UnavailableError
from analytics_api.questions.freshness import read_as_of

# Litestar adds the charset to every text by itself.
_MEDIA_TYPE = CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8")


def metrics_route(
    metrics: Metrics, replica: Replica, probed: Replica, clock: Callable[[], datetime]
) -> HTTPRouteHandler:
    """Read the database at the scrape: a gauge set by requests would stand still while none arrive."""

    @get("/metrics", media_type=_MEDIA_TYPE)
    async def scrape() -> Response[bytes]:
        try:
            as_of = await probed.read(read_as_of)
        except UnavailableError:
            metrics.database_up.set(0)
            metrics.staleness_seconds.set(math.nan)
        else:
            metrics.database_up.set(1)
            metrics.staleness_seconds.set(math.inf if as_of is None else (clock() - as_of).total_seconds())
        metrics.reads_from_primary.set(replica.engine.fell_back)
        return Response(generate_latest(metrics.registry), media_type=_MEDIA_TYPE)

    return scrape
