"""What reaches the composed stack from outside: events by the thousand, and a team lead's requests."""

import itertools
import json
import threading
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from confluent_kafka import KafkaError, Message, Producer

from services.events import FLOW_MATCHED_TOPIC, FlowMatched, encode, key_of
from tests.containers.compose import Compose
from tests.containers.tenant import Tenant

DUPLICATED = 0.05


def ask(stack: Compose, tenant: Tenant, question: str = "") -> dict[str, Any]:
    url = f"http://{stack.address('api', 8000)}/api/v1/analytics/flowpilot{question}"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {tenant.token()}"})
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310  http
        answer: dict[str, Any] = json.load(response)
        return answer


class Load(threading.Thread):
    """Flow-matched events at a steady rate, some of them twice, by another client than ours."""

    def __init__(self, bootstrap: str, tenant: Tenant, *, per_second: int) -> None:
        super().__init__()
        self.acknowledged: set[UUID] = set()
        """What Kafka said it has."""
        self.stopped = threading.Event()
        self._producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 20, "enable.idempotence": True})
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
