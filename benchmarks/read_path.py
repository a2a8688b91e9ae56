"""How long each question takes from rollups, from facts, from DuckDB and from materialized views.

    python -m benchmarks.read_path [--sessions 1000000] [--share 0.1] [--days 90] [--deltas 20000] [--rounds 30]

One account holds `--share` of the sessions of `--days` days; the others share the rest. Each question is asked for 90
days up to a moment within an hour, in the zone America/New_York, statements built, executed and assembled: rollups by
the API's own snapshots, facts (which may take longer than it allows) in a transaction like them. DuckDB gets the same
rows in a table of its own, sorted by account and time, and one thread; materialized views hold whole days. Prints one
JSON line each: p50 and p99 in milliseconds; then the ratios.

The table of docs/performance.md: `--sessions 1000000`, `--sessions 5000000`, `--sessions 20000000` (the last takes an
hour and 40 GB); only the first is in `make bench`.
"""

import argparse
import asyncio
import json
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import NullPool, create_engine, text

from analytics_api.auth.principal import Principal, acting_for
from analytics_api.database.replica import Replica
from benchmarks.read_path_data import BIG, FLOW, NOW, add_deltas, count, load
from benchmarks.read_path_peers import duckdb_over, materialized_views, values_of
from shared_queries.periods.period import Period, parse_period
from shared_queries.plan import Plan
from shared_queries.questions.coverage import coverage
from shared_queries.questions.engineers import engineers
from shared_queries.questions.flow_effects import flow_effects
from shared_queries.questions.flow_quality import flow_quality
from shared_queries.questions.overview import overview
from shared_queries.questions.psa import psa
from shared_queries.questions.trend import trend
from shared_queries.scope import Scope
from shared_queries.source import Source
from tests.infra.database import Database, cloned_database, template_database
from tests.infra.servers import chosen_kind, servers

WHOLE = {"overview": overview, "coverage": coverage, "flow_quality": flow_quality, "psa": psa}
OF_DOMAIN = {**WHOLE, "trend": trend, "engineers": engineers}
QUESTIONS: Mapping[str, Callable[[Scope, Period, Source], Plan[Any]]] = {
    **OF_DOMAIN,
    "flow_effects": flow_effects,
    **{f"{name} of a domain": partial(ask_for, domain="domain 3") for name, ask_for in OF_DOMAIN.items()},
    "trend of a flow": partial(trend, flow_id=FLOW),
}
SETTINGS = ("jit = off", "max_parallel_workers_per_gather = 0", "plan_cache_mode = force_custom_plan")
READER = "flowpilot_api"
Times = dict[str, tuple[float, float]]
Ask = Callable[[Plan[Any]], object]


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sessions", type=int, default=1_000_000, help="of all accounts")
    parser.add_argument("--share", type=float, default=0.1, help="of the big account")
    parser.add_argument("--others", type=int, default=200, help="accounts beside it")
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--deltas", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--facts-rounds", type=int, default=5)
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    period = parse_period(period="90d", from_=None, to=None, tz="America/New_York", now=NOW, default_tz=None)
    with (
        servers(chosen_kind()) as infra,
        template_database(infra) as template,
        cloned_database(infra, template) as database,
        TemporaryDirectory() as folder,
    ):
        seconds = load(
            database, sessions=options.sessions, share=options.share, others=options.others, days=options.days
        )
        print(json.dumps({"sessions": options.sessions, "share": options.share, "days": options.days, **seconds}))
        times: dict[str, Times] = {}
        for source, asking, rounds in (
            (Source.ROLLUPS, as_the_api_asks, options.rounds),
            (Source.FACTS, planning_each_time, options.facts_rounds),
        ):
            with asking(database) as ask:
                times[source.value] = measure(source.value, asks(ask, period, source), rounds)
        if not options.no_peers:
            values = values_of(period.start, period.end)
            with duckdb_over(database, Path(folder), values) as peer:
                times["duckdb"] = measure("duckdb", peer, options.rounds)
            with materialized_views(database, values) as (views, refresh):
                times["materialized"] = measure("materialized", views, options.rounds)
                print(json.dumps({"source": "materialized", "refresh_s": round(refresh, 1)}))
        pending = add_deltas(database, options.deltas)
        with as_the_api_asks(database) as ask:
            times["rollups, pending"] = measure(
                f"rollups, {pending} pending", asks(ask, period, Source.ROLLUPS), options.rounds
            )
        print(json.dumps({name: count(database, name) for name in ("analytics.domain_rollup_hour", "ai_sessions")}))
        report(times)


@contextmanager
def as_the_api_asks(database: Database) -> Iterator[Ask]:
    """Yield what answers a plan by a snapshot of the API's, on one connection."""
    replica = Replica(database.dsn_for(READER), pool_size=1)
    tenant = acting_for(Principal(Scope(BIG), "team_admin", None))

    def ask(plan: Plan[Any]) -> object:
        rows = runner.run(replica.read(lambda snapshot: snapshot.run(tenant, *plan.asked)))
        return plan.answer(rows[1:])

    with asyncio.Runner() as runner:
        yield ask
        runner.run(replica.close())


@contextmanager
def planning_each_time(database: Database) -> Iterator[Ask]:
    """Yield what answers a plan on a connection like the API's, however long it takes."""
    engine = create_engine(
        database.dsn_for(READER).replace("postgresql://", "postgresql+psycopg://"),
        poolclass=NullPool,
        connect_args={"prepare_threshold": None},
        execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    )

    def ask(plan: Plan[Any]) -> object:
        connection.execute(text("select set_config('app.current_account_id', :id, true)"), {"id": str(BIG)})
        rows = [connection.execute(statement).all() for statement in plan.statements]
        connection.rollback()
        return plan.answer(rows)

    with engine.connect() as connection:
        for setting in SETTINGS:
            connection.execute(text(f"set {setting}"))
        connection.commit()
        yield ask
    engine.dispose()


def asks(ask: Ask, period: Period, source: Source) -> Mapping[str, Callable[[], object]]:
    """Each question of the big account, from its statements to its answer."""
    return {
        name: lambda plan_of=plan_of: ask(plan_of(Scope(BIG), period, source)) for name, plan_of in QUESTIONS.items()
    }


def measure(source: str, questions_of: Mapping[str, Callable[[], object]], rounds: int) -> Times:
    """p50 and p99 of each question; two rounds to warm up are left out."""
    times: Times = {}
    for name, ask in questions_of.items():
        taken = []
        for _ in range(rounds + 2):
            begun = time.perf_counter()
            ask()
            taken.append((time.perf_counter() - begun) * 1000)
        ordered = sorted(taken[2:])
        times[name] = (statistics.median(ordered), ordered[int(0.99 * (len(ordered) - 1))])
        p50, p99 = (round(value, 2) for value in times[name])
        print(json.dumps({"source": source, "question": name, "p50_ms": p50, "p99_ms": p99}), flush=True)
    return times


def report(times: Mapping[str, Times]) -> None:
    """How many times longer each peer takes than the rollups."""
    ours = times["rollups"]
    for source, theirs in times.items():
        if source != "rollups":
            ratios = {name: round(theirs[name][0] / ours[name][0], 1) for name in theirs}
            print(json.dumps({"source": source, "times_the_rollups": ratios}), flush=True)
    to_coverage = {name: round(median / ours["coverage"][0], 2) for name, (median, _) in ours.items()}
    print(json.dumps({"source": "rollups", "times_coverage": to_coverage}), flush=True)


if __name__ == "__main__":
    main()
