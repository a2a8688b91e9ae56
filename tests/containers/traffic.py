"""What reaches the composed stack from outside: events by the thousand, and a team lead's requests."""

import itertools
import json
import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.error import HTTPError
from uuid import UUID, uuid4

from confluent_kafka import KafkaError, Message, Producer

from services.events import FLOW_MATCHED_TOPIC, FlowMatched, encode, key_of
from tests.containers.compose import Compose
from tests.containers.tenant import Tenant

DUPLICATED = 0.05


def ask(stack: Compose, tenant: Tenant, question: str = "") -> dict[str, Any]:
    return ask_at(stack.address("api", 8000), tenant, question)


def ask_at(address: str, tenant: Tenant, question: str) -> dict[str, Any]:
    url = f"http://{address}/api/v1/analytics/flowpilot{question}"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {tenant.token()}"})
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310  http
        answer: dict[str, Any] = json.load(response)
        return answer


class Reader(threading.Thread):
    """A team lead who asks all the time, of the first API process that answers, as behind a balancer."""

    def __init__(self, stack: Compose, tenant: Tenant) -> None:
        super().__init__(daemon=True)
        self.addresses = [stack.address("api", 8000)]
        self.stopped = threading.Event()
        self.answers = 0
        self.refused = 0
        self.longest_silence = 0.0
        self.oldest_numbers = 0.0
        """Seconds between `as_of` and the answer."""
        self._tenant = tenant

    def forget(self) -> None:
        """Begins to measure again."""
        self.answers, self.refused, self.longest_silence, self.oldest_numbers = 0, 0, 0.0, 0.0

    def figures(self) -> dict[str, float]:
        return {
            "answers": self.answers,
            "refused": self.refused,
            "longest_silence_seconds": round(self.longest_silence, 1),
            "oldest_numbers_seconds": round(self.oldest_numbers, 1),
        }

    def run(self) -> None:
        last = time.monotonic()
        while not self.stopped.wait(0.1):
            answer = self._ask()
            if answer is None:
                self.refused += 1
                continue
            if answer["as_of"] is None and not self.answers:
                continue  # a new stack's consumer has not told yet how far it is
            self.answers += 1
            age = datetime.now(UTC) - datetime.fromisoformat(answer["as_of"])
            self.oldest_numbers = max(self.oldest_numbers, age.total_seconds())
            self.longest_silence = max(self.longest_silence, time.monotonic() - last)
            last = time.monotonic()

    def _ask(self) -> dict[str, Any] | None:
        for address in list(self.addresses):
            try:
                return ask_at(address, self._tenant, "/flow-quality")
            except HTTPError:
                return None
            except OSError:
                continue  # no one answers there: a balancer asks the next one
        return None


class Pauses(threading.Thread):
    """The longest time without progress of the counters, by the phase of the test in which it ended."""

    def __init__(self, counted: Callable[[], int]) -> None:
        super().__init__(daemon=True)
        self.phase = "start"
        self.longest: dict[str, float] = {}
        self.stopped = threading.Event()
        self._counted = counted

    def run(self) -> None:
        last, since = self._counted(), time.monotonic()
        while not self.stopped.wait(0.05):
            now = self._counted()
            if now != last:
                self.longest[self.phase] = max(self.longest.get(self.phase, 0.0), time.monotonic() - since)
                last, since = now, time.monotonic()


class Load(threading.Thread):
    """Flow-matched events at a steady rate, some of them twice, by another client than ours."""

    def __init__(self, login: Mapping[str, str], tenant: Tenant, *, per_second: int) -> None:
        super().__init__(daemon=True)
        self.acknowledged: set[UUID] = set()
        """What Kafka said it has."""
        self.stopped = threading.Event()
        # 2: a broker that is away on purpose is no news.
        options = {**login, "linger.ms": 20, "enable.idempotence": True, "log_level": 2}
        self._producer = Producer(options)
        self._tenant = tenant
        self._per_second = per_second

    def run(self) -> None:
        started = time.monotonic()
        flows = itertools.cycle(self._tenant.flow_ids)
        sessions = itertools.cycle(self._tenant.session_ids)
        for number in itertools.count():
            if self.stopped.is_set():
                break
            event = FlowMatched(self._tenant.account_id, next(sessions), next(flows), 0.5, id=uuid4())
            for _ in range(2 if number % round(1 / DUPLICATED) == 0 else 1):
                self._producer.produce(
                    FLOW_MATCHED_TOPIC, encode(event), key_of(event), on_delivery=self._told(event.id)
                )
            if number % 100 == 0:
                self._producer.poll(0)
                ahead = number / self._per_second - (time.monotonic() - started)
                if ahead > 0:
                    self.stopped.wait(ahead)
        assert self._producer.flush(30) == 0

    def _told(self, event_id: UUID) -> Callable[[KafkaError | None, Message], None]:
        def delivered(error: KafkaError | None, _message: Message) -> None:
            if error is None:
                self.acknowledged.add(event_id)

        return delivered
