"""Starts stacks as a person would, and looks at what they leave behind."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.infra.waiting import wait_until

ROOT = Path(__file__).parents[2]
START_TIMEOUT_S = 120
STOP_TIMEOUT_S = 60


@dataclass
class RunningStack:
    """A stack's parent process, and what its environment file says."""

    process: subprocess.Popen[str]
    folder: Path
    output: Path

    @property
    def env_file(self) -> Path:
        return self.folder.with_name(self.folder.name + ".env")

    @property
    def environment(self) -> dict[str, str]:
        pairs = (line.split("=", 1) for line in self.env_file.read_text().splitlines())
        return {name: shlex.split(value)[0] for name, value in pairs}

    def wait_ready(self) -> None:
        wait_until(lambda: self.env_file.exists() or self.process.poll() is not None, "ready", START_TIMEOUT_S)
        assert self.env_file.exists(), self.output.read_text()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=STOP_TIMEOUT_S)

    def query(self, statement: str) -> tuple[object, ...] | None:
        with psycopg.connect(self.environment["PRIMARY_DSN"]) as connection:
            return connection.execute(statement.encode()).fetchone()


def launch(folder: Path, *arguments: str) -> RunningStack:
    """Starts a stack on the state directory, and does not wait."""
    output = folder.with_name(folder.name + ".out")
    env_file = folder.with_name(folder.name + ".env")
    env_file.unlink(missing_ok=True)
    command = [sys.executable, "-m", "deploy.embedded", f"--state-dir={folder}", f"--env-file={env_file}", *arguments]
    with output.open("w") as file:
        process = subprocess.Popen(command, cwd=ROOT, stdout=file, stderr=subprocess.STDOUT, text=True)
    return RunningStack(process, folder, output)


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[RunningStack]:
    """A ready stack, ended whatever the test does."""
    stack = launch(folder, *arguments)
    try:
        stack.wait_ready()
        yield stack
    finally:
        if stack.process.poll() is None:
            stack.stop()


def processes_of(folder: Path) -> set[int]:
    """Every process that has to do with the state directory: by what it was started with, or by where it works."""
    found = set()
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            where = str((entry / "cwd").readlink())
            what = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
            zombie = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except OSError:
            continue
        if not zombie and (where.startswith(str(folder)) or str(folder).encode() in what):
            found.add(int(entry.name))
    return found


def kill_all(pids: Sequence[int] | set[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
