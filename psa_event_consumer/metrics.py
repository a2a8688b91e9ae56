"""What the consumer tells Prometheus."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
_PARTITION = ("topic", "partition")

LAG_RECORDS = Gauge(
    "consumer_lag_records", "Records of the partition that are not applied yet.", _PARTITION, registry=REGISTRY
)
LAG_SECONDS = Gauge(
    "consumer_lag_seconds",
    "Age of the oldest record of the partition that is not applied; 0 without lag.",
    _PARTITION,
    registry=REGISTRY,
)
OUT_OF_LOG = Gauge(
    "consumer_offset_out_of_log",
    "1 where the stored offset is not in the partition's log: it is paused until `offsets reset`.",
    _PARTITION,
    registry=REGISTRY,
)
EVENTS = Counter(
    "consumer_events_total",
    "Records, by what became of them: applied, duplicate or dead.",
    ("type", "outcome"),
    registry=REGISTRY,
)
DEAD_LETTERS = Counter("consumer_dead_letters_total", "Records that were not applied.", ("reason",), registry=REGISTRY)
REBALANCES = Counter("consumer_rebalances_total", "Assignments received from the group.", registry=REGISTRY)
ASSIGNED = Gauge("consumer_assigned_partitions", "Partitions that this process has.", registry=REGISTRY)
BATCH_SIZE = Histogram(
    "consumer_batch_size",
    "Records a transaction.",
    buckets=(1, 10, 100, 500, 1000, 2000, 5000, 10_000),
    registry=REGISTRY,
)
TRANSACTION_SECONDS = Histogram(
    "consumer_db_tx_seconds",
    "Duration of a batch's transaction.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
FENCE_CONFLICTS = Counter(
    "consumer_fence_conflicts_total",
    "Times the positions of record were not what this process held: another consumer had moved them.",
    registry=REGISTRY,
)
OFFSET_REWINDS = Counter(
    "consumer_offset_rewinds_total",
    "Partitions whose stored offset went backwards: a failover lost commits, or a backup was restored.",
    registry=REGISTRY,
)
FAULTS = Counter("consumer_faults_total", "Faults that made the loop start anew.", ("fault",), registry=REGISTRY)
for _fault in ("database_away", "fenced", "kafka"):
    FAULTS.labels(_fault)  # there from the start, or the first one would be no increase
LAST_POLL = Gauge("consumer_last_poll_seconds", "Seconds since Kafka was last asked for records.", registry=REGISTRY)
LAST_COMMIT = Gauge("consumer_last_commit_seconds", "Seconds since a batch was last committed.", registry=REGISTRY)
DEAD_LETTER_ROWS = Gauge("dlq_rows", "Dead letters in the database.", ("status",), registry=REGISTRY)
ROLLUP_DRIFT_ROWS = Gauge(
    "rollup_drift_rows", "Rows by which the rollups differed from the facts when last compared.", registry=REGISTRY
)
JOB_SUCCESS = Gauge(
    "job_last_success_timestamp_seconds", "When any replica last finished the job.", ("job",), registry=REGISTRY
)
JOB_SECONDS = Gauge(
    "job_duration_seconds", "How long this process's last run of the job took.", ("job",), registry=REGISTRY
)
JOB_FAILURES = Counter("job_failures_total", "Runs of the job that failed here.", ("job",), registry=REGISTRY)
JOB_RESULT = Gauge(
    "job_result", "Numbers that this process's last run of the job reported.", ("job", "name"), registry=REGISTRY
)
LEADER = Gauge("leader", "1 where this process made the job's last run that was due.", ("job",), registry=REGISTRY)


class Since:
    """Seconds since something last happened; since the start, until it does."""

    def __init__(self, gauge: Gauge) -> None:
        self._at = time.monotonic()
        gauge.set_function(self.seconds)

    def seconds(self) -> float:
        """Return how long ago it was."""
        return time.monotonic() - self._at

    def now(self) -> None:
        """Count from this moment on."""
        self._at = time.monotonic()
