"""`python -m deploy.migrations COMMAND` on the database of `MIGRATION_DATABASE_URL`.

upgrade: bring it to the newest version; does nothing where it is there. check: say how it differs from that.
refill: count the rollups again, after a time in which their triggers could not count.
detach, attach: take our views and triggers off the main application's tables, and put them back.
show-sql: print every trigger function as the database has it, and every fold.
roles: make the group roles alone, before a dump is restored into another cluster.

MAIN_APP_SCHEMA is where the main application's tables are (public).

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
from deploy.migrations.run import attach, check, detach, refill, roles, show_sql, upgrade
from services.settings import SettingsError, Variables

COMMANDS = {
    "upgrade": upgrade,
    "check": check,
    "refill": refill,
    "detach": detach,
    "attach": attach,
    "roles": roles,
    "show-sql": show_sql,
}


def main() -> int:
    """Run one command and returns the exit code; each failure is one line on standard error."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.migrations", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=COMMANDS)
    run = COMMANDS[parser.parse_args().command]
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
        schema = Variables(os.environ).main_app_schema() or "public"
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        run(dsn, schema)
    except MigrationError as error:
        print(f"migrations: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
