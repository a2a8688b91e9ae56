"""One log line and one measurement per request. Neither holds a token, a query string or a raw path."""

import time
from uuid import uuid4

import structlog
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Receive, Send

from analytics_api.edge.asgi import HttpLayer, on_start
from analytics_api.metrics import Metrics

UNMATCHED = "unmatched"
_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
# Asked for every few seconds by machines: worth a measurement, not a line.
_QUIET_ROUTES = frozenset({"/health/live", "/health/ready", "/metrics"})

log = structlog.get_logger("analytics_api.access")


class Observe(HttpLayer):
    """The outermost layer, so that refusals of the others are seen as well."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        super().__init__(app)
        self._metrics = metrics

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        status, method = 500, scope["method"]
        request_id = str(uuid4())
        structlog.contextvars.bind_contextvars(request_id=request_id)

        def note(message: HTTPResponseStartEvent) -> None:
            nonlocal status
            status = message["status"]
            message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]

        started = time.perf_counter()
        try:
            with self._metrics.requests_in_progress.track_inprogress():
                await self.app(scope, receive, on_start(send, note))
        finally:
            self._report(method, scope, status, time.perf_counter() - started)
            structlog.contextvars.unbind_contextvars("request_id")

    def _report(self, method: str, scope: HTTPScope, status: int, seconds: float) -> None:
        # Litestar leaves the template of the route that it found; labels must come from a closed set.
        route = str(scope.get("path_template", UNMATCHED))
        method = method if method in _METHODS else "other"
        self._metrics.request_seconds.labels(method, route, str(status)).observe(seconds)
        level = log.debug if route in _QUIET_ROUTES else log.info
        level("request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 2))
