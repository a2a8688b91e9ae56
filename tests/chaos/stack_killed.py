"""kill -9 of the whole stack, or of its parent alone, at random moments, the first start included; nothing is lost.

Each round starts the stack on the same state directory and kills it anywhere in its start, or once it is ready,
amid commits. At the end it starts once more and must hold all that had been committed.
"""

import os
import random
import secrets
import signal
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.infra.waiting import wait_until
from tests.stack.stack import RunningStack, kill_all, launch, processes_of, running

ROUNDS = 12
IN_FIRST_START = 3
IN_START_S = 12
AFTER_READY_S = 3


def run(report: Callable[[str], None]) -> dict[str, object]:
    seed = secrets.randbelow(10_000)
    report(f"seed {seed}")
    moments = random.Random(seed)
    ready = committed = 0
    with tempfile.TemporaryDirectory(prefix="flowpilot-chaos-") as temporary:
        folder = Path(temporary) / "state"
        for number in range(ROUNDS):
            stack = launch(folder)
            amid_commits = number >= IN_FIRST_START and number % 2 == 1
            if amid_commits:
                stack.wait_ready()
            moment = moments.uniform(0.1, AFTER_READY_S if amid_commits else IN_START_S)
            whole = moments.random() < 0.5
            written = _write_until(stack, time.monotonic() + moment, committed)
            ready += amid_commits
            _kill(stack, whole=whole)
            committed = written
            when = "after it was ready" if amid_commits else "into its start"
            report(f"killed {'everything' if whole else 'the parent'} {moment:.1f} s {when}; {committed} rows so far")
        with running(folder) as stack:
            found = _rows(stack)
            assert found >= committed, f"{found} rows of {committed} are left"
            _assert_replica_agrees(stack, found)
        assert stack.process.returncode == 0, f"stopped with exit code {stack.process.returncode}"
        assert not processes_of(folder), "processes are left after the stop"
    return {"kills": ROUNDS, "after it was ready": ready, "rows held": committed}


def _write_until(stack: RunningStack, moment: float, committed: int) -> int:
    """Commits one row after the other as soon as the database is there; returns how many are certain."""
    while time.monotonic() < moment:
        if not stack.env_file.exists():
            assert stack.process.poll() is None, stack.output.read_text()
            time.sleep(0.05)
            continue
        try:
            with psycopg.connect(stack.environment["PRIMARY_DSN"], autocommit=True) as connection:
                connection.execute("create table if not exists chaos_row (id bigint generated always as identity)")
                while time.monotonic() < moment:
                    connection.execute("insert into chaos_row default values")
                    committed += 1
        except psycopg.OperationalError:
            break
    return committed


def _rows(stack: RunningStack) -> int:
    table = stack.query("select to_regclass('chaos_row')::text")
    if table == (None,):
        return 0
    (count,) = stack.query("select count(*) from chaos_row") or (0,)
    return int(str(count))


def _assert_replica_agrees(stack: RunningStack, found: int) -> None:
    with psycopg.connect(stack.environment["REPLICA_DSN"], autocommit=True) as replica:
        if found:
            wait_until(
                lambda: replica.execute("select count(*) from chaos_row").fetchone() == (found,), "replicated", 30
            )


def _kill(stack: RunningStack, *, whole: bool) -> None:
    if whole:
        victims = processes_of(stack.folder)
        kill_all({stack.process.pid, *victims})
    else:
        os.kill(stack.process.pid, signal.SIGKILL)
    stack.process.wait(timeout=10)
    # The next round may start while the orphans still die: that, too, is what a person does.
