"""/livez, /readyz and /metrics."""

from http import HTTPStatus

from psa_event_consumer import metrics
from psa_event_consumer.health.state import State
from psa_event_consumer.kafka.gate import Gate
from services.pages import PageServer, Reply, json_reply, metrics_reply


class Health:
    """Answers the probes of Kubernetes and Prometheus."""

    def __init__(self, state: State, gate: Gate) -> None:
        self._state = state
        self._gate = gate
        metrics.PROBLEMS.set_function(lambda: len(self.problems()))
        self.pages = PageServer(
            {
                "/livez": self._alive,
                "/readyz": self._ready,
                "/metrics": lambda: metrics_reply(metrics.METRICS.registry),
            }
        )

    def problems(self) -> list[str]:
        """Why this process is not ready; empty when it is."""
        found = [] if self._state.problem is None else [self._state.problem]
        found.extend(self._state.rollup_problems)
        if not self._gate.joined:
            found.append("not in the group yet")
        found.extend(
            f"{partition.topic} {partition.partition} is paused: {problem}"
            for partition, problem in sorted(self._gate.stuck.items())
        )
        return found + self._gate.problems

    def _alive(self) -> Reply:
        alive = self._state.is_alive()
        return json_reply(HTTPStatus.OK if alive else HTTPStatus.SERVICE_UNAVAILABLE, {"alive": alive})

    def _ready(self) -> Reply:
        problems = self.problems()
        status = HTTPStatus.SERVICE_UNAVAILABLE if problems else HTTPStatus.OK
        return json_reply(status, {"ready": not problems, "problems": problems})
