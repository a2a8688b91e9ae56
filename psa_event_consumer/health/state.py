"""The process's condition, for the probes, the metrics and the watchdog."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import get_args

from prometheus_client import Gauge

from psa_event_consumer import metrics
from psa_event_consumer.apply.batch import Batch, Reason
from psa_event_consumer.apply.transaction import Outcome
from psa_event_consumer.kafka.client import MAX_POLL_INTERVAL_SECONDS
from services.events import CONTRACTS

# There from the start, or the first one would be no increase.
_DEAD_LETTERS = {reason: metrics.DEAD_LETTERS.labels(reason) for reason in get_args(Reason)}
_EVENTS = {
    contract.topic: {
        outcome: metrics.EVENTS.labels(contract.event_type, outcome) for outcome in ("applied", "duplicate", "dead")
    }
    for contract in CONTRACTS
}


class Since:
    """Seconds since something last happened; since the start, until it does."""

    def __init__(self, gauge: Gauge) -> None:
        self._at = time.monotonic()
        gauge.set_function(self.seconds)

    def seconds(self) -> float:
        """Return how long ago it was."""
        return time.monotonic() - self._at

    def restart(self) -> None:
        """Count from now on."""
        self._at = time.monotonic()


@dataclass(slots=True)
class State:
    """Written by the loop and the jobs, read by the probes and the watchdog."""

    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    problem: str | None = "starting"
    """Why nothing is consumed at the moment; None while all is well."""
    rollup_problems: list[str] = field(default_factory=list)
    """Why the rollups are not to be trusted, and how the schema differs; events are consumed all the same."""
    faults_in_a_row: int = 0
    """Since records were last applied, or there were none to apply."""
    _ticked_at: float = field(default_factory=time.monotonic)
    _progress_at: float = field(default_factory=time.monotonic)
    _last_fetch: Since = field(default_factory=lambda: Since(metrics.LAST_FETCH))
    _last_apply: Since = field(default_factory=lambda: Since(metrics.LAST_APPLY))

    def ticked(self) -> None:
        """Note that the loop is alive."""
        self._ticked_at = time.monotonic()

    def is_alive(self) -> bool:
        """Whether the loop has moved lately.

        Says nothing about Kafka or PostgreSQL: a restart repairs neither, and each disturbs the whole group.
        """
        return time.monotonic() - self._ticked_at < MAX_POLL_INTERVAL_SECONDS

    def works(self, is_open: bool) -> None:  # noqa: FBT001  the gate's own word
        """Note that the gate was opened, or that a rebalance kept it closed."""
        self.ticked()
        if is_open:
            self.problem = None

    def failed(self, problem: str) -> None:
        """Note that the loop met a fault and starts again."""
        self.ticked()
        self.problem = problem
        self.faults_in_a_row += 1

    def fetched(self) -> None:
        """Note that Kafka has answered, with or without records."""
        self._last_fetch.restart()

    def applied(self, batch: Batch, outcome: Outcome, seconds: float) -> None:
        """Note that a batch is applied: committed in the database."""
        self.progressed()
        self._last_apply.restart()
        metrics.TRANSACTION_SECONDS.observe(seconds)
        metrics.BATCH_RECORDS.observe(len(batch))
        became = _EVENTS[batch.topic]
        became["applied"].inc(outcome.applied)
        became["duplicate"].inc(outcome.duplicates)
        became["dead"].inc(len(outcome.dead))
        for letter in outcome.dead:
            _DEAD_LETTERS[letter.reason].inc()

    def progressed(self) -> None:
        """Note that records were applied, or that there were none to apply."""
        self._progress_at = time.monotonic()
        self.faults_in_a_row = 0

    def seconds_without_progress(self) -> float:
        """Return how long records have been waiting while nothing was applied."""
        return time.monotonic() - self._progress_at
