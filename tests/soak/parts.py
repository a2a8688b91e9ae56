"""Our own processes, two of each: one that is killed again and again, and one that lives through it all."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy.embedded.ports import free_port

ROOT = Path(__file__).parents[2]
MODULES: Mapping[str, tuple[str, str]] = {
    "relay": ("services.outbox", "METRICS_PORT"),
    "consumer": ("psa_event_consumer", "HEALTH_PORT"),
    "push-worker": ("services.psa", "METRICS_PORT"),
    "api": ("analytics_api", "API_PORT"),
}
"""The module of each part, and the variable of the port that it listens on."""

# The sandbox carries a request out within 5 s or never.
_SETTINGS = {"LOG_LEVEL": "WARNING", "PSA_RECONCILE_AFTER_SECONDS": "10"}


@dataclass
class Part:
    """One process, started again when it ends."""

    name: str
    mortal: bool
    environment: Mapping[str, str]
    arguments: tuple[str, ...]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    starts: int = 0
    endings: list[int] = field(default_factory=list)
    """The exit codes of those that ended by themselves."""

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, *self.arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.starts += 1

    def mend(self) -> None:
        """Start it again if it has ended."""
        if self.process is not None and (code := self.process.poll()) is not None:
            if code != -signal.SIGKILL:
                self.endings.append(code)
            self.start()

    def send(self, number: signal.Signals) -> None:
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(number)

    def freeze(self, seconds: float) -> None:
        self.send(signal.SIGSTOP)
        time.sleep(seconds)
        self.send(signal.SIGCONT)

    def stop(self) -> None:
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        if self.process is not None:
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def memory(self) -> int | None:
        """Bytes that it has in memory now; None while it does not run."""
        return self._of_proc("status", lambda text: int(text.partition("VmRSS:")[2].split()[0]) * 1024)

    def descriptors(self) -> int | None:
        if self.process is None:
            return None
        try:
            return len(os.listdir(f"/proc/{self.process.pid}/fd"))  # noqa: PTH208  names alone
        except OSError:
            return None

    def _of_proc(self, name: str, read: Callable[[str], int]) -> int | None:
        if self.process is None:
            return None
        try:
            return read(Path(f"/proc/{self.process.pid}/{name}").read_text())
        except (OSError, IndexError):
            return None


def make_parts(environment: Mapping[str, str], logs: Path, clock: Mapping[str, str]) -> list[Part]:
    """A mortal and a lasting one of each; the mortal ones may live by another clock."""
    logs.mkdir(parents=True, exist_ok=True)
    parts = []
    for name, (module, port) in MODULES.items():
        for mortal in (False, True):
            full = f"{name}-{'mortal' if mortal else 'lasting'}"
            own = {port: str(free_port()), **_SETTINGS, **(clock if mortal else {})}
            inherited = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
            parts.append(Part(full, mortal, inherited | environment | own, ("-m", module), logs / f"{full}.log"))
    return parts
