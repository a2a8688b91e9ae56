"""A relay of our own, run as operators run it, which a test can stop, kill and freeze."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from prometheus_client.parser import text_string_to_metric_families

from deploy.embedded.ports import free_port
from tests.infra.waiting import wait_until

ROOT = Path(__file__).parents[2]
# Gives up a fifth as late as it should, for tests that wait until it has.
_IMPATIENT = """
from services import postgres
from services.outbox import __main__ as relay, publisher, store
publisher._START_TIMEOUT_SECONDS = 2
publisher._PUBLISH_TIMEOUT_SECONDS = 4
publisher._REQUEST_TIMEOUT_MS = 2_000
postgres.CONNECT_SECONDS, store.STATEMENT_TIMEOUT_SECONDS = 2, 3
relay.main()
"""


class Relay:
    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, metrics_port: int) -> None:
        self.process = process
        self._log = log
        self._metrics_port = metrics_port

    @property
    def log(self) -> str:
        return self._log.read_text()

    def wait_for_log(self, text: str) -> None:
        wait_until(lambda: text in self.log, f"{text!r} in the relay's log")

    def metric(self, name: str) -> float:
        """The sum over the labels; 0 where there is no such sample yet."""
        with urlopen(f"http://127.0.0.1:{self._metrics_port}/metrics", timeout=5) as answer:
            families = text_string_to_metric_families(answer.read().decode())
            return sum(sample.value for family in families for sample in family.samples if sample.name == name)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def terminate(self) -> tuple[int, float]:
        """The exit code, and the seconds that it took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20), time.monotonic() - started


@contextmanager
def relay(
    tmp_path: Path, database_url: str, bootstrap: str, *, impatient: bool = False, **environment: str
) -> Iterator[Relay]:
    port = free_port()
    log = tmp_path / f"relay-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *(("-c", _IMPATIENT) if impatient else ("-m", "services.outbox"))],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={
                "PATH": os.environ["PATH"],
                "OUTBOX_DATABASE_URL": database_url,
                "KAFKA_BOOTSTRAP_SERVERS": bootstrap,
                "METRICS_PORT": str(port),
                **environment,
            },
        )
    running = Relay(process, log, port)
    try:
        wait_until(lambda: "relay_started" in running.log or process.poll() is not None, "the relay's start")
        yield running
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
