from prometheus_client import CollectorRegistry, Counter, Gauge

registry = CollectorRegistry()

outcomes = Counter("psa_push_outcomes", "How attempts and look-ups ended.", ["outcome"], registry=registry)
outcomes.labels("failed")  # there from the start, or the first failure would be no increase
failures = Counter("psa_worker_failures", "Rounds of the worker that ended in an error.", ["error"], registry=registry)
intents = Gauge("psa_push_intents", "Intents that are not done, by state.", ["state"], registry=registry)
oldest = Gauge(
    "psa_push_oldest_seconds", "Age of the oldest intent that is not done, by state.", ["state"], registry=registry
)
