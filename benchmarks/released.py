"""A database as an earlier release made it, beside the present one's on the same servers."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

import psycopg

from deploy.embedded.roles import OWNER, join_groups, make_database
from tests.infra.database import Database
from tests.infra.servers import Infra


@contextmanager
def released_database(infra: Infra, code: Path) -> Iterator[Database]:
    """Yield a database with the main app's tables and the migrations of the release whose tree that is."""
    made = Database(f"released_{token_hex(6)}", infra)
    with psycopg.connect(infra.primary_dsn, autocommit=True) as admin:
        make_database(admin, made.name)
        try:
            with psycopg.connect(made.dsn_for(OWNER), autocommit=True) as owner:
                owner.execute((code / "deploy" / "embedded" / "main_app.sql").read_bytes())
            migrate(made, code, "upgrade")
            join_groups(admin)
            made.wait_for_replica()
            yield made
        finally:
            admin.execute(f"drop database {made.name} with (force)".encode())


def migrate(database: Database, code: Path, command: str) -> None:
    """Run a command of the release's migrations."""
    subprocess.run(
        [sys.executable, "-m", "deploy.migrations", command],
        check=True,
        cwd=code,
        env={**os.environ, "MIGRATION_DATABASE_URL": database.dsn_for(OWNER)},
        stdout=subprocess.DEVNULL,
    )
