"""kill -9 of the whole stack, or of its parent alone, while matches arrive: each is counted once.

The kill falls into the sending, so that no one knows what Kafka has of it: after the next start on the same state
directory all of it is sent again, as the relay would.
"""

import random
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import psycopg

from services.events import uuid7
from tests.chaos._events import Source, produce
from tests.infra.waiting import wait_until
from tests.stack.stack import RunningStack, kill_all, launch, processes_of

ROUNDS = 6
EVENTS = 8_000
FLOWS, SESSIONS = 100, 1_000
LONGEST_S = 300
PARTS = ("--empty", "--without=push-worker", "--without=api", "--without=relay")


def run(report: Callable[[str], None]) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="flowpilot-chaos-") as temporary:
        folder = Path(temporary) / "state"
        source, unsure, sent = None, list[tuple[str, bytes]](), 0
        for number in range(1, ROUNDS + 1):
            stack = launch(folder, *PARTS)
            stack.wait_ready()
            source = source or _fill(stack)
            again, unsure = unsure, source.records(EVENTS)
            sent += len(again + unsure)
            sending = threading.Thread(
                target=_send, args=(stack.environment["KAFKA_BOOTSTRAP_SERVERS"], again + unsure)
            )
            sending.start()
            time.sleep(random.uniform(0.3, 2))
            before = _counted(stack)
            whole = number % 2 == 0
            _kill(stack, whole=whole)
            sending.join()
            unsure = again + unsure
            report(f"kill {number}, of {'everything' if whole else 'the parent'}, with {before} counted")
        assert source is not None
        stack = launch(folder, *PARTS)
        try:
            stack.wait_ready()
            produce(stack.environment["KAFKA_BOOTSTRAP_SERVERS"], unsure)
            expected = len(source.distinct)
            wait_until(lambda: _counted(stack) >= expected, "all counted", LONGEST_S)
            assert _counted(stack) == expected, f"{_counted(stack)} counted, {expected} distinct ids sent"
            assert stack.query("select count(*) from analytics.inbox") == (expected,)
            assert stack.query("select count(*) from analytics.dead_letter") == (0,)
        finally:
            stack.stop()
    return {"kills": ROUNDS, "distinct ids": expected, "counted": expected, "sent": sent}


def _send(bootstrap: str, records: Sequence[tuple[str, bytes]]) -> None:
    # Kafka goes away in the midst of it.
    with suppress(subprocess.SubprocessError):
        produce(bootstrap, records, give_up_after=3)


def _fill(stack: RunningStack) -> Source:
    account = uuid7()
    with psycopg.connect(stack.environment["PRIMARY_DSN"], autocommit=True) as connection:
        connection.execute("insert into accounts (id, name) values (%s, 'Chaos')", [account])
        connection.execute(
            "insert into trees (id, account_id, name) select gen_random_uuid(), %s, 'Flow ' || n"
            " from generate_series(1, %s) n",
            [account, FLOWS],
        )
        connection.execute(
            "insert into ai_sessions (id, account_id) select gen_random_uuid(), %s from generate_series(1, %s)",
            [account, SESSIONS],
        )
        flows = _ids(connection, "select id from trees")
        return Source(account, flows, _ids(connection, "select id from ai_sessions"))


def _ids(connection: psycopg.Connection, statement: str) -> list[UUID]:
    return [each for (each,) in connection.execute(statement.encode()).fetchall()]


def _counted(stack: RunningStack) -> int:
    (counted,) = stack.query("select coalesce(sum(usage_count), 0) from trees") or (0,)
    return int(str(counted))


def _kill(stack: RunningStack, *, whole: bool) -> None:
    pids = processes_of(stack.folder) if whole else set[int]()
    kill_all({*pids, stack.process.pid})
    stack.process.wait()
