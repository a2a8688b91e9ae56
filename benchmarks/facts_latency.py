"""How long each question takes over facts: 90 days of an account of 100,000 sessions.

    python -m benchmarks.facts_latency [--sessions 100000] [--others 4] [--rounds 15]

Starts servers as the tests do (TEST_INFRA), fills a fresh database with one big account and others of the same size
beside it, interleaved in time, and asks as the API does: its role, one REPEATABLE READ READ ONLY transaction with
the tenant set. Prints a JSON line per question: median, best and 90th percentile in milliseconds, the largest
statement's own time, and what it took to build the statements and to assemble the answer.
"""

import argparse
import json
import statistics
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, NullPool, create_engine, text

from shared_queries.periods.period import parse_period
from shared_queries.plan import Plan
from shared_queries.questions.coverage import coverage
from shared_queries.questions.flow_quality import flow_quality
from shared_queries.questions.overview import overview
from shared_queries.questions.psa import psa
from shared_queries.scope import Scope
from tests.infra.database import cloned_database, template_database
from tests.infra.servers import chosen_kind, servers

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
BIG = UUID(int=1)
SETTINGS = ("jit = off", "max_parallel_workers_per_gather = 0", "plan_cache_mode = force_custom_plan")

FILL = """
insert into accounts select lpad(to_hex(a), 32, '0')::uuid, 'Account ' || a, 'Europe/Berlin'
from generate_series(1, :accounts) a;
insert into tree_categories
select md5('category' || a || ' ' || c)::uuid, lpad(to_hex(a), 32, '0')::uuid, 'Domain ' || c
from generate_series(1, :accounts) a, generate_series(1, 40) c;
insert into trees (id, account_id, name, category_id, is_active, created_at, usage_count, last_matched_at)
select md5('flow' || a || ' ' || f)::uuid, lpad(to_hex(a), 32, '0')::uuid, 'Flow ' || f,
  md5('category' || a || ' ' || 1 + f % 40)::uuid, f % 10 > 0, :now - interval '200 days', f,
  :now - f * interval '1 hour'
from generate_series(1, :accounts) a, generate_series(1, 300) f;
insert into ai_sessions (id, account_id, problem_domain, status, confidence_tier, confidence_score, matched_flow_id,
  match_score, session_rating, psa_ticket_id, created_at, resolved_at)
select md5('session' || n)::uuid, lpad(to_hex(a), 32, '0')::uuid,
  case when r1 < 0.95 then 'Domain ' || 1 + floor(60 * r2 * r2) end,
  status, (array['guided', 'exploring', 'discovery', null])[1 + floor(4 * r4)], round(r5::numeric, 4),
  case when r6 < 0.7 then md5('flow' || a || ' ' || 1 + floor(300 * r2 * r3))::uuid end,
  r5, case when r5 < 0.4 then 1 + floor(5 * r1) end, case when r4 < 0.8 then n::text end, created_at,
  case when status in ('resolved', 'escalated', 'abandoned') then created_at + r3 * r3 * interval '1 day' end
from (
  select n, 1 + n % :accounts a, random() r1, random() r2, random() r3, random() r4, random() r5, random() r6,
    :now - n * interval '90 days' / (:sessions * :accounts) as created_at,
    (array['resolved', 'resolved', 'resolved', 'escalated', 'abandoned', 'active'])[1 + floor(6 * random())] as status
  from generate_series(1, :sessions * :accounts) n) as drawn;
insert into psa_activity_log
  (id, account_id, session_id, activity_type, hours_logged, psa_ticket_id, created_at, event_id)
select gen_random_uuid(), account_id, id, kind,
  case kind when 'time_entry_posted' then round(random()::numeric * 4, 2) end,
  coalesce(psa_ticket_id, '1'), resolved_at, gen_random_uuid()
from ai_sessions, unnest(array['note_posted', 'time_entry_posted', 'status_updated']) kind
where resolved_at is not null and random() < 0.6;
"""


def main() -> None:
    """Fill, ask, print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--sessions", type=int, default=100_000, help="of each account")
    arguments.add_argument("--others", type=int, default=4, help="accounts of the same size beside the one asked for")
    arguments.add_argument("--rounds", type=int, default=15)
    arguments.add_argument("--explain", action="store_true", help="print the plans too")
    options = arguments.parse_args()
    with (
        servers(chosen_kind()) as infra,
        template_database(infra) as template,
        cloned_database(infra, template) as database,
    ):
        engine = create_engine(_sqlalchemy(database.dsn), poolclass=NullPool)
        with engine.begin() as connection:
            # Facts need no rollups, so no trigger need run.
            connection.execute(text("set local session_replication_role = replica"))
            values = {"accounts": options.others + 1, "sessions": options.sessions, "now": NOW}
            for statement in FILL.split(";\n"):
                if statement.strip():
                    connection.execute(text(statement), values)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("vacuum analyze"))
        api = create_engine(
            _sqlalchemy(database.dsn_for("flowpilot_api")),
            poolclass=NullPool,
            execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        )
        with api.connect() as connection:
            for setting in SETTINGS:
                connection.execute(text(f"set {setting}"))
            connection.execute(text("select set_config('app.current_account_id', :id, false)"), {"id": str(BIG)})
            connection.commit()
            for name in ("overview", "coverage", "flow_quality", "psa"):
                print(json.dumps(measure(connection, name, options.rounds)), flush=True)
                if options.explain:
                    explain(connection, name)


def measure(connection: Connection, name: str, rounds: int) -> dict[str, object]:
    """Time of one question; the first round, which warms up, is left out."""
    whole, building, statements, assembling = [], [], [], []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        plan = _plan(name)
        built = time.perf_counter()
        rows, parts = [], []
        for statement in plan.statements:
            start = time.perf_counter()
            rows.append(connection.execute(statement).all())
            parts.append(time.perf_counter() - start)
        read = time.perf_counter()
        plan.answer(rows)
        done = time.perf_counter()
        connection.rollback()
        whole.append(done - begun)
        building.append(built - begun)
        statements.append(parts)
        assembling.append(done - read)
    return {
        "question": name,
        "median_ms": _ms(statistics.median(whole[1:])),
        "best_ms": _ms(min(whole[1:])),
        "p90_ms": _ms(sorted(whole[1:])[int(0.9 * (rounds - 1))]),
        "statements_ms": [_ms(statistics.median(part)) for part in zip(*statements[1:], strict=True)],
        "building_ms": _ms(statistics.median(building[1:])),
        "assembling_ms": _ms(statistics.median(assembling[1:])),
    }


def explain(connection: Connection, name: str) -> None:
    """Print the plan of each statement."""
    for statement in _plan(name).statements:
        compiled = statement.compile(connection.engine)
        plan = connection.exec_driver_sql(f"explain (analyze, buffers) {compiled}", compiled.params)
        print("\n".join(line for (line,) in plan), flush=True)
    connection.rollback()


QUESTIONS = {"overview": overview, "coverage": coverage, "flow_quality": flow_quality, "psa": psa}


def _plan(name: str) -> Plan[Any]:
    period = parse_period(period="90d", from_=None, to=None, tz="Europe/Berlin", now=NOW, default_tz=None)
    plan: Plan[Any] = QUESTIONS[name](Scope(BIG), period)
    return plan


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def _sqlalchemy(dsn: str) -> str:
    return dsn.replace("postgresql://", "postgresql+psycopg://", 1)


if __name__ == "__main__":
    main()
