"""Samples of what must stay flat, and of what must be true at every moment."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import linear_regression

import psycopg

from tests.soak.parts import Part

EVERY_SECONDS = 2.0
WARM_UP = 0.3
"""Of the run: until then caches and pools fill."""
# In one statement, and so in one snapshot: what was written before `as_of` and is not in the numbers.
_LIES = """
    select count(*), max(fresh.as_of - event.written_at)::text, max(fresh.heartbeat_at)::text,
           max(fresh.outbox_oldest_at)::text, max(fresh.applied_until)::text, min(event.written_at)::text
    from soak.event as event cross join analytics.freshness as fresh
    where event.written_at < fresh.as_of and event.written_at > fresh.as_of - interval '90 seconds'
      and not exists (select from analytics.inbox where event_id = event.id)
"""


@dataclass
class Samples:
    """One part's, over its life."""

    seconds: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)


@dataclass
class Watching:
    """Looks at the parts that live through it all, and at the freshness that the numbers claim."""

    parts: Sequence[Part]
    primary_dsn: str
    say: Callable[[str], None]
    stop: threading.Event = field(default_factory=threading.Event)
    samples: dict[str, Samples] = field(default_factory=dict)
    asked: int = 0
    lies: list[tuple[object, ...]] = field(default_factory=list)
    """Events, the most that `as_of` was later, the heartbeat, the outbox, the partitions, the oldest of the events."""

    def run(self) -> None:
        began = time.monotonic()
        while not self.stop.wait(EVERY_SECONDS):
            for part in self.parts:
                memory, descriptors = part.memory(), part.descriptors()
                if not part.mortal and memory and descriptors:
                    samples = self.samples.setdefault(part.name, Samples())
                    samples.seconds.append(time.monotonic() - began)
                    samples.memory.append(memory)
                    samples.descriptors.append(descriptors)
            self._ask()

    def _ask(self) -> None:
        try:
            with psycopg.connect(self.primary_dsn, connect_timeout=2, options="-c statement_timeout=5s") as connection:
                row = connection.execute(_LIES.encode()).fetchone()
        except psycopg.Error:
            return
        self.asked += 1
        if row and row[0]:
            self.lies.append(row)
            self.say(f"as_of is later than events that are not counted: {row}")

    def figures(self) -> dict[str, "Flatness"]:
        return {name: Flatness.of(samples) for name, samples in self.samples.items()}


@dataclass(frozen=True)
class Flatness:
    """How a process grew after its warm-up."""

    memory_mib: float
    """At the end, by the fitted line."""
    slope_mib_per_hour: float
    growth_mib: float
    """Over the time after the warm-up, by the same line."""
    descriptors_before: int
    """The most in the first half of the time after the warm-up."""
    descriptors_after: int

    @classmethod
    def of(cls, samples: Samples) -> "Flatness":
        first = next((i for i, at in enumerate(samples.seconds) if at > samples.seconds[-1] * WARM_UP), 0)
        seconds, memory = samples.seconds[first:], [each / 2**20 for each in samples.memory[first:]]
        slope, intercept = linear_regression(seconds, memory)
        descriptors = samples.descriptors[first:]
        half = len(descriptors) // 2
        return cls(
            memory_mib=round(intercept + slope * seconds[-1], 1),
            slope_mib_per_hour=round(slope * 3600, 1),
            growth_mib=round(slope * (seconds[-1] - seconds[0]), 1),
            descriptors_before=max(descriptors[:half]),
            descriptors_after=max(descriptors[half:]),
        )
