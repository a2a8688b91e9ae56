"""Counts into the rollups what was there before their triggers, while the main application goes on writing.

The triggers count every change from a moment on; what is to be added is what was there at exactly that moment. So the
tables are locked against writers just long enough to remember a snapshot; then the writers go on, and a second
transaction counts in that snapshot. Their deltas wait meanwhile, since the compactor's lock is held. Nothing reads the
rollups until `analytics.rollup_state` says that they are filled; a filling that was interrupted starts again.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from psycopg import Connection, IsolationLevel

from deploy.migrations.connection import Target
from deploy.migrations.errors import MigrationError
from deploy.migrations.retired import RETIRED
from shared_queries.rollups import recount
from shared_queries.rollups.folding import ACTIVITY_ROLLUPS, FOLDS, GAP_ROLLUPS, SESSION_ROLLUPS, SESSIONS_FROM_FINER
from shared_queries.sums import COUNTERS_VERSION

_ROLLUPS = (*SESSION_ROLLUPS, *ACTIVITY_ROLLUPS, *GAP_ROLLUPS)
_LOCK_OF_0_1_0 = "hashtext('psa_event_consumer.jobs'), hashtext('compact_rollups')"
_PATIENCE_S = 30.0


def fill(target: Target, *, lock_timeout: str, again: bool = False) -> None:
    """Fill the rollups unless they are; `again` counts everything again.

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
        _expect_our_version(locker)
        _empty(locker)
        _share_snapshot(locker, counter, _stale_places(locker))
        _count(counter)
        with _as_owner(locker):
            locker.execute("update analytics.rollup_state set counters_filled_at = now(), checked_until = null")
        _analyze(locker)
        _empty_retired(locker)


def _expect_our_version(connection: Connection) -> None:
    with _as_owner(connection):
        row = connection.execute("select counters_version from analytics.rollup_state").fetchone()
    if row != (COUNTERS_VERSION,):
        raise MigrationError(
            f"the database counts by version {row and row[0]} of the counters, this release by {COUNTERS_VERSION}:"
            " run the upgrade of the release that the database is of"
        )


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
            "select counters_filled_at is not null and not exists (select from analytics.trigger_failure)"
            " from analytics.rollup_state"
        ).fetchone()
    return row == (True,)


def _empty(connection: Connection) -> None:
    # Deleted, not truncated: who still reads them in an older snapshot must not find them empty.
    with _as_owner(connection):
        connection.execute("update analytics.rollup_state set counters_filled_at = null")
        for rollup in _ROLLUPS:
            connection.execute(f"delete from analytics.{rollup.name}")


_KNOWN = ("account_id", "quarter", "spelling", "flow_id", "user_id", "linked", "resolved", "us", "notes", "entries")
_PLACES = """
    select session.id as session_id, session.account_id, known.quarter, known.spelling,
      session.matched_flow_id as flow_id, session.user_id, known.linked, known.resolved, known.us,
      coalesce(past.notes, 0) as notes, coalesce(past.entries, 0) as entries
    from analytics.all_sessions as session
    cross join lateral analytics.place_of(
      session.created_at, session.resolved_at, session.problem_domain, session.status, session.psa_ticket_id
    ) as known
    left join (
      select session_id, account_id, count(*) filter (where activity_type = 'note_posted') as notes,
        count(*) filter (where activity_type = 'time_entry_posted') as entries
      from psa_activity_log
      where session_id is not null and {of_activity}
      group by session_id, account_id
    ) as past on past.session_id = session.id and past.account_id = session.account_id
    where {of_session}
"""


def _stale_places(connection: Connection) -> list[UUID]:
    """Find the sessions whose place is not what the tables say: changed while the triggers were off.

    What is right stays right, since the triggers count meanwhile.
    """
    places = _PLACES.format(of_activity="true", of_session="true")
    place, known = (", ".join(f"{table}.{name}" for name in _KNOWN) for table in ("place", "known"))
    with _as_owner(connection):
        found = connection.execute(
            f"select place.session_id from analytics.session_place as place left join ({places}) as known"
            f" using (session_id) where row({place}) is distinct from row({known})"
        ).fetchall()
    return [session_id for (session_id,) in found]


def _put_right(connection: Connection, stale: list[UUID]) -> None:
    """Write the places again. Not truncate: who has an older snapshot must fail, not take a session for unchanged."""
    places = _PLACES.format(of_activity="session_id = any(%(stale)s)", of_session="session.id = any(%(stale)s)")
    values = {"stale": stale}
    connection.execute(
        "delete from analytics.session_place where session_id = any(%(stale)s)"
        " and not exists (select from ai_sessions where id = session_id)",
        values,
    )
    connection.execute(
        f"update analytics.session_place as place set {', '.join(f'{name} = known.{name}' for name in _KNOWN)}"
        f" from ({places}) as known where known.session_id = place.session_id",
        values,
    )


def _share_snapshot(locker: Connection, counter: Connection, stale: list[UUID]) -> None:
    """Give the counter the snapshot at which the deltas begin."""
    with locker.transaction():
        # Waits for every writer to end, and keeps new ones out until the end of this transaction.
        locker.execute("lock table ai_sessions, psa_activity_log in share row exclusive mode")
        locker.execute("set local role analytics_owner")
        for fold in FOLDS:
            locker.execute(f"delete from analytics.{fold.pending}")
        # What the triggers could not count until now is counted here.
        locker.execute("delete from analytics.trigger_failure")
        _put_right(locker, stale)
        row = locker.execute("select pg_export_snapshot()").fetchone()
        assert row is not None  # noqa: S101  a function's row
        counter.isolation_level = IsolationLevel.REPEATABLE_READ
        counter.execute(f"set transaction snapshot '{row[0]}'")


def _count(connection: Connection) -> None:
    connection.execute("set local role analytics_owner")
    connection.execute("set local work_mem = '128MB'")
    connection.execute("set local jit = off")
    fills = (
        # From all sessions again for each of its grains, a rollup took twice as long.
        (recount.sessions(), SESSIONS_FROM_FINER),
        (recount.ACTIVITIES, [(rollup, "counted") for rollup in ACTIVITY_ROLLUPS]),
        (recount.GAPS, [(rollup, "counted") for rollup in GAP_ROLLUPS]),
    )
    for facts, rollups in fills:
        connection.execute(f"create temporary table counted on commit drop as {facts}")
        connection.execute("analyze counted")
        for rollup, source in rollups:
            connection.execute(rollup.insert(source))
        connection.execute("drop table counted")
    connection.commit()


def _analyze(connection: Connection) -> None:
    """Tell the planner of what came at once, before autovacuum does; also of the empty queues."""
    connection.execute("set role analytics_owner")
    for name in (*(rollup.name for rollup in _ROLLUPS), *(fold.pending for fold in FOLDS)):
        connection.execute(f"analyze analytics.{name}")
    connection.execute("reset role")


def _empty_retired(connection: Connection) -> None:
    """Delete what an older release counted: nothing reads it any more, and it holds the text of domains."""
    with _as_owner(connection):
        for name in RETIRED:
            connection.execute(f"delete from analytics.{name}")


@contextmanager
def _as_owner(connection: Connection) -> Iterator[None]:
    with connection.transaction():
        connection.execute("set local role analytics_owner")
        yield
