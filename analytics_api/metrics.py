"""What Prometheus sees of the API, in a registry of its own."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

_LATENCY_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The API's metrics. Paths are labelled by their route, never as they were asked for."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.request_seconds = Histogram(
            "analytics_api_request_seconds",
            "Time to answer a request.",
            ["method", "route", "status"],
            buckets=_LATENCY_BUCKETS,
            registry=self.registry,
        )
        self.requests_in_progress = Gauge(
            "analytics_api_requests_in_progress", "Requests being answered.", registry=self.registry
        )
        self.staleness_seconds = Gauge(
            "analytics_api_staleness_seconds",
            "Age of the numbers on the database that requests are answered from; infinite without a heartbeat.",
            registry=self.registry,
        )
        self.database_up = Gauge(
            "analytics_api_database_up", "Whether a database answered this scrape.", registry=self.registry
        )
        self.reads_from_primary = Gauge(
            "analytics_api_reads_from_primary",
            "Whether the primary stands in for a replica that does not answer.",
            registry=self.registry,
        )
        self.snapshots_lost = Counter(
            "analytics_api_snapshots_lost_total",
            "Transactions that the database ended or cancelled, and that were tried once more.",
            registry=self.registry,
        )
