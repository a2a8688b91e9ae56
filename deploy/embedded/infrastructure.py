"""The servers alone: PostgreSQL primary, replica, Kafka with its topics. The tests use them without the rest."""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
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
    account: Account | None = field(default_factory=unprivileged_account)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.children = Children(self.folder / "run", self.folder / "logs")
        binaries = postgres_binaries(self.account)
        password = self.passwords[SUPERUSER]
        self.primary, standby = (
            Server(name, self.folder / name, self.ports[name], binaries, self.account, password)
            for name in ("primary", "replica")
        )
        self.replica = Replica(standby, self.primary, self.passwords[REPLICATION_USER])

    def clean(self) -> None:
        """End what an earlier run has left, and removes what it had not finished. Call it before any `start`."""
        left = end_leftovers(self.children.run_folder, [self.primary.data, self.replica.server.data], self.account)
        if left:
            self.progress(f"ended {left} process(es) of an earlier run")
        for unfinished in (*self.folder.glob("*.part-*"), *self.folder.glob("kafka/*.part-*")):
            if unfinished.is_dir():
                shutil.rmtree(unfinished, ignore_errors=True)
            else:
                unfinished.unlink()
        for server in (self.primary, self.replica.server):
            # No one works there now; but its pid may be another PostgreSQL's since, as after the machine's restart.
            (server.data / "postmaster.pid").unlink(missing_ok=True)
        for name in PORTS:
            if self.with_replica or name != "replica":
                check_port_free(name, self.ports[name])

    def start(self, prepare_primary: Callable[[], None] = lambda: None) -> None:
        """Start the servers and waits until they answer; `prepare_primary` runs while the others still start."""
        jars = kafka_jars(self.progress)
        self.kafka = Kafka(
            self.folder / "kafka", self.ports["kafka"], self.ports["kafka-controller"], find_java(), jars
        )
        finish_format = self.kafka.begin_format(self.children)
        self._start_primary()
        self.progress("starting Kafka")
        finish_format()
        kafka = self.kafka.start(self.children)
        if self.with_replica:
            self.progress("starting the replica" if self.replica.server.exists else "cloning the primary")
            self.replica.start(self.children)
        else:
            self.replica.give_up()
        prepare_primary()
        self.kafka.wait_ready(kafka)
        self.progress("making the topics")
        make_topics(KafkaSettings(self.kafka.bootstrap))

    def mend(self) -> None:
        """Clone the replica again if the primary had to let go of what it still needs."""
        try:
            mend = self.with_replica and self.replica.is_cut_off()
        except psycopg.OperationalError:
            return  # the primary itself is in trouble, which others will tell
        if mend:
            self.progress("the replica fell too far behind: cloning the primary again")
            self.children.stop(next(child for child in self.children.running if child.name == "replica"))
            self.replica.start(self.children)

    def _start_primary(self) -> Child:
        if not self.primary.exists:
            self.progress("making the primary")
            self.primary.initdb(self.children)
        self.progress("starting the primary")
        child = self.primary.start(self.children)
        self.primary.wait_ready(child)
        with self.primary.connect() as connection:
            exists = connection.execute("select 1 from pg_roles where rolname = %s", [REPLICATION_USER]).fetchone()
            connection.execute(
                sql.SQL("{} role {} login replication password {}").format(
                    sql.SQL("alter" if exists else "create"),
                    sql.Identifier(REPLICATION_USER),
                    self.passwords[REPLICATION_USER],
                )
            )
        return child

    def stop(self) -> None:
        self.children.stop_all()
