"""The servers alone: PostgreSQL primary, replica, Kafka with its topics. The tests use them without the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from psycopg import sql

from deploy.embedded.account import Account, unprivileged_account
from deploy.embedded.java import find_java
from deploy.embedded.kafka import Kafka
from deploy.embedded.kafka_jars import kafka_jars
from deploy.embedded.ports import check_port_free
from deploy.embedded.postgres import REPLICATION_USER, SUPERUSER, Server
from deploy.embedded.postgres_binaries import postgres_binaries
from deploy.embedded.processes import Child, Children, end_leftovers
from deploy.embedded.replica import Replica
from deploy.topics import make_topics
from services.kafka import KafkaSettings

PORTS = ("primary", "replica", "kafka", "kafka-controller")


@dataclass
class Infrastructure:
    """The servers of one state directory."""

    folder: Path
    ports: Mapping[str, int]
    passwords: Mapping[str, str] = field(repr=False)
    progress: Callable[[str], None] = print
    with_replica: bool = True
    postgres_settings: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = field(default_factory=unprivileged_account)
    children: Children = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.children = Children(self.folder / "run", self.folder / "logs")

    def start(self) -> None:
        """Ends what an earlier run has left, then starts the servers and waits until they answer."""
        left = end_leftovers(self.children.run_folder, [self.folder / "primary", self.folder / "replica"], self.account)
        if left:
            self.progress(f"ended {left} processes of an earlier run")
        self.primary = self._server("primary")
        self.replica = Replica(self._server("replica"), self.primary, self.passwords[REPLICATION_USER])
        self.kafka = Kafka(
            self.folder / "kafka",
            self.ports["kafka"],
            self.ports["kafka-controller"],
            find_java(),
            kafka_jars(self.progress),
        )
        for name in PORTS:
            check_port_free(name, self.ports[name])
        self._start_primary()
        self.progress("starting Kafka")
        kafka = self.kafka.start(self.children)
        if self.with_replica:
            self._start_replica()
        self.kafka.wait_ready(kafka)
        make_topics(KafkaSettings(self.kafka.bootstrap))

    def _server(self, name: str) -> Server:
        return Server(
            name,
            self.folder / name,
            self.ports[name],
            postgres_binaries(self.account),
            self.account,
            self.passwords[SUPERUSER],
        )

    def _start_primary(self) -> Child:
        if not self.primary.exists:
            self.progress("making the PostgreSQL primary")
            self.primary.initdb(self.children)
        self.progress("starting the PostgreSQL primary")
        child = self.primary.start(self.children, self.postgres_settings)
        self.primary.wait_ready(child)
        with self.primary.connect() as connection:
            exists = connection.execute("select from pg_roles where rolname = %s", [REPLICATION_USER]).fetchone()
            connection.execute(
                sql.SQL("{} role {} login replication password {}").format(
                    sql.SQL("alter" if exists else "create"),
                    sql.Identifier(REPLICATION_USER),
                    self.passwords[REPLICATION_USER],
                )
            )
        return child

    def _start_replica(self) -> Child:
        self.progress("starting the PostgreSQL replica" if self.replica.server.exists else "cloning the primary")
        return self.replica.start(self.children, self.postgres_settings)

    def stop(self) -> None:
        self.children.stop_all()
