"""What the relay tells Prometheus."""

from services.metrics import MetricSet

METRICS = MetricSet()

PUBLISHED = METRICS.counter("relay_published_total", "Events that Kafka acknowledged.", ["topic"])
FAILURES = METRICS.counter("relay_failures_total", "Rounds that ended in an error.", ["error"])
PRODUCER_STARTS = METRICS.counter("relay_producer_starts_total", "Producers made, the first included.")
OUTBOX_ROWS = METRICS.gauge("relay_outbox_rows", "Rows that wait in the outbox, counted up to 100,000.")
OUTBOX_OLDEST = METRICS.gauge("relay_outbox_oldest_seconds", "Age of the oldest row that waits in the outbox.")
HELD_ROWS = METRICS.gauge("relay_held_rows", "Rows that Kafka refused and that this relay passes over.")
HELD_TOPICS = METRICS.gauge("relay_held_topics", "Topics that Kafka does not have or does not let us write.")
ROUND_SECONDS = METRICS.histogram("relay_round_seconds", "One claim, publish and delete of at least one row.")
