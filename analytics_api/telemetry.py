"""OpenTelemetry traces: a span for each request, and one for each SQL statement within it.

OpenTelemetry is an extra of its own: this module is imported only where `OTEL_EXPORTER_OTLP_ENDPOINT` is set. The
exporter reads that variable and its relatives by itself.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from services.version import VERSION

SERVICE = "flowpilot-analytics-api"
_SERVER_ERROR = 500

Describe = Callable[[str, int], None]
"""Takes the route and the status, once they are known."""


class Tracing:
    """Makes spans and hands them to the exporter from a thread of its own."""

    def __init__(self, exporter: SpanExporter | None = None) -> None:
        self._provider = TracerProvider(resource=Resource.create({SERVICE_NAME: SERVICE}), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("analytics_api", VERSION)

    @contextmanager
    def request(self, method: str, headers: Mapping[str, str]) -> Iterator[Describe]:
        """Yield a span around a request, whose `traceparent` is its parent. Describe it before it ends."""
        with self._tracer.start_as_current_span(
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
        span = self._tracer.start_span(
            text.split(maxsplit=1)[0],
            kind=SpanKind.CLIENT,
            attributes={"db.system.name": "postgresql", "db.query.text": text},
            start_time=began,
        )
        if error is not None:
            span.set_status(StatusCode.ERROR, type(error).__name__)
        span.end(ended)

    def close(self) -> None:
        """Export what is left."""
        self._provider.shutdown()
