"""OpenTelemetry traces: a span for each request, and one for each SQL statement within it.

OpenTelemetry is an extra of its own: this module is imported only where `OTEL_EXPORTER_OTLP_ENDPOINT` is set. The
exporter reads that variable and its relatives by itself.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

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

    def watch(self, engine: AsyncEngine) -> None:
        """Put a span around each statement of the engine: the text with its placeholders, never a value."""

        def before(_: Any, __: Any, statement: str, ___: Any, context: Any, ____: Any) -> None:  # noqa: ANN401  SQLAlchemy's signature
            context.span = self._tracer.start_span(
                statement.split(maxsplit=1)[0],
                kind=SpanKind.CLIENT,
                attributes={"db.system.name": "postgresql", "db.query.text": statement},
            )

        def after(_: Any, __: Any, ___: str, ____: Any, context: Any, _____: Any) -> None:  # noqa: ANN401  the same
            context.span.end()

        def failed(context: Any) -> None:  # noqa: ANN401  the same
            span = getattr(context.execution_context, "span", None)
            if span is not None:
                span.set_status(StatusCode.ERROR, type(context.original_exception).__name__)
                span.end()

        event.listen(engine.sync_engine, "before_cursor_execute", before)
        event.listen(engine.sync_engine, "after_cursor_execute", after)
        event.listen(engine.sync_engine, "handle_error", failed)

    def close(self) -> None:
        """Export what is left."""
        self._provider.shutdown()
