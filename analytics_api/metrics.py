"""What the API tells Prometheus."""

from typing import Final

from services.metrics import MetricSet

_LATENCY_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The metrics of one application. Paths are labelled by their route, never as they were asked for."""

    def __init__(self) -> None:
        self.declared = MetricSet()
        self.registry = self.declared.registry
        self.request_seconds = self.declared.histogram(
            "api_request_seconds",
            "Time to answer a request.",
            ["method", "route", "status"],
            buckets=_LATENCY_BUCKETS,
        )
        self.requests_in_progress = self.declared.gauge("api_requests_in_progress", "Requests being answered.")
        self.staleness_seconds = self.declared.gauge(
            "api_staleness_seconds",
            "Age of the numbers on the database that requests are answered from; infinite without a heartbeat.",
        )
        self.database_up = self.declared.gauge("api_database_up", "Whether a database answered this scrape.")
        self.reads_from_primary = self.declared.gauge(
            "api_reads_from_primary", "Whether the primary stands in for a replica that does not answer."
        )
        self.snapshots_lost = self.declared.counter(
            "api_snapshots_lost_total",
            "Transactions that the database ended or cancelled, and that were tried once more.",
        )
