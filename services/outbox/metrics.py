from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

registry = CollectorRegistry()

published = Counter("outbox_published", "Events that Kafka acknowledged.", ["topic"], registry=registry)
failures = Counter("outbox_relay_failures", "Rounds that ended in an error.", ["error"], registry=registry)
producer_starts = Counter("outbox_producer_starts", "Producers made, the first included.", registry=registry)
rows = Gauge("outbox_rows", "Rows that wait, counted up to 100,000.", registry=registry)
oldest = Gauge("outbox_oldest_seconds", "Age of the oldest row that waits.", registry=registry)
held_rows = Gauge("outbox_held_rows", "Rows that Kafka refused and that this relay passes over.", registry=registry)
held_topics = Gauge(
    "outbox_held_topics", "Topics that Kafka does not have or does not let us write.", registry=registry
)
round_seconds = Histogram("outbox_round_seconds", "One claim, publish and delete of at least a row.", registry=registry)
