"""The scheduled jobs: one file each, and this one table of them all."""

from datetime import timedelta
from functools import partial

from psa_event_consumer.health.state import State
from psa_event_consumer.health.watchdog import Watchdog
from psa_event_consumer.jobs import (
    compact_rollups,
    heartbeat,
    purge_inbox,
    purge_outbox,
    reconcile,
    success_rate,
    watch_rollups,
)
from psa_event_consumer.jobs.job import Job
from psa_event_consumer.kafka.gate import Gate
from psa_event_consumer.settings import ConsumerSettings


def all_jobs(
    settings: ConsumerSettings, gate: Gate | None = None, watchdog: Watchdog | None = None, state: State | None = None
) -> dict[str, Job]:
    """Every job by name; gate, watchdog and state where a consumer runs in this process."""
    beat = partial(heartbeat.run, group_id=settings.group_id, gate=gate, watchdog=watchdog)
    purge = partial(purge_inbox.run, retention=settings.inbox_retention)
    watch = partial(watch_rollups.run, state=state)
    table = (
        Job(heartbeat.NAME, heartbeat.INTERVAL, beat, timeout=timedelta(seconds=10), on_every_replica=True),
        Job(compact_rollups.NAME, compact_rollups.INTERVAL, compact_rollups.run, timeout=timedelta(minutes=10)),
        Job(success_rate.NAME, success_rate.INTERVAL, success_rate.run, timeout=timedelta(minutes=10)),
        Job(reconcile.NAME, reconcile.INTERVAL, reconcile.run, timeout=timedelta(minutes=30)),
        Job(watch_rollups.NAME, watch_rollups.INTERVAL, watch, timeout=timedelta(seconds=30), on_every_replica=True),
        Job(purge_outbox.NAME, purge_outbox.INTERVAL, purge_outbox.run, timeout=timedelta(minutes=1)),
        Job(purge_inbox.NAME, purge_inbox.INTERVAL, purge, timeout=timedelta(minutes=30)),
    )
    return {job.name: job for job in table}
