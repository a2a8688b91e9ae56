"""Sessions and activities for the benchmark of the read path: one big account among others, interleaved in time."""

import hashlib
import time
from datetime import UTC, datetime
from uuid import UUID

import psycopg

from deploy.embedded.roles import OWNER
from deploy.migrations.connection import Target
from deploy.migrations.filling import fill
from tests.infra.database import Database

NOW = datetime(2026, 3, 18, 15, 37, tzinfo=UTC)
BIG = UUID(int=1)
FLOW = UUID(hashlib.md5(b"flow1 3", usedforsecurity=False).hexdigest())
"""One that is matched often."""
CHUNK = 500_000

MAIN_APP = """
insert into accounts select lpad(to_hex(a), 32, '0')::uuid, 'Account ' || a, 'America/New_York'
from generate_series(1, {others} + 1) a;
insert into tree_categories
select md5('category' || a || ' ' || c)::uuid, lpad(to_hex(a), 32, '0')::uuid, 'Domain ' || c
from generate_series(1, {others} + 1) a, generate_series(1, 40) c;
insert into trees (id, account_id, name, category_id, is_active, created_at)
select md5('flow' || a || ' ' || f)::uuid, lpad(to_hex(a), 32, '0')::uuid, 'Flow ' || f,
  md5('category' || a || ' ' || 1 + f % 40)::uuid, f % 10 > 0,
  '{now}'::timestamptz - case when f <= 20 then f * 4 else 200 end * interval '1 day'
from generate_series(1, {others} + 1) a, generate_series(1, 256) f;
"""
USERS = """
insert into users (id, account_id, email, role)
select md5('user' || a || ' ' || u)::uuid, lpad(to_hex(a), 32, '0')::uuid, 'user' || u || '@example.com', 'engineer'
from generate_series(1, {others} + 1) a, generate_series(1, 25) u;
"""
SESSIONS = """
insert into ai_sessions (id, account_id, user_id, problem_domain, status, confidence_tier, confidence_score,
  matched_flow_id, match_score, session_rating, psa_ticket_id, created_at, resolved_at)
select md5('session' || n)::uuid, lpad(to_hex(a), 32, '0')::uuid, md5('user' || a || ' ' || 1 + n % 25)::uuid,
  case when r1 < 0.95 then 'Domain ' || 1 + floor(64 * r2 * r2) end,
  status, (array['guided', 'exploring', 'discovery', null])[1 + floor(4 * r4)], round(r5::numeric, 4),
  case when r6 < 0.7 then md5('flow' || a || ' ' || 1 + floor(256 * r2 * r3))::uuid end,
  r5, case when r5 < 0.4 then 1 + floor(5 * r1) end, case when r4 < 0.8 then n::text end, created_at,
  case when status <> 'active' then created_at + r3 * r3 * interval '1 day' end
from (
  select n, r0, case when r0 < {share} then 1 else 2 + floor({others} * random()) end::integer as a,
    r1, r2, r3, r4, r5, r6, status, created_at
  from (
    select n, random() r0, random() r1, random() r2, random() r3, random() r4, random() r5, random() r6,
      '{now}'::timestamptz - n * interval '{days} days' / {sessions} as created_at,
      (array['resolved', 'resolved', 'resolved', 'escalated', 'abandoned', 'active'])[1 + floor(6 * random())] as status
    from generate_series({first}, {last}) n
  ) as drawn
) as session
"""
ACTIVITIES = """
insert into psa_activity_log
  (id, account_id, session_id, activity_type, hours_logged, psa_ticket_id, created_at, event_id)
select gen_random_uuid(), account_id, id, kind,
  case kind when 'time_entry_posted' then round(random()::numeric * 4, 2) end, coalesce(psa_ticket_id, '1'),
  resolved_at + random() * interval '6 hours', gen_random_uuid()
from ai_sessions,
  unnest(array['note_posted', 'time_entry_posted', 'time_entry_posted', 'status_updated']) kind
where resolved_at is not null and random() < 0.4
"""


def load(database: Database, *, sessions: int, share: float, others: int, days: int) -> dict[str, float]:
    """Fill the database, without the triggers, and then the rollups; returns how many seconds each part took."""
    parts = {"others": others, "now": NOW.isoformat(), "share": share, "days": days, "sessions": sessions}
    begun = time.perf_counter()
    with database.connect() as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute("set synchronous_commit = off")
        connection.execute("select setseed(0.5)")
        connection.execute((MAIN_APP + USERS).format(**parts).encode())
        for first in range(1, sessions + 1, CHUNK):
            last = min(first + CHUNK - 1, sessions)
            connection.execute(SESSIONS.format(**parts, first=first, last=last).encode())
        connection.execute(ACTIVITIES.encode())
        loaded = time.perf_counter()
        connection.execute("vacuum analyze ai_sessions")
        connection.execute("vacuum analyze psa_activity_log")
    vacuumed = time.perf_counter()
    fill(Target(database.dsn_for(OWNER)), lock_timeout="60s", again=True)
    filled = time.perf_counter()
    with database.connect() as connection:
        connection.execute("vacuum analyze")
    return {
        "load_s": round(loaded - begun, 1),
        "vacuum_s": round(vacuumed - loaded, 1),
        "fill_s": round(filled - vacuumed, 1),
    }


def add_deltas(database: Database, count: int) -> int:
    """Change sessions of the big account through the triggers until that many deltas are pending."""
    with database.connect() as connection:
        pending = 0
        while pending < count:
            connection.execute(
                "update ai_sessions set status = 'abandoned', resolved_at = created_at, problem_domain = 'Changed'"
                " where id in (select id from ai_sessions where account_id = %s and problem_domain <> 'Changed'"
                " limit %s)",
                [BIG, (count - pending + 3) // 4],
            )
            row = connection.execute("select count(*) from analytics.pending_session").fetchone()
            assert row is not None
            if row[0] <= pending:
                break
            pending = row[0]
    return pending


def count(database: Database, relation: str) -> int:
    """Rows of a table."""
    with psycopg.connect(database.dsn) as connection:
        row = connection.execute(f"select count(*) from {relation}".encode()).fetchone()
        assert row is not None
        return int(row[0])
