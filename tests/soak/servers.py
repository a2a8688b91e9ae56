"""The stack's servers, started again whenever they end, the primary's data on a small disk of its own."""

import os
import shutil
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

import psycopg

from tests.stack.stack import kill_all, launch, processes_of

PARTS = ("--empty", *(f"--without={part}" for part in ("relay", "consumer", "push-worker", "api")))
_BALLAST = "ballast"
_WAL = "alter system set max_wal_size = '192MB'"


class Servers:
    """PostgreSQL primary and replica, Kafka and the sandbox, as the local stack runs them."""

    def __init__(self, folder: Path, disk_mib: int) -> None:
        self.folder = folder
        self.starts = 0
        self.small_disk = False
        self._start_up = threading.Lock()
        try:
            self._start()
            self.environment = self._stack.environment
            self.small_disk = os.geteuid() == 0 and self._move_primary(disk_mib)
        except BaseException:
            self.close()
            raise

    def _start(self) -> None:
        self._stack = launch(self.folder, *PARTS)
        self._stack.wait_ready()
        self.starts += 1
        with (
            suppress(psycopg.Error),
            psycopg.connect(self._stack.environment["PRIMARY_DSN"], autocommit=True) as admin,
        ):
            admin.execute(_WAL.encode())
            admin.execute("select pg_reload_conf()")

    def _move_primary(self, disk_mib: int) -> bool:
        """Put the primary's data onto a file system in memory, which can be filled; False where none can be mounted."""
        self._stack.stop()
        data, kept = self.folder / "primary", self.folder / "primary.kept"
        data.rename(kept)
        data.mkdir()
        mounted = _run("mount", "-t", "tmpfs", "-o", f"size={disk_mib}m,mode=0700", "tmpfs", str(data))
        if mounted:
            _run("cp", "-a", f"{kept}/.", f"{data}/")
            _run("chown", "--reference", str(kept), str(data))
            shutil.rmtree(kept)
        else:
            data.rmdir()
            kept.rename(data)
        self._start()
        return mounted

    def fill_disk(self) -> None:
        """Leave the primary not a byte."""
        with (self.folder / "primary" / _BALLAST).open("wb") as ballast, suppress(OSError):
            step = 2**26
            while step:
                try:
                    os.posix_fallocate(ballast.fileno(), os.fstat(ballast.fileno()).st_size, step)
                except OSError:
                    step //= 2

    def free_disk(self) -> None:
        (self.folder / "primary" / _BALLAST).unlink(missing_ok=True)

    def kill(self) -> None:
        """As if the machine lost its power: everything at once, by SIGKILL."""
        kill_all({self._stack.process.pid, *processes_of(self.folder)})
        self._stack.process.wait()

    def mend(self) -> None:
        """Start them again if they have ended, as often as it takes."""
        with self._start_up:
            if self._stack.process.poll() is None:
                return
            with suppress(AssertionError):  # it ended once more, or is not ready yet
                self._start()

    def close(self) -> None:
        with suppress(subprocess.TimeoutExpired, AttributeError):  # it may not have come to be
            if self._stack.process.poll() is None:
                self._stack.stop()
        kill_all(processes_of(self.folder))
        if self.small_disk:
            _run("umount", "-l", str(self.folder / "primary"))


def _run(*command: str) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
