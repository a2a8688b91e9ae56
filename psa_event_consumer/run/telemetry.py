"""OpenTelemetry traces: one span a batch, linked to what its events were sent from.

OpenTelemetry is an extra of its own: this module is imported only where `OTEL_EXPORTER_OTLP_ENDPOINT` is set. The
exporter reads that variable and its relatives by itself.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from psa_event_consumer.apply.batch import Batch, Record
from services.version import VERSION

SERVICE = "flowpilot-analytics-consumer"
_HEADER = "traceparent"
_MOST_LINKS = 128
"""As many as OpenTelemetry keeps by default: a batch may hold thousands."""


class Tracing:
    """Makes spans and hands them to the exporter from a thread of its own."""

    def __init__(self, group_id: str) -> None:
        self._provider = TracerProvider(resource=Resource.create({SERVICE_NAME: SERVICE}), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("psa_event_consumer", VERSION)
        self._group_id = group_id

    @contextmanager
    def batch(self, batch: Batch) -> Iterator[None]:
        """Yield a span around a batch's transaction, by the conventions for messaging."""
        attributes: dict[str, str | int] = {
            "messaging.system": "kafka",
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": batch.topic,
            "messaging.consumer.group.name": self._group_id,
            "messaging.batch.message_count": len(batch),
        }
        with self._tracer.start_as_current_span(
            f"process {batch.topic}", kind=SpanKind.CONSUMER, links=_links(batch), attributes=attributes
        ):
            yield

    def close(self) -> None:
        """Export what is left."""
        self._provider.shutdown()


def _links(batch: Batch) -> Sequence[Link]:
    records: list[Record] = [record for record, _ in batch.events]
    parents = {
        value.decode("ascii", "replace")
        for record in records
        for name, value in record.headers
        if name == _HEADER and value is not None
    }
    contexts = [TraceContextTextMapPropagator().extract({_HEADER: parent}) for parent in sorted(parents)[:_MOST_LINKS]]
    spans = [get_current_span(context).get_span_context() for context in contexts]
    return [Link(span) for span in spans if span.is_valid]
