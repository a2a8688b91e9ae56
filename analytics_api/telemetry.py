"""A span for each request, and one for each SQL statement within it; made as every process makes its spans.

OpenTelemetry is an extra of its own: this module is imported only where `OTEL_EXPORTER_OTLP_ENDPOINT` is set.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.propagate import extract
from opentelemetry.trace import SpanKind, StatusCode

from services import telemetry

SERVICE = "flowpilot-analytics-api"
_SERVER_ERROR = 500

Describe = Callable[[str, int], None]
"""Takes the route and the status, once they are known."""


class Tracing(telemetry.Tracing):
    """Makes the spans of the API."""

    def __init__(self) -> None:
        super().__init__(SERVICE, "analytics_api")

    @contextmanager
    def request(self, method: str, headers: Mapping[str, str]) -> Iterator[Describe]:
        """Yield a span around a request, whose `traceparent` is its parent. Describe it before it ends."""
        with self.tracer.start_as_current_span(
            method, extract(headers), SpanKind.SERVER, attributes={"http.request.method": method}
        ) as span:

            def describe(route: str, status: int) -> None:
                span.update_name(f"{method} {route}")
                span.set_attributes({"http.route": route, "http.response.status_code": status})
                if status >= _SERVER_ERROR:
                    span.set_status(StatusCode.ERROR)

            yield describe

    def statement(self, text: str, began: int, ended: int, error: BaseException | None) -> None:
        """Record a span of a statement that has run: its text with its placeholders, never a value."""
        span = self.tracer.start_span(
            text.split(maxsplit=1)[0],
            kind=SpanKind.CLIENT,
            attributes={"db.system.name": "postgresql", "db.query.text": text},
            start_time=began,
        )
        if error is not None:
            span.set_status(StatusCode.ERROR, type(error).__name__)
        span.end(ended)
