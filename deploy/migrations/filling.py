"""Counts into the rollups what was there before their triggers, while the main application goes on writing.

The triggers count every change from a moment on; what is to be added is what was there at exactly that moment. So the
tables are locked against writers just long enough to remember a snapshot; then the writers go on, and a second
transaction counts in that snapshot. Their deltas wait meanwhile, since the compactor's lock is held. Nothing reads the
rollups until `analytics.rollup_state` says that they are filled; a filling that was interrupted starts anew.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from psycopg import Connection, IsolationLevel

from deploy.migrations.connection import Target
from shared_queries.rollups import recount
from shared_queries.rollups.folding import ACTIVITY_ROLLUP, GAP_ROLLUPS, SESSION_ROLLUPS
from shared_queries.rollups.tables import GRAINS

_SESSION_ROLLUPS = tuple(rollup for grain in GRAINS for rollup in SESSION_ROLLUPS[grain])
_ROLLUPS = (*_SESSION_ROLLUPS, ACTIVITY_ROLLUP, *GAP_ROLLUPS)
_DELTAS = ("session_delta", "activity_delta", "entry_gap_delta")
_LOCK_OF_0_1_0 = "hashtext('psa_event_consumer.jobs'), hashtext('compact_rollups')"
_PATIENCE_S = 30.0


def fill(target: Target, *, lock_timeout: str, again: bool = False) -> None:
    """Fill the rollups unless they are; `again` counts everything anew.

    Raises:
        psycopg.Error: nothing is filled then; readers use the facts, and the next call starts over.
    """
    with (
        target.connect() as guard,
        target.connect(autocommit=True) as locker,
        target.connect() as counter,
    ):
        if not again and _is_filled(locker):
            return
        _keep_compactor_out(guard)
        # Another migrator may have filled them while we waited for the lock.
        if not again and _is_filled(locker):
            return
        locker.execute(f"set lock_timeout = '{lock_timeout}'")
        _empty(locker)
        _share_snapshot(locker, counter)
        _count(counter)
        with _as_owner(locker):
            locker.execute("update analytics.rollup_state set filled_at = now(), checked_until = null")


def _keep_compactor_out(guard: Connection) -> None:
    """Hold the compactor's lock until the connection ends."""
    guard.execute("set local role analytics_owner")
    guard.execute("select from analytics.job_lock where job = 'compact_rollups' for update")
    # The last release's compactor knows an advisory lock. Anybody may hold that, so it is not waited for without end.
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline:
        if guard.execute(f"select pg_try_advisory_xact_lock({_LOCK_OF_0_1_0})").fetchone() == (True,):
            return
        time.sleep(0.1)


def _is_filled(connection: Connection) -> bool:
    with _as_owner(connection):
        row = connection.execute(
            "select filled_at is not null and not exists (select from analytics.trigger_failure)"
            " from analytics.rollup_state"
        ).fetchone()
    return row == (True,)


def _empty(connection: Connection) -> None:
    # Deleted, not truncated: who still reads them in an older snapshot must not find them empty.
    with _as_owner(connection):
        connection.execute("update analytics.rollup_state set filled_at = null")
        for rollup in _ROLLUPS:
            connection.execute(f"delete from analytics.{rollup.name}")


def _share_snapshot(locker: Connection, counter: Connection) -> None:
    """Give the counter the snapshot at which the deltas begin."""
    with locker.transaction():
        # Waits for every writer to end, and keeps new ones out until the end of this transaction.
        locker.execute("lock table ai_sessions, psa_activity_log in share row exclusive mode")
        locker.execute("set local role analytics_owner")
        for delta in _DELTAS:
            locker.execute(f"delete from analytics.{delta}")
        # What the triggers could not count until now is counted here.
        locker.execute("delete from analytics.trigger_failure")
        # Read by the triggers alone; a session's row comes anew with its next change.
        locker.execute("truncate analytics.session_push")
        row = locker.execute("select pg_export_snapshot()").fetchone()
        assert row is not None  # noqa: S101  a function's row
        counter.isolation_level = IsolationLevel.REPEATABLE_READ
        counter.execute(f"set transaction snapshot '{row[0]}'")


def _count(connection: Connection) -> None:
    connection.execute("set local role analytics_owner")
    connection.execute("set local work_mem = '128MB'")
    connection.execute("set local jit = off")
    for name, source in (
        ("sessions", recount.sessions()),
        ("activities", recount.ACTIVITIES),
        ("gaps", recount.GAPS),
    ):
        connection.execute(f"create temporary table filling_{name} on commit drop as {source}")
        connection.execute(f"analyze filling_{name}")
    for rollup in _SESSION_ROLLUPS:
        connection.execute(rollup.insert("filling_sessions"))
    connection.execute(ACTIVITY_ROLLUP.insert("filling_activities"))
    for rollup in GAP_ROLLUPS:
        connection.execute(rollup.insert("filling_gaps"))
    connection.commit()


@contextmanager
def _as_owner(connection: Connection) -> Iterator[None]:
    with connection.transaction():
        connection.execute("set local role analytics_owner")
        yield
