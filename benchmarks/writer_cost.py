"""What the triggers cost the main application: inserts a second with and without them, by one client and by sixteen.

    python -m benchmarks.writer_cost [--seconds 5] [--release 0.1.0]

pgbench inserts sessions of one account, domain and hour, so that a rollup kept row by row would have all writers queue
for one row: without triggers, with them, and with those of an earlier release in a database of its own. Prints a JSON
line per case, with how much of the throughput remains, and how many times an insert of that release one takes.
"""

import argparse
import json
import re
import subprocess
import tempfile
from pathlib import Path
from uuid import UUID

from benchmarks.released import released_database
from deploy.embedded.postgres_binaries import postgres_binaries
from tests.infra.database import Database, cloned_database, template_database
from tests.infra.servers import chosen_kind, servers
from tests.upgrade.releases import checked_out

ACCOUNT = UUID(int=1)
INSERT = f"""
insert into ai_sessions (id, account_id, problem_domain, status, confidence_tier, confidence_score, psa_ticket_id)
values (gen_random_uuid(), '{ACCOUNT}', 'Network', 'active', 'guided', 0.82, {{ticket}});
"""
CASES = {"without ticket": "null", "with ticket": "'48213'"}


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--release", default="0.1.0")
    options = parser.parse_args()
    with (
        servers(chosen_kind()) as infra,
        template_database(infra) as template,
        cloned_database(infra, template) as database,
        tempfile.TemporaryDirectory() as code,
        released_database(infra, checked_out(options.release, Path(code))) as released,
    ):
        for each in (database, released):
            with each.connect() as connection:
                connection.execute("insert into accounts values (%s, 'An account')", [ACCOUNT])
        for clients in (1, 16):
            for case, ticket in CASES.items():
                rates = {}
                for triggers in ("disable", "enable"):
                    with database.connect() as connection:
                        connection.execute(f"alter table ai_sessions {triggers} trigger user".encode())
                    rates[triggers] = inserts_per_second(
                        database, INSERT.format(ticket=ticket), clients, options.seconds
                    )
                earlier = inserts_per_second(released, INSERT.format(ticket=ticket), clients, options.seconds)
                print(
                    json.dumps(
                        {
                            "clients": clients,
                            "session": case,
                            "without_triggers_per_s": round(rates["disable"]),
                            "with_triggers_per_s": round(rates["enable"]),
                            "of_the_release_per_s": round(earlier),
                            "remains": round(rates["enable"] / rates["disable"], 2),
                            "times_the_release": round(earlier / rates["enable"], 2),
                        }
                    ),
                    flush=True,
                )


def inserts_per_second(database: Database, script: str, clients: int, seconds: int) -> float:
    """Transactions of one insert each, committed durably."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        options = [f"--client={clients}", f"--time={seconds}", f"--file={file.name}", "--no-vacuum", "-M", "prepared"]
        done = subprocess.run(
            [postgres_binaries(None) / "pgbench", *options, database.dsn_for("main_app")],
            capture_output=True,
            text=True,
            check=True,
        )
    found = re.search(r"tps = ([0-9.]+)", done.stdout)
    assert found is not None, done.stdout
    return float(found[1])


if __name__ == "__main__":
    main()
