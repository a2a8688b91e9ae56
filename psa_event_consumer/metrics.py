"""What the consumer tells Prometheus."""

from services.metrics import MetricSet

METRICS = MetricSet()
_PARTITION = ("topic", "partition")

LAG_RECORDS = METRICS.gauge("consumer_lag_records", "Records of the partition that are not applied yet.", _PARTITION)
LAG_SECONDS = METRICS.gauge(
    "consumer_lag_seconds", "Age of the oldest record of the partition that is not applied; 0 without lag.", _PARTITION
)
OUT_OF_LOG = METRICS.gauge(
    "consumer_offset_out_of_log",
    "1 where the stored offset is not in the partition's log: it is paused until `offsets reset`.",
    _PARTITION,
)
OPEN_TRANSACTION = METRICS.gauge(
    "consumer_open_transaction_seconds",
    "How long an open transaction of some producer has held back all that is left of the partition.",
    _PARTITION,
)
UNCONFIRMED = METRICS.gauge(
    "consumer_unconfirmed_partitions",
    "Partitions of the group whose position no consumer has confirmed for 30 seconds: no one owns them, or they wait.",
)
PROBLEMS = METRICS.gauge("consumer_problems", "Reasons that `/readyz` gives why this process is not ready.")
EVENTS = METRICS.counter(
    "consumer_events_total", "Records, by what became of them: applied, duplicate or dead.", ("type", "outcome")
)
DEAD_LETTERS = METRICS.counter("consumer_dead_letters_total", "Records that were not applied.", ("reason",))
REBALANCES = METRICS.counter("consumer_rebalances_total", "Assignments received from the group.")
ASSIGNED = METRICS.gauge("consumer_assigned_partitions", "Partitions that this process has.")
BATCH_RECORDS = METRICS.histogram(
    "consumer_batch_records", "Records per transaction.", buckets=(1, 10, 100, 500, 1000, 2000, 5000, 10_000)
)
TRANSACTION_SECONDS = METRICS.histogram(
    "consumer_transaction_seconds",
    "Duration of a batch's transaction.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
FENCE_CONFLICTS = METRICS.counter(
    "consumer_fence_conflicts_total",
    "Times the positions of record were not what this process held: another consumer had moved them.",
)
OFFSET_REWINDS = METRICS.counter(
    "consumer_offset_rewinds_total",
    "Partitions whose stored offset went backwards: a failover lost commits, or a backup was restored.",
)
FAULTS = METRICS.counter("consumer_faults_total", "Faults that made the loop start again.", ("fault",))
for _fault in ("database_away", "fenced", "kafka"):
    FAULTS.labels(_fault)  # there from the start, or the first one would be no increase
LAST_FETCH = METRICS.gauge("consumer_last_fetch_seconds", "Seconds since records were last fetched.")
LAST_APPLY = METRICS.gauge("consumer_last_apply_seconds", "Seconds since a batch was last applied.")
DEAD_LETTER_ROWS = METRICS.gauge("consumer_dead_letter_rows", "Dead letters in the database.", ("status",))
ROLLUP_DRIFT_ROWS = METRICS.gauge(
    "rollup_drift_rows", "Rows by which the rollups differed from the facts when last compared."
)
ROLLUPS_NOT_TRUSTED = METRICS.gauge(
    "rollups_not_trusted", "1 while a write of the main application is missing in the rollups, and the facts answer."
)
COUNTERS_VERSION_DIFFERS = METRICS.gauge(
    "rollup_counters_version_differs",
    "1 where the database counts by another version of the counters than this process: it leaves the rollups alone.",
)
JOB_SUCCESS = METRICS.gauge("job_last_success_timestamp_seconds", "When any replica last finished the job.", ("job",))
JOB_SECONDS = METRICS.gauge("job_duration_seconds", "How long this process's last run of the job took.", ("job",))
JOB_FAILURES = METRICS.counter("job_failures_total", "Runs of the job that failed here.", ("job",))
JOB_RESULT = METRICS.gauge("job_result", "Numbers that this process's last run of the job reported.", ("job", "name"))
JOB_LEADER = METRICS.gauge("job_leader", "1 where this process made the job's last run that was due.", ("job",))
