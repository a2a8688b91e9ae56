"""The sandbox and the workers as the processes that they are, over real HTTP."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import httpx

from deploy.embedded.ports import free_port
from deploy.sandbox.client import SandboxControls
from tests.infra.waiting import wait_until

KEYS = {
    "CONNECTWISE_COMPANY_ID": "acme",
    "CONNECTWISE_PUBLIC_KEY": "publickey1",
    "CONNECTWISE_PRIVATE_KEY": "privatekey1",
    "CONNECTWISE_CLIENT_ID": "11111111-2222-3333-4444-555555555555",
}


@dataclass
class Sandbox:
    """A sandbox process that can be killed and started again on the same entries and port."""

    directory: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @cached_property
    def controls(self) -> SandboxControls:
        return SandboxControls(self.url)

    def start(self) -> None:
        own = {"SANDBOX_PORT": str(self.port), "SANDBOX_DIR": str(self.directory), "LOG_LEVEL": "WARNING"}
        self.process = subprocess.Popen([sys.executable, "-m", "deploy.sandbox"], env=os.environ | KEYS | own)
        wait_until(self._answers, "the sandbox answers", 60)

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "the sandbox ended"
        try:
            return httpx.get(f"{self.url}/_sandbox/health", trust_env=False).is_success
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@contextmanager
def running_sandbox(directory: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(directory)
    try:
        sandbox.start()
        yield sandbox
    finally:
        sandbox.controls.close()
        sandbox.kill()


MOST_SENDS = 2


class Worker:
    """A push worker's process; its log goes to a file."""

    def __init__(self, database_url: str, sandbox_url: str, log: Path, **environ: str) -> None:
        own = {
            "PSA_DATABASE_URL": database_url,
            "PSA_SANDBOX_URL": sandbox_url,
            "CONNECTWISE_SITE": sandbox_url,
            "PSA_POLL_MS": "20",
            "PSA_RECONCILE_AFTER_SECONDS": "1",
            "PSA_READ_TIMEOUT_SECONDS": "1",
            "PSA_MOST_SENDS": str(MOST_SENDS),
        }
        self.log = log
        with log.open("ab") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "services.psa"], env=os.environ | KEYS | own | environ, stderr=stderr
            )

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def peak_memory(self) -> int:
        """The most bytes that it has had in memory."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def stop(self) -> int:
        """SIGTERM; the exit code. Fails if that takes longer than the 10 s that it may."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)
