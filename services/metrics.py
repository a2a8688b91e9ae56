"""The one way to declare a metric: its name, its meaning, its labels.

`docs/observability.md` is made from these declarations (`python -m deploy.observability`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

PREFIX: Final = "flowpilot_"
"""Of every metric of every process of ours."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What the documentation says of one metric."""

    name: str
    """As Prometheus stores it: a histogram's without `_bucket`, `_sum` and `_count`."""
    kind: Literal["counter", "gauge", "histogram"]
    meaning: str
    labels: tuple[str, ...]


class MetricSet:
    """The metrics of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.definitions: list[Definition] = []

    def counter(self, name: str, meaning: str, labels: Sequence[str] = ()) -> Counter:
        """Declare a counter; its name ends in `_total`."""
        return Counter(self._define(name, "counter", meaning, labels), meaning, labels, registry=self.registry)

    def gauge(self, name: str, meaning: str, labels: Sequence[str] = ()) -> Gauge:
        """Declare a gauge."""
        return Gauge(self._define(name, "gauge", meaning, labels), meaning, labels, registry=self.registry)

    def histogram(
        self,
        name: str,
        meaning: str,
        labels: Sequence[str] = (),
        *,
        buckets: Sequence[float] = Histogram.DEFAULT_BUCKETS,
    ) -> Histogram:
        """Declare a histogram."""
        defined = self._define(name, "histogram", meaning, labels)
        return Histogram(defined, meaning, labels, buckets=buckets, registry=self.registry)

    def _define(
        self, name: str, kind: Literal["counter", "gauge", "histogram"], meaning: str, labels: Sequence[str]
    ) -> str:
        definition = Definition(PREFIX + name, kind, meaning, tuple(labels))
        self.definitions.append(definition)
        return definition.name
