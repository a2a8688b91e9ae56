"""A broker that tests may freeze, kill, start again and take records from; embedded, whatever the other servers are."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.java import find_java
from deploy.embedded.kafka import Kafka
from deploy.embedded.kafka_jars import kafka_jars
from deploy.embedded.ports import free_ports
from deploy.embedded.processes import Child, Children
from deploy.topics import make_topics
from services.kafka import KafkaSettings


@dataclass
class OwnKafka:
    """The node, and its process of the moment."""

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

    def mend(self) -> None:
        """What the next test expects: it runs."""
        self.send_signal(signal.SIGCONT)
        if self.child.process.poll() is not None:
            self.start()


@contextmanager
def own_kafka(folder: Path) -> Iterator[OwnKafka]:
    ports = free_ports(["kafka", "controller"])
    kafka = Kafka(folder / "kafka", ports["kafka"], ports["controller"], find_java(), kafka_jars(print))
    children = Children(folder / "run", folder / "logs")
    try:
        kafka.begin_format(children)()
        child = kafka.start(children)
        kafka.wait_ready(child)
        make_topics(KafkaSettings(kafka.bootstrap))
        yield OwnKafka(kafka, children, child)
    finally:
        children.stop_all()
