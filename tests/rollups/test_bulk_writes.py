"""A statement of many rows costs in proportion to its rows, also in a session whose triggers have planned for few.

PL/pgSQL keeps the plan of a trigger's statement for the session: chosen for three rows and small tables, a nested loop
over transition tables, or a scan of the log for each session, takes minutes for 40,000. (Planning again for each
statement would cost the single insert more than the trigger itself.)
"""

import time

import psycopg

from tests.infra.database import Database
from tests.rollups.jobs import compact

SESSIONS = """
insert into ai_sessions (id, account_id, problem_domain, status, psa_ticket_id, created_at, resolved_at)
select gen_random_uuid(), (select id from accounts), 'domain ' || number %% 7, 'resolved', 'T' || number,
  now() - number * interval '1 minute', now() - number * interval '1 minute' + interval '9 minutes'
from generate_series(1, %s) as number
"""
ACTIVITIES = """
insert into psa_activity_log (
  id, account_id, session_id, activity_type, hours_logged, psa_ticket_id, created_at, event_id
)
select gen_random_uuid(), account_id, session.id, kind, 1.5, psa_ticket_id, created_at, gen_random_uuid()
from ai_sessions as session, unnest(array['time_entry_posted', 'time_entry_posted', 'note_posted']) as kind
where not exists (select from psa_activity_log as known where known.session_id = session.id)
"""
CHANGES = "update ai_sessions set status = 'escalated', psa_ticket_id = psa_ticket_id || '-x'"
REMOVAL = "delete from ai_sessions"
ATTEMPTS = 3


def seconds(connection: psycopg.Connection, statement: str, *parameters: int) -> float:
    began = time.monotonic()
    connection.execute(statement, parameters)
    return time.monotonic() - began


def test_many_rows_cost_in_proportion_after_few(database: Database) -> None:
    few, many = 500, 10_000
    with database.connect() as connection:
        connection.execute("insert into accounts (id, name) values (gen_random_uuid(), 'Bulk')")
        written(connection, 3)  # plans
        # Other work on the machine can slow down any one measurement, but not what grows with the square three times.
        seen = []
        for _ in range(ATTEMPTS):
            small, large = written(connection, few), written(connection, many)
            seen.append([much / max(little, 0.005) for much, little in zip(large, small, strict=True)])
            if max(seen[-1]) < 2.5 * many / few:
                written(connection, many)
                _assert_the_planner_knows(connection, database)
                return
    raise AssertionError(f"insert, activities, update, delete: {seen} for {many / few:.0f} times the rows")


def _assert_the_planner_knows(connection: psycopg.Connection, database: Database) -> None:
    """What one fold has brought in bulk."""
    known = "select reltuples from pg_class where relname = 'domain_rollup_day'"
    assert connection.execute(known).fetchall() == [(0,)]
    connection.execute(SESSIONS, [3])
    assert compact(database) > 20_000
    assert connection.execute(known).fetchall() > [(0,)]


def written(connection: psycopg.Connection, sessions: int) -> list[float]:
    """Seconds for so many sessions, their activities, a change of each, and their removal."""
    inserted = seconds(connection, SESSIONS, sessions)
    return [inserted, *(seconds(connection, statement) for statement in (ACTIVITIES, CHANGES, REMOVAL))]
