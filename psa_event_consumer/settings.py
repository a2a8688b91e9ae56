"""The process's settings: read once, in `main`, and handed down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Self

from services.kafka import KafkaSettings
from services.settings import Variables

_A_CENTURY_OF_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class ConsumerSettings:
    """What the consumer needs from its environment."""

    database_url: str = field(repr=False)
    """CONSUMER_DATABASE_URL: the primary; several hosts are fine, the one that takes writes is chosen."""
    kafka: KafkaSettings
    """The KAFKA_* set."""
    group_id: str
    """KAFKA_GROUP_ID: also names our offsets and dead letters in the database."""
    health_port: int
    """HEALTH_PORT: /livez, /readyz and /metrics."""
    inbox_retention: timedelta
    """INBOX_RETENTION_DAYS: how long an applied id is remembered; more than the topics keep."""
    log_level: str
    """LOG_LEVEL."""
    traces: bool = False
    """Whether OTEL_EXPORTER_OTLP_ENDPOINT is set, which the exporter reads by itself."""

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the variables above.

        Raises:
            SettingsError: one of them is missing or malformed.
        """
        variables = Variables(environ)
        days = variables.integer("INBOX_RETENTION_DAYS", default=30, at_least=1, at_most=_A_CENTURY_OF_DAYS)
        return cls(
            database_url=variables.database_url("CONSUMER_DATABASE_URL", reads_main_app=True),
            kafka=KafkaSettings.from_env(environ),
            group_id=variables.optional("KAFKA_GROUP_ID") or "psa-event-consumer",
            health_port=variables.port("HEALTH_PORT", default=8081) or 8081,
            inbox_retention=timedelta(days=days),
            log_level=variables.log_level(),
            traces=variables.traces(),
        )
