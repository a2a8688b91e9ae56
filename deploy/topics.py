"""The topics, made by the deployment before the first event: `python -m deploy.topics`.

Takes the Kafka variables of every process, `TOPIC_REPLICATION_FACTOR` (1; 3 on a cluster of three and more), and
`TOPIC_COMPRESSION_TYPE` (`producer`; with `uncompressed` the broker refuses what expands to more than a batch may be).

A topic that is there already is not changed: an operator may have had reasons. What would make our numbers wrong is
refused, so that the deployment stops before the first event.
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
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, TopicAuthorizationFailedError, for_code

from services.events import CONTRACTS
from services.events.contract import EventContract
from services.kafka import KafkaSettings
from services.settings import Variables, settings_or_exit

_REQUIRED: Mapping[str, str] = {
    # The consumer judges a record's age by the broker's clock, not by the producer's.
    "message.timestamp.type": "LogAppendTime",
    # Compaction would take events away that no one has counted.
    "cleanup.policy": "delete",
}
MAX_MESSAGE_BYTES = 1_048_588
"""Of a batch as it is stored: Kafka's own default, said here so that a broker's larger one does not count."""
_COMPRESSIONS = ("PRODUCER", "UNCOMPRESSED")


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the cluster is, and how many copies it keeps."""

    kafka: KafkaSettings
    replication_factor: int = 1
    compression: str = "PRODUCER"

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Raise `SettingsError` for what is missing or malformed."""
        variables = Variables(environ)
        return cls(
            kafka=KafkaSettings.from_env(environ),
            replication_factor=variables.integer("TOPIC_REPLICATION_FACTOR", default=1, at_least=1, at_most=9),
            compression=variables.choice("TOPIC_COMPRESSION_TYPE", _COMPRESSIONS, default="PRODUCER"),
        )


def make_topics(kafka: KafkaSettings) -> None:
    """Make those that are missing with the settings of one machine; see `make`."""
    asyncio.run(make(Settings(kafka)))


async def make(settings: Settings) -> None:
    """Make those that are missing, and return once each has its leaders.

    Raises:
        KafkaError: the cluster cannot be reached, refuses a topic, or has one with settings that we cannot work with.
        TimeoutError: a partition has no leader after 30 s.
    """
    admin = AIOKafkaAdminClient(**settings.kafka.client_options())
    await admin.start()
    try:
        for contract in CONTRACTS:
            answer = await admin.create_topics([_new_topic(contract, settings)])
            for _name, code, *message in answer.topic_errors:
                error = for_code(code)
                if code != 0 and error is not TopicAlreadyExistsError:
                    raise KafkaError(f"{contract.topic}: {error.__name__} {message}")
        async with asyncio.timeout(30):
            while not await _all_led(admin):  # noqa: ASYNC110  the broker sends no event
                await asyncio.sleep(0.1)
        for contract in CONTRACTS:
            await _check(admin, contract.topic)
    finally:
        await admin.close()


def _new_topic(contract: EventContract[Any, Any], settings: Settings) -> NewTopic:
    configs = {
        **_REQUIRED,
        "retention.ms": str(round(contract.retention.total_seconds() * 1000)),
        "max.message.bytes": str(MAX_MESSAGE_BYTES),
        "compression.type": settings.compression.lower(),
    }
    return NewTopic(contract.topic, contract.partitions, settings.replication_factor, topic_configs=configs)


async def _check(admin: AIOKafkaAdminClient, topic: str) -> None:
    try:
        (answer,) = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    except TopicAuthorizationFailedError:
        return  # who may not look has not made it either
    live = {entry[0]: entry[1] for entry in answer.resources[0][4]}
    for name, wanted in _REQUIRED.items():
        if name in live and live[name] != wanted:
            raise KafkaError(
                f"{topic} has {name}={live[name]}, and has to have {wanted}: run kafka-configs.sh --alter"
                f" --entity-type topics --entity-name {topic} --add-config {name}={wanted}"
            )
    if int(live.get("max.message.bytes") or 0) > MAX_MESSAGE_BYTES:
        print(f"topics: {topic} takes batches of {live['max.message.bytes']} bytes; {MAX_MESSAGE_BYTES} are enough")


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
    """Make the topics and return the exit code; a failure is one line on standard error."""
    settings = settings_or_exit(Settings.from_env)
    try:
        asyncio.run(make(settings))
    except (KafkaError, TimeoutError) as error:
        print(f"topics: {error or type(error).__name__}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
