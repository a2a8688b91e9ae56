"""One log line and one measurement per request. Neither holds a token, a query string or a raw path."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from litestar.types import ASGIApp, HTTPResponseStartEvent, HTTPScope, Receive, Send

from analytics_api.edge.layers import UNMATCHED, HttpLayer, on_start
from analytics_api.metrics import Metrics

if TYPE_CHECKING:
    from analytics_api.telemetry import Tracing

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
# Asked for every few seconds by machines: worth a measurement, not a line.
_QUIET_ROUTES = frozenset({"/health/live", "/health/ready", "/metrics"})

log = structlog.get_logger("analytics_api.access")


class Observe(HttpLayer):
    """The outermost layer, so that refusals of the others are seen as well."""

    def __init__(self, app: ASGIApp, metrics: Metrics, tracing: "Tracing | None" = None) -> None:
        super().__init__(app)
        self._metrics = metrics
        self._tracing = tracing

    async def handle(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        status = 500
        method = scope["method"] if scope["method"] in _METHODS else "other"
        request_id = str(uuid4())
        structlog.contextvars.bind_contextvars(request_id=request_id)

        def note(message: HTTPResponseStartEvent) -> None:
            nonlocal status
            status = message["status"]
            message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]

        started = time.perf_counter()
        with self._traced(method, scope) as describe, self._metrics.requests_in_progress.track_inprogress():
            try:
                await self.app(scope, receive, on_start(send, note))
            finally:
                # Litestar leaves the template of the route that it found; labels must come from a closed set.
                route = str(scope.get("path_template", UNMATCHED))
                describe(route, status)
                self._report(method, route, status, time.perf_counter() - started)
                structlog.contextvars.unbind_contextvars("request_id")

    def _traced(self, method: str, scope: HTTPScope) -> AbstractContextManager[Callable[[str, int], None]]:
        if self._tracing is None:
            return nullcontext(lambda _route, _status: None)
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        return self._tracing.request(method, headers)

    def _report(self, method: str, route: str, status: int, seconds: float) -> None:
        self._metrics.request_seconds.labels(method, route, str(status)).observe(seconds)
        level = log.debug if route in _QUIET_ROUTES else log.info
        level("request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 2))
