from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from services.kafka import KafkaSettings
from services.settings import Variables


@dataclass(frozen=True, slots=True)
class RelaySettings:
    """The relay's settings, read once."""

    database_url: str = field(repr=False)
    """The primary, as a role that has `analytics_relay`."""
    kafka: KafkaSettings
    poll_seconds: float
    """How long an empty outbox is left alone."""
    metrics_port: int | None
    """Where Prometheus metrics are served; None for nowhere."""
    traces: bool
    """Whether OTEL_EXPORTER_OTLP_ENDPOINT is set."""
    log_level: str

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the variables of docs/design.md, section 8.

        Raises:
            SettingsError: one is missing or malformed.
        """
        variables = Variables(environ)
        return cls(
            database_url=variables.database_url("OUTBOX_DATABASE_URL"),
            kafka=KafkaSettings.from_env(environ),
            poll_seconds=variables.integer("OUTBOX_POLL_MS", default=100, at_least=1, at_most=60_000) / 1000,
            metrics_port=variables.port("METRICS_PORT", default=None),
            traces=variables.traces(),
            log_level=variables.log_level(),
        )
