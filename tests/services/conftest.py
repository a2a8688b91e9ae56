import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from deploy.embedded.java import find_java
from deploy.embedded.kafka import Kafka
from deploy.embedded.kafka_jars import kafka_jars
from deploy.embedded.ports import free_ports
from deploy.embedded.processes import Child, Children
from deploy.topics import make_topics
from services.kafka import KafkaSettings


@dataclass
class OwnKafka:
    """A broker that a test may stop, freeze and start again."""

    kafka: Kafka
    children: Children
    child: Child

    @property
    def bootstrap(self) -> str:
        return self.kafka.bootstrap

    def send_signal(self, number: signal.Signals) -> None:
        self.child.process.send_signal(number)

    def kill(self) -> None:
        self.child.process.kill()
        self.child.process.wait()
        self.children.stop(self.child)

    def start(self) -> None:
        self.child = self.kafka.start(self.children)
        self.kafka.wait_ready(self.child)


@pytest.fixture
def own_kafka(tmp_path: Path) -> Iterator[OwnKafka]:
    """A broker for this test alone, with the topics; embedded, whatever the other servers are."""
    ports = free_ports(["kafka", "controller"])
    kafka = Kafka(tmp_path / "kafka", ports["kafka"], ports["controller"], find_java(), kafka_jars(print))
    children = Children(tmp_path / "run", tmp_path / "logs")
    try:
        kafka.begin_format(children)()
        child = kafka.start(children)
        kafka.wait_ready(child)
        make_topics(KafkaSettings(kafka.bootstrap))
        yield OwnKafka(kafka, children, child)
    finally:
        children.stop_all()
