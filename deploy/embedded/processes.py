"""Starts the parts as children that die with us, and records them so that the next start can end what is left."""

import ctypes
import json
import os
import signal
import subprocess
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from deploy.embedded import procfs
from deploy.embedded.account import Account
from deploy.embedded.errors import StackError

LOG_TAIL_LINES = 15

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass
class Child:
    """A running part."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    log_start: int
    """Where this run's part of the log begins."""
    stop_signal: signal.Signals
    record: Path

    def stop(self, within: float) -> None:
        """Ask the part to end, and kill it after `within` seconds if it did not."""
        self.ask_to_stop()
        self.wait_stopped(within)

    def ask_to_stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def wait_stopped(self, within: float) -> None:
        try:
            self.process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            procfs.kill_group(self.process.pid)
            self.process.wait()
        self.record.unlink(missing_ok=True)

    def ending(self) -> str:
        """How it ended, and the end of what this run of it has logged."""
        status = self.process.returncode
        how = f"by {signal.Signals(-status).name}" if status and status < 0 else f"with exit status {status}"
        with self.log.open(errors="replace") as log:
            log.seek(self.log_start)
            lines = log.readlines()[-LOG_TAIL_LINES:]
        return f"{how}; the end of {self.log}:\n" + "".join(f"    {line}" for line in lines).rstrip()


@dataclass
class Children:
    """All that this run of the stack has started."""

    run_folder: Path
    log_folder: Path
    running: list[Child] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.run_folder.mkdir(parents=True, exist_ok=True)
        self.log_folder.mkdir(parents=True, exist_ok=True)

    def start(  # noqa: PLR0913  each is about the one process
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        account: Account | None = None,
        stdin: IO[bytes] | int = subprocess.DEVNULL,
        stop_signal: signal.Signals = signal.SIGTERM,
        death_signal: signal.Signals = signal.SIGKILL,
    ) -> Child:
        """Start a part in a process group of its own, with its output in `NAME.log`.

        Must be called by the main thread: the kernel sends `death_signal` when the *thread* that started it ends.
        """
        log = self.log_folder / f"{name}.log"
        parent = os.getpid()

        def die_with_parent() -> None:
            # After the change of user, which clears it. A parent that died before this line sends nothing any more.
            if _LIBC.prctl(_PR_SET_PDEATHSIG, int(death_signal)) != 0 or os.getppid() != parent:
                os._exit(1)

        with log.open("ab") as output:
            log_start = output.tell()
            process = subprocess.Popen(
                [str(word) for word in command],
                env=dict(environment) if environment is not None else None,
                cwd=folder,
                stdin=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone, and we stop the parts in order
                preexec_fn=die_with_parent,  # noqa: PLW1509  there is no other way, and we have one thread
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
            )
        record = self.run_folder / f"{name}.json"
        _write_record(record, process.pid)
        child = Child(name, process, log, log_start, stop_signal, record)
        self.running.append(child)
        return child

    def run(  # noqa: PLR0913  the same
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        account: Account | None = None,
        stdin: IO[bytes] | int = subprocess.DEVNULL,
    ) -> None:
        """Run one step to its end."""
        self.finish(self.start(name, command, environment=environment, folder=folder, account=account, stdin=stdin))

    def finish(self, step: Child) -> None:
        """Wait for a step's end."""
        status = step.process.wait()
        self.stop(step)
        if status != 0:
            raise StackError(f"{step.name} failed {step.ending()}")

    def stop(self, child: Child, within: float = 15) -> None:
        child.stop(within)
        self.running.remove(child)

    def stop_all(self, together: Collection[str] = (), within: float = 15) -> None:
        """Stop those named `together` at once, then the others in the reverse order of their start.

        So none loses what it needs before its end.
        """
        group = [child for child in self.running if child.name in together]
        for child in group:
            child.ask_to_stop()
        for child in group:
            self.stop(child, within)
        while self.running:
            self.stop(self.running[-1], within)

    def raise_for_dead(self) -> None:
        """Raise `StackError` when a part has ended by itself."""
        for child in self.running:
            if child.process.poll() is not None:
                raise StackError(f"{child.name} ended {child.ending()}")


def _write_record(path: Path, pid: int) -> None:
    started = procfs.start_time(pid)
    if started is None:
        return  # it is over already
    part = path.with_suffix(".part")
    part.write_text(json.dumps({"pid": pid, "started": started}))
    part.replace(path)


def end_leftovers(run_folder: Path, data_folders: Sequence[Path], account: Account | None, within: float = 30) -> int:
    """End what an earlier run on this state directory has left, waits for it, and returns how many there were.

    A recorded process counts only with the start time that was recorded: its pid may be another program's by now.
    PostgreSQL's own children outlive a killed postmaster for a moment, and as long as one of them lives the next start
    is refused; they are no one's record, so they are found by their working directory, the data directory.
    """
    leftovers: set[int] = set()
    for record in run_folder.glob("*.json"):
        entry = json.loads(record.read_text())
        if procfs.start_time(entry["pid"]) == entry["started"]:
            leftovers.add(entry["pid"])
        leftovers.update(procfs.group_members(entry["pid"], not_before=entry["started"]))
    leftovers.update(procfs.working_in(data_folders, account))
    for pid in leftovers:
        procfs.kill(pid)
    deadline = time.monotonic() + within
    while any(procfs.is_alive(pid) for pid in leftovers):
        if time.monotonic() > deadline:
            raise StackError(f"a process of an earlier run does not end: {sorted(leftovers)}; end it by hand")
        time.sleep(0.05)
    for record in run_folder.iterdir():
        record.unlink()
    return len(leftovers)
