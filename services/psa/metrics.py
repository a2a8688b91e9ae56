"""What the push worker tells Prometheus."""

from services.metrics import MetricSet

METRICS = MetricSet()

OUTCOMES = METRICS.counter("push_outcomes_total", "How attempts and look-ups ended.", ["outcome"])
OUTCOMES.labels("failed")  # there from the start, or the first failure would be no increase
FAILURES = METRICS.counter("push_worker_failures_total", "Rounds of the worker that ended in an error.", ["error"])
INTENTS = METRICS.gauge("push_intents", "Intents that are not done, by state.", ["state"])
OLDEST = METRICS.gauge("push_oldest_seconds", "Age of the oldest intent that is not done, by state.", ["state"])
