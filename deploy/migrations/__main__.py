"""`python -m deploy.migrations upgrade|check|refill` on the database of `MIGRATION_DATABASE_URL`.

`refill` counts the rollups anew, after a time in which their triggers were switched off.

Exit code 0: done. 1: the database refused, or differs. 2: wrong use or a missing setting.
"""

from services.extras import require

require("migrations")

import argparse
import os
import sys

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from deploy.migrations.errors import MigrationError
from deploy.migrations.run import check, refill, upgrade


def main() -> int:
    """Run one command and returns the exit code; each failure is one line on standard error."""
    parser = argparse.ArgumentParser(prog="python -m deploy.migrations", description=__doc__)
    parser.add_argument("command", choices=("upgrade", "check", "refill"))
    run = {"upgrade": upgrade, "check": check, "refill": refill}[parser.parse_args().command]
    dsn = os.environ.get("MIGRATION_DATABASE_URL", "").strip()
    try:
        parts = conninfo_to_dict(dsn)
    except ProgrammingError as error:
        # libpq's own message repeats no password, but ends with a line break.
        print(f"MIGRATION_DATABASE_URL is no libpq URI: {str(error).strip()}", file=sys.stderr)
        return 2
    if not parts:
        print("MIGRATION_DATABASE_URL is missing: set it to the libpq URI of the tables' owner", file=sys.stderr)
        return 2
    try:
        run(dsn)
    except MigrationError as error:
        print(f"migrations: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
