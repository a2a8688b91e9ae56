"""Rollups equal facts in every snapshot, on both servers, while transactions of all kinds interleave."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial

import psycopg
from psycopg.errors import SerializationFailure
from sqlalchemy import NullPool, create_engine

from tests.infra.database import Database
from tests.queries.asking import period_at
from tests.rollups.comparing import assert_rollups_equal_facts
from tests.rollups.drifting import drift, drift_of, snapshots
from tests.rollups.jobs import compact, reconcile_once
from tests.rollups.writing import NOW, Consumer, MainApp, SharedIds, Support, Writer

SNAPSHOTS = 200
WRITES, RECONCILIATIONS = 15, 0.1
"""So many for each snapshot, and no more: what the writers use beyond that the snapshots wait for."""
PERIOD = period_at(NOW, "Asia/Kathmandu", period="30d")


class Pace:
    """Lets a task run so many times for each snapshot."""

    def __init__(self, per_snapshot: float) -> None:
        self._per_snapshot = per_snapshot
        self._due = 0.0
        self._permits = threading.Semaphore(0)

    def snapshot_begins(self) -> None:
        self._due += self._per_snapshot
        while self._due >= 1:
            self._due -= 1
            self._permits.release()

    def of(self, task: Callable[[], object]) -> Callable[[], None]:
        def paced() -> None:
            if self._permits.acquire(timeout=0.1):
                task()

        return paced


@contextmanager
def meanwhile(*tasks: Callable[[], object]) -> Iterator[list[Future[None]]]:
    """Repeats each task in a thread of its own until the block ends; a task that fails fails the block."""
    stop = threading.Event()

    def repeat(task: Callable[[], object]) -> None:
        while not stop.is_set():
            task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        running = [pool.submit(repeat, task) for task in tasks]
        try:
            yield running
        finally:
            stop.set()
        for each in running:
            each.result()


def test_no_snapshot_differs(database: Database) -> None:
    world = SharedIds(database)
    writers: list[tuple[Writer, str]] = [
        (MainApp(world, 1), database.dsn_for("main_app")),
        (MainApp(world, 2), database.dsn_for("main_app")),
        (Consumer(world, 3), database.dsn_for("flowpilot_consumer")),
        (Consumer(world, 4), database.dsn_for("flowpilot_consumer")),
        (Support(world, 5), database.dsn),
    ]
    folded: list[int] = []
    writing, reconciling = Pace(WRITES), Pace(RECONCILIATIONS)
    taken = {database.dsn: 0, database.replica_dsn: 0}
    with (
        ExitStack() as stack,
        snapshots(database.dsn) as primary,
        snapshots(database.replica_dsn) as replica,
        meanwhile(
            *(writing.of(partial(writer.write, stack.enter_context(psycopg.connect(dsn)))) for writer, dsn in writers),
            lambda: folded.append(compact(database)),
            reconciling.of(lambda: _expect_none(database)),
        ) as running,
    ):
        while min(taken.values()) < SNAPSHOTS // 2:
            for each in running:
                assert not each.done(), each.result()
            for dsn, connection in ((database.dsn, primary), (database.replica_dsn, replica)):
                writing.snapshot_begins()
                reconciling.snapshot_begins()
                # The replica may cancel a query that stands in the way of replay.
                try:
                    found = drift(connection)
                except SerializationFailure:
                    connection.rollback()
                    continue
                assert found == []
                taken[dsn] += 1
                if taken[dsn] % 20 == 1:
                    _assert_answers_are_equal(dsn, world)
    assert drift_of(database.dsn) == []
    assert sum(folded) > 100
    assert min(writer.committed for writer, _ in writers) > 40


def _expect_none(database: Database) -> None:
    assert reconcile_once(database).get("rollup_drift_rows", 0) == 0


def _assert_answers_are_equal(dsn: str, world: SharedIds) -> None:
    engine = create_engine(
        dsn.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool, isolation_level="REPEATABLE READ"
    )
    with suppress(SerializationFailure), engine.connect() as connection:
        for account_id in world.accounts:
            assert_rollups_equal_facts(connection, account_id, PERIOD)
    engine.dispose()
