"""On a broker with SASL and an authorizer: the relay may write, the consumer may read, and no one else either."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaException, Producer

from deploy.acls import Settings, grant
from deploy.embedded.java import find_java
from deploy.embedded.kafka import Kafka
from deploy.embedded.kafka_jars import kafka_jars
from deploy.embedded.ports import free_ports
from deploy.embedded.processes import Children
from deploy.topics import make_topics
from services.events import FLOW_MATCHED_TOPIC
from services.kafka import KafkaSettings
from services.settings import SettingsError

USERS = ("admin", "relay", "consumer", "stranger")
GROUP = "psa-event-consumer"


@dataclass(frozen=True)
class SecuredKafka(Kafka):
    """A node whose clients have to log in."""

    def _settings(self, log: Path) -> Mapping[str, str]:
        users = " ".join(f'user_{user}="{user}-secret"' for user in USERS)
        login = "org.apache.kafka.common.security.plain.PlainLoginModule required"
        return {
            **super()._settings(log),
            "listener.security.protocol.map": "BROKER:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms": "PLAIN",
            "sasl.mechanism.inter.broker.protocol": "PLAIN",
            "listener.name.broker.plain.sasl.jaas.config": (
                f'{login} username="admin" password="admin-secret" {users};'
            ),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "super.users": "User:admin;User:ANONYMOUS",
        }


def login(bootstrap: str, user: str) -> KafkaSettings:
    return KafkaSettings(bootstrap, "SASL_PLAINTEXT", "PLAIN", user, f"{user}-secret")


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("secured")
    ports = free_ports(["kafka", "controller"])
    kafka = SecuredKafka(folder / "kafka", ports["kafka"], ports["controller"], find_java(), kafka_jars(print))
    children = Children(folder / "run", folder / "logs")
    try:
        kafka.begin_format(children)()
        kafka.wait_ready(kafka.start(children))
        admin = login(kafka.bootstrap, "admin")
        make_topics(admin)
        for _ in range(2):
            asyncio.run(grant(Settings(admin, "User:relay", "User:consumer", GROUP)))
        yield kafka.bootstrap
    finally:
        children.stop_all()


def client(bootstrap: str, user: str) -> dict[str, str]:
    return {
        "bootstrap.servers": bootstrap,
        "security.protocol": "SASL_PLAINTEXT",
        "sasl.mechanism": "PLAIN",
        "sasl.username": user,
        "sasl.password": f"{user}-secret",
    }


def send(bootstrap: str, user: str) -> list[str]:
    """What the broker answers."""
    answers: list[str] = []
    # As the relay sends. Who may not write is refused a producer id already, which is no answer to a record.
    idempotent = str(user == "relay").lower()
    producer = Producer(client(bootstrap, user) | {"enable.idempotence": idempotent})
    producer.produce(
        FLOW_MATCHED_TOPIC, b"{}", on_delivery=lambda error, _: answers.append(error.name() if error else "taken")
    )
    assert producer.flush(30) == 0
    return answers


def read(bootstrap: str, user: str, group: str = GROUP) -> bytes | None:
    reader = Consumer(client(bootstrap, user) | {"group.id": group, "auto.offset.reset": "earliest"})
    try:
        reader.subscribe([FLOW_MATCHED_TOPIC])
        message = reader.poll(30)
        assert message is not None
        if message.error() is not None:
            raise KafkaException(message.error())
        return message.value()
    finally:
        reader.close()


def test_the_relay_writes_and_the_consumer_reads(secured: str) -> None:
    assert send(secured, "relay") == ["taken"]
    assert read(secured, "consumer") == b"{}"


@pytest.mark.parametrize("user", ["consumer", "stranger"])
def test_nobody_else_writes(secured: str, user: str) -> None:
    assert send(secured, user) == ["TOPIC_AUTHORIZATION_FAILED"]


@pytest.mark.parametrize(("user", "group"), [("relay", GROUP), ("stranger", GROUP), ("consumer", "another")])
def test_nobody_else_reads(secured: str, user: str, group: str) -> None:
    with pytest.raises(KafkaException, match="AUTHORIZATION_FAILED"):
        read(secured, user, group)


def test_a_missing_principal_is_named() -> None:
    with pytest.raises(SettingsError, match="KAFKA_RELAY_PRINCIPAL"):
        Settings.from_env({"KAFKA_BOOTSTRAP_SERVERS": "localhost:9"})
