"""A made-up counter, added as CONTRIBUTING.md says: declared once, brought to a live database by a migration.

The database's side is made from the declaration. What the present release knows of it is nothing, and so it waits.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine

from deploy.embedded.roles import OWNER
from deploy.migrations import rendering
from deploy.migrations.guard import guard_triggers
from psa_event_consumer.jobs.counters import CountersVersionError
from tests.infra.database import Database
from tests.rollups.jobs import compact, reconcile_once
from tests.rollups.writing import Consumer, MainApp, SharedIds

ROOT = Path(__file__).parents[2]
COPIED = ("deploy", "services", "shared_queries")
NAME = "guided_escalated"
DECLARATION = f'    {NAME}: Annotated[int, Counter(SESSIONS, "guided and escalated")]\n'
AFTER = '    guided_ended: Annotated[int, Counter(SESSIONS, "guided and ended")]\n'
MIGRATION = f"""
from pathlib import Path

from alembic import op

from deploy.migrations.counters import add_counter, hold_compactor, install, set_version

revision = "9999_{NAME}"
down_revision = "{{head}}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("set local role analytics_owner")
    hold_compactor()
    rollups = (f"domain_rollup_{{{{grain}}}}" for grain in ("hour", "day", "week"))
    add_counter("{NAME}", "integer", ("pending_session", *rollups))
    install(Path(__file__).parents[1] / "sql" / revision)
    set_version(3)
    op.execute("reset role")
"""
CATALOG = """
select proname, prosrc, proconfig::text from pg_proc where pronamespace = 'analytics'::regnamespace
union all
select relname, pg_get_viewdef(oid), null from pg_class where relnamespace = 'analytics'::regnamespace and relkind = 'v'
order by 1, 2
"""


def test_the_database_has_what_the_registry_says(module_database: Database) -> None:
    """Red when a counter is declared and no migration brings it."""
    engine = create_engine(module_database.dsn.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.connect() as connection:
        before = connection.exec_driver_sql(CATALOG).all()
        connection.exec_driver_sql("set role analytics_owner")
        for text in rendering.rendered().values():
            connection.exec_driver_sql(text.replace("%", "%%"))
        guard_triggers(connection)
        assert connection.exec_driver_sql(CATALOG).all() == before
        connection.rollback()


def test_a_counter_is_declared_once_and_a_release_that_does_not_know_it_waits(
    database: Database, tmp_path: Path
) -> None:
    world = SharedIds(database)
    for writer, role in ((MainApp(world, 1), "main_app"), (Consumer(world, 2), "flowpilot_consumer")):
        with database.connect(role) as connection:
            connection.autocommit = False
            for _ in range(20):
                writer.write(connection)
    add_to(tmp_path)
    run(tmp_path, "deploy.migrations", "upgrade", MIGRATION_DATABASE_URL=database.dsn_for(OWNER))
    with database.connect() as connection:
        connection.execute(
            "insert into ai_sessions (id, account_id, status, confidence_tier)"
            " select gen_random_uuid(), id, 'escalated', 'guided' from accounts limit 1"
        )

    for job in (compact, reconcile_once):
        with pytest.raises(CountersVersionError, match="counts by version 3, this consumer by 2"):
            job(database)

    with database.connect() as connection:
        counted = connection.execute(
            f"select (select sum({NAME}) from analytics.pending_session),"
            f" (select sum({NAME}) from analytics.domain_rollup_week),"
            " (select count(*) from ai_sessions where status = 'escalated' and confidence_tier = 'guided')".encode()
        ).fetchone()
    assert counted is not None
    pending, folded, facts = counted
    assert pending == 1, "the release that does not know it took nothing away"
    assert pending + folded == facts > 1
    run(tmp_path, "deploy.migrations", "check", MIGRATION_DATABASE_URL=database.dsn_for(OWNER))


def add_to(copy: Path) -> None:
    """The list of CONTRIBUTING.md, as far as the database goes: the declaration, the migration, its SQL as written."""
    for package in COPIED:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    sums = copy / "shared_queries" / "sums.py"
    declared = (
        sums.read_text().replace(AFTER, AFTER + DECLARATION).replace("COUNTERS_VERSION = 2", "COUNTERS_VERSION = 3")
    )
    sums.write_text(declared)
    versions = copy / "deploy" / "migrations" / "versions"
    head = max(path.stem for path in versions.glob("0*.py"))
    (versions / f"9999_{NAME}.py").write_text(MIGRATION.format(head=head))
    run(copy, "deploy.migrations.write_sql", f"9999_{NAME}")


def run(copy: Path, module: str, *arguments: str, **variables: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        check=False,
        cwd=copy,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
