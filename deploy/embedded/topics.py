"""The topics, made by the deployment before the first event."""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

TOPICS = ("flowpilot.flow-matched.v1", "flowpilot.psa-pushed.v1")
PARTITIONS = 12
_SETTINGS = {
    "retention.ms": str(7 * 24 * 60 * 60 * 1000),
    # The consumer judges a record's age by the broker's clock, not by the producer's.
    "message.timestamp.type": "LogAppendTime",
}


def make_topics(bootstrap: str) -> None:
    """Makes those that are missing, and returns once each has its leaders."""
    asyncio.run(_make_topics(bootstrap))


async def _make_topics(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        for topic in TOPICS:
            new = NewTopic(topic, num_partitions=PARTITIONS, replication_factor=1, topic_configs=_SETTINGS)
            answer = await admin.create_topics([new])
            for _name, code, *message in answer.topic_errors:
                error = for_code(code)
                if code != 0 and error is not TopicAlreadyExistsError:
                    raise KafkaError(f"{topic}: {error.__name__} {message}")
        async with asyncio.timeout(30):
            while not await _all_led(admin):  # noqa: ASYNC110 - the broker sends no event
                await asyncio.sleep(0.1)
    finally:
        await admin.close()


async def _all_led(admin: AIOKafkaAdminClient) -> bool:
    topics = await admin.describe_topics(list(TOPICS))
    return all(
        len(topic["partitions"]) == PARTITIONS and all(partition["leader"] >= 0 for partition in topic["partitions"])
        for topic in topics
    )
