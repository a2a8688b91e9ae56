"""A span for each batch, linked to the spans that its events were sent in."""

from collections.abc import Iterator
from contextlib import contextmanager

from psa_event_consumer.apply.batch import Batch
from services.telemetry import Tracing

SERVICE = "flowpilot-analytics-consumer"
_HEADER = "traceparent"


class BatchTracing(Tracing):
    """Makes the spans of a consumer of this group."""

    def __init__(self, group_id: str) -> None:
        super().__init__(SERVICE, "psa_event_consumer")
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
        with self.span(f"process {batch.topic}", "CONSUMER", attributes, _parents(batch)):
            yield


def _parents(batch: Batch) -> set[str]:
    return {
        value.decode("ascii", "replace")
        for record, _ in batch.events
        for name, value in record.headers
        if name == _HEADER and value is not None
    }
