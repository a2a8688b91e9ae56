"""Flow-matched events by kcat, a client that is not ours; some of them twice."""

import random
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from confluent_kafka import Producer

from services.events import FLOW_MATCHED_TOPIC, FlowMatched, encode, uuid7

DUPLICATES = 0.1


@dataclass
class Source:
    """Makes events for flows of which some match far more often than others, and remembers what it made."""

    account: UUID
    flows: Sequence[UUID]
    sessions: Sequence[UUID]
    distinct: set[UUID] = field(default_factory=set)
    _recent: list[tuple[str, bytes]] = field(default_factory=list)

    def records(self, count: int) -> list[tuple[str, bytes]]:
        """Keys and values; every tenth repeats an earlier one, of this call or of one before."""
        weights = [1 / rank for rank in range(1, len(self.flows) + 1)]
        made: list[tuple[str, bytes]] = []
        for flow in random.choices(self.flows, weights, k=count):
            if self._recent and random.random() < DUPLICATES:
                made.append(random.choice(self._recent))
                continue
            event = FlowMatched(self.account, random.choice(self.sessions), flow, 0.82, id=uuid7())
            self.distinct.add(event.id)
            made.append((str(flow), encode(event)))
            self._recent.append(made[-1])
        self._recent = self._recent[-20_000:]
        return made


def has_kcat() -> bool:
    """Debian's package; without it another client than ours has to do."""
    return shutil.which("kcat") is not None


def produce(bootstrap: str, records: Sequence[tuple[str, bytes]], *, give_up_after: int = 300) -> None:
    """Returns once Kafka has acknowledged all of them.

    Raises:
        subprocess.SubprocessError: it has not, after so many seconds.
    """
    if not has_kcat():
        options = {"bootstrap.servers": bootstrap, "linger.ms": 20, "queue.buffering.max.messages": 1_000_000}
        producer = Producer(options)
        for key, value in records:
            producer.produce(FLOW_MATCHED_TOPIC, value, key)
        if producer.flush(give_up_after):
            raise subprocess.TimeoutExpired("confluent-kafka", give_up_after)
        return
    lines = b"".join(b"%s\t%s\n" % (key.encode(), value) for key, value in records)
    command = ["kcat", "-P", "-b", bootstrap, "-t", FLOW_MATCHED_TOPIC, "-K", "\t", "-X", "acks=all"]
    subprocess.run(command, input=lines, check=True, timeout=give_up_after, stderr=subprocess.DEVNULL)
