"""What goes wrong, one thing at a time; each is over when its function returns."""

import random
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL

import psycopg
from confluent_kafka import KafkaException, Producer

from services.events import FLOW_MATCHED_TOPIC, FlowMatched, encode, uuid7
from tests.soak.parts import Part
from tests.soak.servers import Servers

_CLOCK_STEPS = ("+0", "-90s", "+3m", "-20m", "+2h", "+0")


@dataclass
class Troubles:
    """They draw from one dice, so that a seed tells the story again."""

    servers: Servers
    parts: Sequence[Part]
    dice: random.Random
    clock_file: Path | None
    """What the mortal ones' clock is told, where libfaketime is installed."""

    def all(self) -> list[Callable[[], str]]:
        found = [self.kill_a_part, self.kill_a_part, self.freeze_a_part, self.hang_in_postgresql, self.hang_in_kafka]
        found += [self.slow_replica, self.kill_the_servers]
        if self.servers.small_disk:
            found.append(self.full_disk)
        if self.clock_file is not None:
            found.append(self.step_the_clock)
        return found

    def kill_a_part(self) -> str:
        part = self.dice.choice([part for part in self.parts if part.mortal])
        part.send(SIGKILL)
        return f"kill -9 of {part.name}"

    def freeze_a_part(self) -> str:
        part, seconds = self.dice.choice(self.parts), self.dice.uniform(2, 12)
        part.freeze(seconds)
        return f"{part.name} frozen for {seconds:.0f} s"

    def hang_in_postgresql(self) -> str:
        """A transaction of the main application that holds flows and forgets to end."""
        seconds = self.dice.uniform(2, 10)
        with suppress(psycopg.Error), psycopg.connect(self.servers.environment["PRIMARY_DSN"]) as hung:
            hung.execute("select from trees order by id limit 20 for update")
            hung.execute("select from ai_sessions order by created_at desc limit 100 for update")
            time.sleep(seconds)
            hung.rollback()
        return f"a transaction that held rows for {seconds:.0f} s"

    def hang_in_kafka(self) -> str:
        """Somebody's transaction that stays open until Kafka aborts it: what it wrote must never count."""
        producer = Producer(
            {
                "bootstrap.servers": self.servers.environment["KAFKA_BOOTSTRAP_SERVERS"],
                "transactional.id": f"soak-{uuid7()}",
                "transaction.timeout.ms": 12_000,
                "message.timeout.ms": 5_000,
                "log_level": 0,
            }
        )
        with suppress(KafkaException):
            producer.init_transactions(10)
            producer.begin_transaction()
            producer.produce(FLOW_MATCHED_TOPIC, encode(FlowMatched(uuid7(), uuid7(), uuid7())), b"hung")
            producer.flush(5)
            time.sleep(15)
        return "an open transaction in Kafka, of 12 s"

    def slow_replica(self) -> str:
        seconds = self.dice.uniform(3, 15)
        with suppress(psycopg.Error):
            with psycopg.connect(self.servers.environment["REPLICA_DSN"], autocommit=True) as replica:
                replica.execute("select pg_wal_replay_pause()")
            time.sleep(seconds)
            with psycopg.connect(self.servers.environment["REPLICA_DSN"], autocommit=True) as replica:
                replica.execute("select pg_wal_replay_resume()")
        return f"a replica that stood still for {seconds:.0f} s"

    def kill_the_servers(self) -> str:
        self.servers.kill()
        return "kill -9 of PostgreSQL, its replica, Kafka and the PSA at once"

    def full_disk(self) -> str:
        seconds = self.dice.uniform(4, 10)
        self.servers.fill_disk()
        time.sleep(seconds)
        self.servers.free_disk()
        return f"a full disk of the primary for {seconds:.0f} s"

    def step_the_clock(self) -> str:
        assert self.clock_file is not None
        step = self.dice.choice(_CLOCK_STEPS)
        self.clock_file.write_text(step)
        return f"the mortal processes' clock at {step}"
