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
from typing import Self

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from services.events import FLOW_MATCHED_TOPIC, PSA_PUSHED_TOPIC
from services.kafka import KafkaSettings
from services.settings import Variables, settings_or_exit

TOPICS = (FLOW_MATCHED_TOPIC, PSA_PUSHED_TOPIC)
PARTITIONS = 12
_SETTINGS = {
    "retention.ms": str(7 * 24 * 60 * 60 * 1000),
    # The consumer judges a record's age by the broker's clock, not by the producer's.
    "message.timestamp.type": "LogAppendTime",
}


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
        for topic in TOPICS:
            new = NewTopic(topic, PARTITIONS, replication_factor, topic_configs=_SETTINGS)
            answer = await admin.create_topics([new])
            for _name, code, *message in answer.topic_errors:
                error = for_code(code)
                if code != 0 and error is not TopicAlreadyExistsError:
                    raise KafkaError(f"{topic}: {error.__name__} {message}")
        async with asyncio.timeout(30):
            while not await _all_led(admin):  # noqa: ASYNC110  the broker sends no event
                await asyncio.sleep(0.1)
    finally:
        await admin.close()


async def _all_led(admin: AIOKafkaAdminClient) -> bool:
    topics = await admin.describe_topics(list(TOPICS))
    return all(
        len(topic["partitions"]) == PARTITIONS and all(partition["leader"] >= 0 for partition in topic["partitions"])
        for topic in topics
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
