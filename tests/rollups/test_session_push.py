"""A ticket linked and a note pushed at the same time, each in a transaction that cannot see the other.

The funnel needs both. Whatever the order and the isolation levels, either both are counted, or the one that came second
is told to try again; counted once or not at all never happens.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Literal
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg import IsolationLevel
from psycopg.errors import DeadlockDetected, InFailedSqlTransaction, SerializationFailure

from tests.infra.database import Database
from tests.rollups.drifting import drift_of
from tests.rollups.writing import NOW

Step = Literal["look", "link", "unlink", "resolve", "note", "entry", "erase", "commit", "rollback"]
LEVELS = (IsolationLevel.READ_COMMITTED, IsolationLevel.REPEATABLE_READ)
BLOCKED_S = 0.1
"""A step that takes longer waits for the other transaction; its next ones queue behind it."""
LIKELY_BLOCKED_S = 0.03
"""Where any order is good: that a step is overtaken only for being slow makes one more order."""

STATEMENTS: dict[Step, str] = {
    "look": "select count(*) from ai_sessions where id = %(session)s",
    "link": "update ai_sessions set psa_ticket_id = '48213' where id = %(session)s",
    "unlink": "update ai_sessions set psa_ticket_id = null where id = %(session)s",
    "resolve": "update ai_sessions set status = 'resolved', resolved_at = created_at where id = %(session)s",
    "note": "insert into psa_activity_log select gen_random_uuid(), %(account)s, %(session)s, 'note_posted', null, '1',"
    " %(now)s, gen_random_uuid()",
    "entry": "insert into psa_activity_log select gen_random_uuid(), %(account)s, %(session)s, 'time_entry_posted', 1,"
    " '1', %(now)s - random() * interval '3 hours', gen_random_uuid()",
    "erase": "delete from ai_sessions where id = %(session)s",
}


class Transaction:
    """One transaction in a thread of its own, so that a step that waits does not stop the others."""

    def __init__(self, database: Database, level: IsolationLevel, patience_s: float) -> None:
        self._connection = psycopg.connect(database.dsn)
        self._connection.isolation_level = level
        self._patience_s = patience_s
        self._pool = ThreadPoolExecutor(1)
        self._steps: list[Future[None]] = []
        self.refused = False

    def do(self, step: Step, values: dict[str, object]) -> None:
        """Begins the step, and waits for its end for as long as it is not blocked."""
        self._steps.append(self._pool.submit(self._do, step, values))
        with suppress(TimeoutError):
            self._steps[-1].result(self._patience_s)

    def end(self) -> None:
        """Commits what is not ended yet."""
        self.do("commit", {})

    def close(self) -> None:
        for step in self._steps:
            step.result(10)
        self._pool.shutdown()
        self._connection.close()

    def _do(self, step: Step, values: dict[str, object]) -> None:
        try:
            if step == "commit":
                self._connection.commit()
            elif step == "rollback":
                self._connection.rollback()
            else:
                self._connection.execute(STATEMENTS[step].encode(), values)
        except (SerializationFailure, DeadlockDetected, psycopg.errors.ForeignKeyViolation):
            self.refused = True
        except InFailedSqlTransaction:
            assert self.refused


@contextmanager
def transactions(
    database: Database, *levels: IsolationLevel, patience_s: float = BLOCKED_S
) -> Iterator[list[Transaction]]:
    begun = [Transaction(database, level, patience_s) for level in levels]
    try:
        yield begun
        for each in begun:
            each.end()
    finally:
        for each in begun:
            each.close()


def new_session(database: Database, ticket: str | None = None) -> dict[str, object]:
    account_id, session_id = uuid4(), uuid4()
    with database.connect() as connection:
        connection.execute("insert into accounts values (%s, 'An account')", [account_id])
        connection.execute(
            "insert into ai_sessions (id, account_id, psa_ticket_id, created_at) values (%s, %s, %s, %s)",
            [session_id, account_id, ticket, NOW],
        )
    return {"account": account_id, "session": session_id, "now": NOW}


def doc_pushed(database: Database, account_id: object) -> int:
    assert isinstance(account_id, UUID)
    with database.connect() as connection:
        row = connection.execute(
            "select coalesce(sum(doc_pushed), 0) from analytics.pending_session where account_id = %s", [account_id]
        ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("first", ["link", "note"])
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.name.lower())
def test_a_ticket_and_a_note_at_the_same_time_do_not_miss_each_other(
    module_database: Database, level: IsolationLevel, first: Step
) -> None:
    second: Step = "note" if first == "link" else "link"
    values = new_session(module_database)
    with transactions(module_database, level, level) as (one, other):
        # Under REPEATABLE READ each fixes what it sees before the other has done anything.
        one.do("look", values)
        other.do("look", values)
        one.do(first, values)
        other.do(second, values)
        one.do("commit", values)
    if level == IsolationLevel.REPEATABLE_READ:
        assert other.refused
        assert doc_pushed(module_database, values["account"]) == 0
    else:
        assert not other.refused
        assert doc_pushed(module_database, values["account"]) == 1
    assert drift_of(module_database.dsn) == []


STEPS: st.SearchStrategy[Step] = st.sampled_from([
    "link", "unlink", "resolve", "note", "entry", "entry", "erase", "commit", "rollback",
])  # fmt: skip


@settings(
    max_examples=30,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    levels=st.tuples(st.sampled_from(LEVELS), st.sampled_from(LEVELS), st.sampled_from(LEVELS)),
    ticket=st.sampled_from([None, "48213"]),
    schedule=st.lists(st.tuples(st.integers(0, 2), STEPS), min_size=3, max_size=12),
)
def test_three_transactions_on_one_session_in_any_order_leave_the_rollups_right(
    module_database: Database,
    levels: tuple[IsolationLevel, IsolationLevel, IsolationLevel],
    ticket: str | None,
    schedule: list[tuple[int, Step]],
) -> None:
    values = new_session(module_database, ticket)
    with transactions(module_database, *levels, patience_s=LIKELY_BLOCKED_S) as three:
        for each in three:
            each.do("look", values)
        for index, step in schedule:
            three[index].do(step, values)
    assert drift_of(module_database.dsn) == []
