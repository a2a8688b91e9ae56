"""The topics, made by the deployment before the first event: `python -m deploy.topics`.

Takes the Kafka variables of every process, and `TOPIC_REPLICATION_FACTOR` (1; 3 on a cluster of three and more).
"""

from services.extras import require

if __name__ == "__main__":
    require("relay")

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from services.events import CONTRACTS
from services.events.contract import EventContract
from services.kafka import KafkaSettings
from services.settings import Variables, settings_or_exit

# The consumer judges a record's age by the broker's clock, not by the producer's.
_SETTINGS = {"message.timestamp.type": "LogAppendTime"}


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the cluster is, and how many copies it keeps."""

    kafka: KafkaSettings
    replication_factor: int

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Raise `SettingsError` for what is missing or malformed."""
        variables = Variables(environ)
        return cls(
            kafka=KafkaSettings.from_env(environ),
            replication_factor=variables.integer("TOPIC_REPLICATION_FACTOR", default=1, at_least=1, at_most=9),
        )


def make_topics(kafka: KafkaSettings, replication_factor: int = 1) -> None:
    """Make those that are missing, and returns once each has its leaders.

    Raises:
        KafkaError: the cluster cannot be reached, or refuses a topic.
        TimeoutError: a partition has no leader after 30 s.
    """
    asyncio.run(_make_topics(kafka, replication_factor))


async def _make_topics(kafka: KafkaSettings, replication_factor: int) -> None:
    admin = AIOKafkaAdminClient(**kafka.client_options())
    await admin.start()
    try:
        for contract in CONTRACTS:
            answer = await admin.create_topics([_new_topic(contract, replication_factor)])
            for _name, code, *message in answer.topic_errors:
                error = for_code(code)
                if code != 0 and error is not TopicAlreadyExistsError:
                    raise KafkaError(f"{contract.topic}: {error.__name__} {message}")
        async with asyncio.timeout(30):
            while not await _all_led(admin):  # noqa: ASYNC110  the broker sends no event
                await asyncio.sleep(0.1)
    finally:
        await admin.close()


def _new_topic(contract: EventContract[Any, Any], replication_factor: int) -> NewTopic:
    retention_ms = round(contract.retention.total_seconds() * 1000)
    settings = _SETTINGS | {"retention.ms": str(retention_ms)}
    return NewTopic(contract.topic, contract.partitions, replication_factor, topic_configs=settings)


async def _all_led(admin: AIOKafkaAdminClient) -> bool:
    partitions = {
        topic["topic"]: topic["partitions"] for topic in await admin.describe_topics([each.topic for each in CONTRACTS])
    }
    # More than we make is fine: an operator may have added some.
    return all(
        len(partitions[contract.topic]) >= contract.partitions
        and all(partition["leader"] >= 0 for partition in partitions[contract.topic])
        for contract in CONTRACTS
    )


def main() -> int:
    """Make the topics and returns the exit code; a failure is one line on standard error."""
    settings = settings_or_exit(Settings.from_env)
    try:
        make_topics(settings.kafka, settings.replication_factor)
    except (KafkaError, TimeoutError) as error:
        print(f"topics: {error or type(error).__name__}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
