"""The ASGI application: the routes, and the layers that every request passes."""

from asyncio import CancelledError, create_task, gather, to_thread
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from litestar import Litestar
from litestar.types import ASGIApp

from analytics_api.auth.tokens import TokenVerifier
from analytics_api.database.replica import Replica
from analytics_api.edge.layers import Addresses, Bounds, Cors, Head, SecurityHeaders
from analytics_api.edge.observe import Observe
from analytics_api.edge.page import Page
from analytics_api.metrics import Metrics
from analytics_api.problems.responses import EXCEPTION_HANDLERS
from analytics_api.questions.answering import Answering
from analytics_api.routes.health import Readiness, health_routes
from analytics_api.routes.metrics import metrics_route
from analytics_api.routes.questions import question_routes
from analytics_api.routes.schema import schema_routes
from analytics_api.settings import Settings

if TYPE_CHECKING:
    from analytics_api.telemetry import Tracing


def create_app(settings: Settings) -> ASGIApp:
    """Return the whole application. It opens no connection before its first request."""
    metrics = Metrics()
    tracing = _tracing(settings)
    replica = Replica(
        settings.database_url,
        on_lost_snapshot=metrics.snapshots_lost.inc,
        observe=None if tracing is None else tracing.statement,
    )
    # Probes and scrapes have a connection of their own: no question, however many ask, keeps them waiting.
    probed = Replica(settings.database_url, pool_size=1)
    answering = Answering(settings=settings, verifier=_verifier(settings), replica=replica)

    @asynccontextmanager
    async def watching(_: Litestar) -> AsyncIterator[None]:
        watches = [create_task(each.watch()) for each in (replica, probed)]
        try:
            yield
        finally:
            for watch in watches:
                watch.cancel()
                with suppress(CancelledError):
                    await watch
            await gather(replica.close(), probed.close())
            if tracing is not None:
                await to_thread(tracing.close)

    routes = Litestar(
        [
            *question_routes(answering),
            *health_routes(Readiness(probed)),
            metrics_route(metrics, replica, probed, answering.clock),
            *schema_routes(),
        ],
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=[watching],
        openapi_config=None,  # ours is made from the tables that the parser uses
        logging_config=None,  # the process's own is set in `__main__`
    )
    app: ASGIApp = routes
    if settings.frontend_dist is not None:
        app = Page(app, settings.frontend_dist)
    app = Cors(Bounds(Addresses(Head(app))), settings.cors_allowed_origins)
    return Observe(SecurityHeaders(app), metrics, tracing)


def _verifier(settings: Settings) -> TokenVerifier:
    return TokenVerifier(
        secret=settings.jwt_secret,
        previous_secret=settings.jwt_previous_secret,
        keys=settings.jwt_keys,
        audience=settings.jwt_audience,
        issuer=settings.jwt_issuer,
    )


def _tracing(settings: Settings) -> "Tracing | None":
    if settings.otlp_endpoint is None:
        return None
    from analytics_api.telemetry import Tracing  # noqa: PLC0415  its extra is installed where it is asked for

    return Tracing()
