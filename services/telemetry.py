"""OpenTelemetry traces: how every process of ours makes them.

OpenTelemetry is an extra of its own: import this module only where `OTEL_EXPORTER_OTLP_ENDPOINT` is set. The exporter
reads that variable and its relatives by itself.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Link, SpanKind, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from services.version import VERSION

MOST_LINKS: Final = 128
"""As many as OpenTelemetry keeps by default: a batch may hold thousands."""
_HEADER: Final = "traceparent"


class Tracing:
    """Makes spans and hands them to the exporter from a thread of its own."""

    def __init__(self, service: str, scope: str, exporter: SpanExporter | None = None) -> None:
        self._provider = TracerProvider(resource=Resource.create({SERVICE_NAME: service}), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter or OTLPSpanExporter()))
        self.tracer = self._provider.get_tracer(scope, VERSION)

    @contextmanager
    def span(
        self, name: str, kind: str, attributes: Mapping[str, str | int], parents: Collection[str] = ()
    ) -> Iterator[None]:
        """Yield a span, linked to those of these `traceparent`s. `kind`: PRODUCER, CONSUMER, CLIENT or SERVER."""
        with self.tracer.start_as_current_span(
            name, kind=SpanKind[kind], links=links_to(parents), attributes=dict(attributes)
        ):
            yield

    def close(self) -> None:
        """Export what is left."""
        self._provider.shutdown()


def links_to(parents: Collection[str]) -> Sequence[Link]:
    """Return a link to each span that a W3C `traceparent` names, to so many of them."""
    carriers = [{_HEADER: parent} for parent in sorted(set(parents))[:MOST_LINKS]]
    spans = [
        get_current_span(TraceContextTextMapPropagator().extract(carrier)).get_span_context() for carrier in carriers
    ]
    return [Link(span) for span in spans if span.is_valid]
