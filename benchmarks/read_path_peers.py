"""The other ways to answer the four questions: DuckDB over the same rows, and PostgreSQL materialized views."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from benchmarks.read_path_data import BIG
from tests.infra.database import Database

Ask = Callable[[], object]

BY_DOMAIN = """
select trim(problem_domain), count(*), count(*) filter (where status = 'resolved'),
  count(*) filter (where status = 'escalated'), count(*) filter (where status = 'abandoned'),
  count(*) filter (where confidence_tier = 'guided'), count(*) filter (where confidence_tier = 'exploring'),
  count(*) filter (where confidence_tier = 'discovery'),
  count(*) filter (where confidence_tier = 'guided' and status = 'resolved'),
  count(*) filter (where status = 'resolved' and resolved_at >= created_at),
  sum(epoch_us(resolved_at) - epoch_us(created_at)) filter (where status = 'resolved' and resolved_at >= created_at),
  sum(epoch_us(resolved_at) - epoch_us(created_at))
    filter (where confidence_tier = 'guided' and status = 'resolved' and resolved_at >= created_at),
  count(session_rating), sum(session_rating),
  sum(least(epoch_us(resolved_at) - epoch_us(created_at), 28800000000))
    filter (where status in ('resolved', 'escalated', 'abandoned') and confidence_tier is distinct from 'guided')
from sessions where account_id = $account and created_at >= $start and created_at < $end group by 1
"""
PERCENTILES = """
select quantile_disc(epoch_us(resolved_at) - epoch_us(created_at), [0.5, 0.9])
from sessions
where account_id = $account and created_at >= $start and created_at < $end and status = 'resolved'
"""
BY_FLOW = """
select matched_flow_id, count(*), count(*) filter (where status = 'resolved'),
  count(*) filter (where status = 'escalated'), count(*) filter (where status = 'abandoned'),
  count(*) filter (where confidence_tier = 'guided'), count(confidence_tier), count(confidence_score),
  sum(cast(round(confidence_score * 1000000) as bigint))
from sessions where account_id = $account and created_at >= $start and created_at < $end group by 1
"""
BY_DAY = """
select cast(created_at as date), count(*) filter (where activity_type = 'time_entry_posted'),
  sum(cast(round(hours_logged * 10000) as bigint)), count(*) filter (where activity_type = 'note_posted'),
  count(*) filter (where activity_type = 'status_updated')
from activities where account_id = $account and created_at >= $start and created_at < $end group by 1
"""
ENTRY_SESSIONS = """
select count(distinct session_id) from activities
where account_id = $account and created_at >= $start and created_at < $end and activity_type = 'time_entry_posted'
"""
FUNNEL = """
with pushed as (
  select session_id, bool_or(activity_type = 'note_posted') note, bool_or(activity_type = 'time_entry_posted') entry
  from activities where account_id = $account group by 1
)
select count(*), count(*) filter (where psa_ticket_id is not null),
  count(*) filter (where psa_ticket_id is not null and note),
  count(*) filter (where psa_ticket_id is not null and note and entry),
  count(*) filter (where psa_ticket_id is not null and status = 'resolved' and entry)
from sessions left join pushed on pushed.session_id = sessions.id
where account_id = $account and created_at >= $start and created_at < $end
"""
QUESTIONS: Mapping[str, Sequence[str]] = {
    "overview": (BY_DOMAIN, PERCENTILES),
    "coverage": (BY_DOMAIN,),
    "flow_quality": (BY_FLOW,),
    "psa": (BY_DAY, ENTRY_SESSIONS, FUNNEL),
}


@contextmanager
def duckdb_over(database: Database, folder: Path, values: Mapping[str, object]) -> Iterator[Mapping[str, Ask]]:
    """DuckDB's own table, sorted by account and time, on one thread."""
    csv = {"sessions": folder / "sessions.csv", "activities": folder / "activities.csv"}
    for name, table in (("sessions", "ai_sessions"), ("activities", "psa_activity_log")):
        with psycopg.connect(database.dsn) as connection, csv[name].open("wb") as file:
            copy = f"copy (select * from {table} order by account_id, created_at) to stdout (format csv, header)"
            with connection.cursor().copy(copy.encode()) as rows:
                for row in rows:
                    file.write(row)
    with duckdb.connect(str(folder / "peer.duckdb")) as peer:
        peer.execute("set threads = 1; set timezone = 'UTC'")
        for name, path in csv.items():
            peer.execute(f"create table {name} as select * from read_csv('{path}', sample_size = -1)")
            path.unlink()

        def ask(statements: Sequence[str]) -> list[Any]:
            return [peer.execute(statement, values).fetchall() for statement in statements]

        yield {name: lambda statements=statements: ask(statements) for name, statements in QUESTIONS.items()}


MATERIALIZED = """
create materialized view domain_day as
select account_id, date_trunc('day', created_at, 'UTC') as day, btrim(problem_domain) as domain,
  confidence_tier, status, count(*) as n,
  sum(extract(epoch from resolved_at - created_at)) filter (where resolved_at >= created_at) as seconds,
  count(session_rating) as rated, sum(session_rating) as rating
from ai_sessions group by 1, 2, 3, 4, 5;
create index on domain_day (account_id, day);
create materialized view flow_day as
select account_id, date_trunc('day', created_at, 'UTC') as day, matched_flow_id, confidence_tier, status, count(*) as n,
  count(confidence_score) as scored, sum(confidence_score) as score
from ai_sessions group by 1, 2, 3, 4, 5;
create index on flow_day (account_id, day);
"""
OF_VIEW = {
    "coverage": """
select domain, sum(n), sum(n) filter (where status = 'resolved'), sum(n) filter (where status = 'escalated'),
  sum(n) filter (where status = 'abandoned'), sum(n) filter (where confidence_tier = 'guided'), sum(seconds),
  sum(rated), sum(rating)
from domain_day where account_id = %(account)s and day >= %(start)s and day < %(end)s group by 1
""",
    "flow_quality": """
select matched_flow_id, sum(n), sum(n) filter (where status = 'resolved'), sum(n) filter (where status = 'escalated'),
  sum(n) filter (where confidence_tier = 'guided'), sum(scored), sum(score)
from flow_day where account_id = %(account)s and day >= %(start)s and day < %(end)s group by 1
""",
}


@contextmanager
def materialized_views(database: Database, values: Mapping[str, object]) -> Iterator[tuple[Mapping[str, Ask], float]]:
    """Per day, whole days only and without percentiles; and how many seconds a refresh takes."""
    with database.connect() as connection:
        for statement in MATERIALIZED.split(";\n"):
            if statement.strip():
                connection.execute(statement.encode())
        begun = time.perf_counter()
        connection.execute("refresh materialized view domain_day")
        connection.execute("refresh materialized view flow_day")
        seconds = time.perf_counter() - begun
        connection.execute("analyze domain_day")
        connection.execute("analyze flow_day")
        asks = {
            name: lambda statement=statement: connection.execute(statement.encode(), values).fetchall()
            for name, statement in OF_VIEW.items()
        }
        yield asks, seconds


def values_of(start: object, end: object) -> Mapping[str, object]:
    """Return what every peer is asked about: the big account's period."""
    return {"account": BIG, "start": start, "end": end}
