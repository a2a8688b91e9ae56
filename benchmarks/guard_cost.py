"""What it costs a write that a trigger gives way: the server's processor time with the guard and without it.

    python -m benchmarks.guard_cost [--rounds 40]

Processor time of the writer's own server process, not the clock's: the two alternate, each for some hundred inserts and
updates in transactions of their own, and are compared round by round. Prints a JSON line.
"""

import argparse
import json
from pathlib import Path
from statistics import median, quantiles
from uuid import UUID

import psycopg

from deploy.migrations.guard import SETTINGS
from tests.infra.database import Database, cloned_database, template_database
from tests.infra.servers import chosen_kind, servers

ACCOUNT = UUID(int=1)
INSERT = b"""
insert into ai_sessions (id, account_id, problem_domain, status, confidence_tier, confidence_score)
values (gen_random_uuid(), %s, 'Network', 'active', 'guided', 0.82)
"""
UPDATE = b"update ai_sessions set status = case status when 'active' then 'resolved' else 'active' end where id = %s"
WARM, WRITES = 30, 300
_FUNCTIONS = b"""
select format('%s as $guarded$%s$guarded$', split_part(pg_get_functiondef(oid), 'AS $', 1), prosrc)
from pg_proc where pronamespace = 'analytics'::regnamespace and proname in ('session_inserted', 'session_updated')
"""


def main() -> None:
    """Alternate, and compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    with (
        servers(chosen_kind()) as infra,
        template_database(infra) as template,
        cloned_database(infra, template) as database,
        database.connect() as admin,
    ):
        admin.execute("insert into accounts values (%s, 'An account')", [ACCOUNT])
        guarded = [definition for (definition,) in admin.execute(_FUNCTIONS).fetchall()]
        variants = {"guarded": guarded, "bare": [bare(definition) for definition in guarded]}
        ratios: dict[str, list[float]] = {"insert": [], "update": []}
        for number in range(rounds):
            spent = {}
            for name in sorted(variants, reverse=bool(number % 2)):
                admin.execute("; ".join(variants[name]).encode())
                spent[name] = microseconds(database)
                admin.execute("truncate ai_sessions cascade")
            for kind, found in ratios.items():
                found.append(spent["guarded"][kind] / spent["bare"][kind])
    print(json.dumps({kind: summary(found) for kind, found in ratios.items()}), flush=True)


def bare(definition: str) -> str:
    """Take the handler and what it sets away."""
    head, body = definition.split(" as $guarded$")
    for setting in SETTINGS:
        if setting != "search_path":
            head = "\n".join(line for line in head.splitlines() if f"SET {setting} " not in line)
    return f"{head} as $guarded${body[: body.rindex('exception')]}end\n$guarded$"


def microseconds(database: Database) -> dict[str, float]:
    """Return what one write takes of the processor, by its kind."""
    with psycopg.connect(database.dsn_for("main_app"), autocommit=True) as writer:
        inserted = _each(writer, INSERT, [ACCOUNT] * (WARM + WRITES))
        ids = [row[0] for row in writer.execute(f"select id from ai_sessions limit {WARM + WRITES}".encode())]
        return {"insert": inserted, "update": _each(writer, UPDATE, ids)}


def _each(writer: psycopg.Connection, statement: bytes, values: list[UUID]) -> float:
    for value in values[:WARM]:
        writer.execute(statement, [value], prepare=True)
    before = _processor_ns(writer.info.backend_pid)
    for value in values[WARM:]:
        writer.execute(statement, [value], prepare=True)
    return (_processor_ns(writer.info.backend_pid) - before) / WRITES / 1000


def _processor_ns(pid: int) -> int:
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def summary(ratios: list[float]) -> dict[str, float]:
    """Of the rounds; 1.05 is 5 % more with the guard."""
    low, _, high = quantiles(ratios, n=4)
    return {"median": round(median(ratios), 3), "quarter": round(low, 3), "three_quarters": round(high, 3)}


if __name__ == "__main__":
    main()
