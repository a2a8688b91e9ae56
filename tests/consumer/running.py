"""A consumer of our own, run as operators run it, which a test can stop, kill and freeze."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.protocol.group import LeaveGroupRequest
from confluent_kafka import Consumer as KafkaConsumer
from confluent_kafka import Producer, TopicPartition
from prometheus_client.parser import text_string_to_metric_families

from deploy.embedded.ports import free_port
from services.events import TOPICS, Event, encode, key_of, topic_of
from tests.consumer.world import Tenant
from tests.infra.waiting import wait_until
from tests.infra.wrong_clock import wrong_clock

ROOT = Path(__file__).parents[2]
# Believes after a second what takes a minute.
_IMPATIENT = """
import sys
from psa_event_consumer import command_line
from psa_event_consumer.apply import database
database._ANSWER_SECONDS = 1
sys.exit(command_line.main([]))
"""


@dataclass
class Running:
    """The process."""

    process: "subprocess.Popen[bytes]"
    port: int
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def get(self, path: str) -> tuple[int, str]:
        """Status and body; 0 while nothing listens."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()
        except (URLError, ConnectionError, TimeoutError):
            return 0, ""

    @property
    def ready(self) -> bool:
        assert self.process.poll() is None, f"the consumer has ended:\n{self.log}"
        return self.get("/readyz")[0] == 200

    def problems(self) -> list[str]:
        _, body = self.get("/readyz")
        problems: list[str] = json.loads(body)["problems"] if body else ["does not listen"]
        return problems

    def wait_until_ready(self) -> "Running":
        wait_until(lambda: self.ready, f"the consumer to be ready\n{self.problems()}", within=40)
        return self

    def metric(self, name: str, **labels: str) -> float:
        """The sum over all samples with these labels."""
        families = text_string_to_metric_families(self.get("/metrics")[1])
        return sum(
            sample.value
            for family in families
            for sample in family.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def terminate(self) -> tuple[int, float]:
        """The exit code, and the seconds that it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20), time.monotonic() - began


def environment(database_url: str, bootstrap: str, **changes: str) -> dict[str, str]:
    return {
        **os.environ,
        "CONSUMER_DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
        **changes,
    }


@contextmanager
def consumer(
    tmp_path: Path,
    world: Tenant,
    bootstrap: str,
    url: str | None = None,
    *,
    traces: str | None = None,
    impatient: bool = False,
    clock: str | None = None,
) -> Iterator[Running]:
    """Ended the hard way, unless the test has ended it. `clock`: how wrong its own is, such as `-20m`."""
    port = free_port()
    log = tmp_path / f"consumer-{port}.log"
    url = url or world.database.dsn_for("flowpilot_consumer")
    variables = environment(url, bootstrap, HEALTH_PORT=str(port), KAFKA_GROUP_ID=world.group)
    if clock is not None:
        variables |= wrong_clock(clock)
    if traces is not None:
        variables |= {"OTEL_EXPORTER_OTLP_ENDPOINT": traces, "OTEL_BSP_SCHEDULE_DELAY": "50"}
    with log.open("wb") as output:
        command = [sys.executable, *(("-c", _IMPATIENT) if impatient else ("-m", "psa_event_consumer"))]
        process = subprocess.Popen(command, cwd=ROOT, env=variables, stderr=output)
    try:
        yield Running(process, port, log)
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()


def produce(bootstrap: str, records: Iterable[Event | tuple[str, int, bytes | None]]) -> None:
    """Events as the relay sends them, or raw (topic, partition, value); returns once Kafka has all."""
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 5})
    for record in records:
        if isinstance(record, tuple):
            topic, partition, value = record
            producer.produce(topic, value, partition=partition)
        else:
            producer.produce(topic_of(record), encode(record), key_of(record))
        producer.poll(0)
    assert producer.flush(30) == 0


def in_partition(partition: int, *events: Event) -> list[tuple[str, int, bytes | None]]:
    """Events for `produce`, in a partition of the test's choice."""
    return [(topic_of(event), partition, encode(event)) for event in events]


def expel(bootstrap: str, group_id: str) -> None:
    """Takes killed members out of a group, which would wait for them until their sessions end."""
    asyncio.run(_expel(bootstrap, group_id))


async def _expel(bootstrap: str, group_id: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        coordinator = await admin.find_coordinator(group_id)
        (answer,) = await admin.describe_consumer_groups([group_id])
        for member_id, *_ in answer.groups[0][5]:
            await admin._client.send(coordinator, LeaveGroupRequest(group_id, member_id))  # noqa: SLF001
    finally:
        await admin.close()


def ends(bootstrap: str, topics: Iterable[str] = TOPICS) -> dict[tuple[str, int], int]:
    reader = KafkaConsumer({"bootstrap.servers": bootstrap, "group.id": "tests-look-only"})
    try:
        return {
            (topic, partition): reader.get_watermark_offsets(TopicPartition(topic, partition), timeout=10)[1]
            for topic in topics
            for partition in reader.list_topics(topic, timeout=10).topics[topic].partitions
        }
    finally:
        reader.close()


def begin_at_end(world: Tenant, bootstrap: str) -> None:
    """The topics are shared: what other tests produced before is not this test's."""
    for (topic, partition), offset in ends(bootstrap).items():
        world.run(
            "insert into analytics.consumer_offset (group_id, topic, partition, next_offset) values (%s, %s, %s, %s)",
            world.group,
            topic,
            partition,
            offset,
        )


def caught_up(world: Tenant, bootstrap: str, within: float = 60) -> None:
    """Returns once the database's positions are the logs' ends."""
    wanted = ends(bootstrap)

    def positions() -> dict[tuple[str, int], int]:
        rows = world.run(
            "select distinct on (topic, partition) topic, partition, next_offset from analytics.consumer_offset"
            " where group_id = %s order by topic, partition, topic_epoch desc",
            world.group,
        )
        return {(topic, partition): offset for topic, partition, offset in rows}

    def is_behind_nothing() -> bool:
        reached = positions()
        return all(reached.get(key, -1) >= end for key, end in wanted.items())

    wait_until(is_behind_nothing, "the consumer to catch up", within=within)


def commit_to_kafka(world: Tenant, bootstrap: str, back: int) -> None:
    """What Kafka believes that the group has consumed: all but the last so many of each partition."""
    reader = KafkaConsumer({"bootstrap.servers": bootstrap, "group.id": world.group, "enable.auto.commit": False})
    try:
        offsets = [
            TopicPartition(topic, partition, max(end - back, 0)) for (topic, partition), end in ends(bootstrap).items()
        ]
        reader.commit(offsets=offsets, asynchronous=False)
    finally:
        reader.close()


def kafka_positions(world: Tenant, bootstrap: str) -> dict[tuple[str, int], int]:
    """What the group has committed to Kafka, of the partitions of which it has committed anything."""
    reader = KafkaConsumer({"bootstrap.servers": bootstrap, "group.id": world.group})
    try:
        partitions = [TopicPartition(topic, partition) for topic, partition in ends(bootstrap)]
        committed = reader.committed(partitions, timeout=10)
        return {(each.topic, each.partition): each.offset for each in committed if each.offset >= 0}
    finally:
        reader.close()


def run_to_end(variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """A process that is expected to end by itself."""
    command = [sys.executable, "-m", "psa_event_consumer"]
    return subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False, timeout=60)
