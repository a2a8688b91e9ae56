"""CONTRIBUTING.md's list for a new counter is complete, and each file that is forgotten is named by mypy or a test.

The database's side is made from the declaration. What the present release knows of it is nothing, and so it waits.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, NullPool, create_engine

from deploy.embedded.roles import OWNER
from deploy.migrations import rendering
from deploy.migrations.guard import guard_triggers
from psa_event_consumer.jobs.counters import CountersVersionError
from shared_queries.rollups.folding import FOLDS
from tests.infra.database import Database
from tests.infra.nested import PYTEST
from tests.rollups import made_up_counter
from tests.rollups.jobs import compact, reconcile_once
from tests.rollups.made_up_counter import FIELD, NAME, REVISION
from tests.rollups.writing import Consumer, MainApp, SharedIds

ROOT = Path(__file__).parents[2]
COPIED = (
    *("analytics_api", "deploy", "psa_event_consumer", "services", "shared_queries"),
    *("docs", "tests", "pyproject.toml"),
)
CHECKED = "-m=shared_queries.questions.overview"
CHECK = "import sys; from tests.rollups.test_new_counter import *; assert_made_from_registry(sys.argv[1])"
CATALOG = """
select proname, prosrc, proconfig::text from pg_proc where pronamespace = 'analytics'::regnamespace
union all
select relname, pg_get_viewdef(oid), null from pg_class where relnamespace = 'analytics'::regnamespace and relkind = 'v'
order by 1, 2
"""


@pytest.fixture(scope="module")
def _copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What has to know of counters, once for all tests: mypy remembers what it has seen."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture
def checkout(_copy: Path) -> Iterator[Path]:
    """The copy as it was."""
    yield _copy
    for name in made_up_counter.STEPS:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, _copy / name)
        else:
            (_copy / name).unlink(missing_ok=True)
    shutil.rmtree(_copy / "deploy" / "migrations" / "sql" / REVISION, ignore_errors=True)


def test_the_list_is_no_longer_than_six_files_and_is_the_one_that_contributors_read() -> None:
    assert len(made_up_counter.STEPS) <= 6
    _, section = (ROOT / "CONTRIBUTING.md").read_text().split("\n## A new counter\n")
    listed = re.findall(r"^\d\. `([^`]+)`", section.partition("\n## ")[0], re.MULTILINE)
    files = [name.replace("NNNN_NAME", REVISION).replace("NAME", "overview") for name in listed]
    assert files == list(made_up_counter.STEPS)


@pytest.mark.parametrize("forgotten", made_up_counter.STEPS)
def test_a_file_that_is_forgotten_is_named(checkout: Path, module_database: Database, forgotten: str) -> None:
    made_up_counter.add(checkout, without=forgotten)
    if forgotten.endswith(f"{REVISION}.py"):
        complaints = complaints_of(checkout, sys.executable, "-c", CHECK, module_database.dsn)
    else:
        complaints = failing_tests(checkout) or mypy(checkout)
    assert NAME in complaints or FIELD in complaints, complaints


def test_what_the_database_runs_can_be_read(module_database: Database) -> None:
    """Every trigger function as the database has it, laid out over lines, and every fold."""
    environment = {**os.environ, "MIGRATION_DATABASE_URL": module_database.dsn_for(OWNER)}
    command = [sys.executable, "-m", "deploy.migrations", "show-sql"]
    shown = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    with psycopg.connect(module_database.dsn) as connection:
        functions = connection.execute(
            "select proname, pg_get_functiondef(oid) from pg_proc"
            " where pronamespace = 'analytics'::regnamespace and prorettype = 'trigger'::regtype"
        ).fetchall()
    assert len(functions) > 5
    for name, definition in functions:
        assert definition.strip() in shown, name
    for fold in FOLDS:
        assert fold.move in shown
        assert all(clear in shown for clear in fold.clear)
    assert all(len(text.splitlines()) > 10 for text in (*(fold.move for fold in FOLDS), *dict(functions).values()))


def test_the_database_has_what_the_registry_says(module_database: Database) -> None:
    """Red when a counter is declared and no migration brings it."""
    assert_made_from_registry(module_database.dsn)


def lines_of(connection: Connection) -> set[str]:
    """Each line of the functions and views, with the name of what it is of."""
    rows = connection.exec_driver_sql(CATALOG).all()
    return {f"{name}: {line}" for name, *texts in rows for text in texts if text for line in text.splitlines()}


def assert_made_from_registry(dsn: str) -> None:
    engine = create_engine(dsn.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool)
    with engine.connect() as connection:
        before = lines_of(connection)
        connection.exec_driver_sql("set role analytics_owner")
        for text in rendering.rendered().values():
            connection.exec_driver_sql(text.replace("%", "%%"))
        guard_triggers(connection)
        after = lines_of(connection)
        assert after == before, f"the database lacks {sorted(after - before)} and has {sorted(before - after)}"
        connection.rollback()


def test_a_counter_is_declared_once_and_a_release_that_does_not_know_it_waits(
    database: Database, checkout: Path
) -> None:
    world = SharedIds(database)
    for writer, role in ((MainApp(world, 1), "main_app"), (Consumer(world, 2), "flowpilot_consumer")):
        with database.connect(role) as connection:
            connection.autocommit = False
            for _ in range(20):
                writer.write(connection)
    made_up_counter.add(checkout)
    run(checkout, "deploy.migrations.write_sql", REVISION)
    assert mypy(checkout) == ""
    assert failing_tests(checkout) == ""
    run(checkout, "deploy.migrations", "upgrade", MIGRATION_DATABASE_URL=database.dsn_for(OWNER))
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
    run(checkout, "deploy.migrations", "check", MIGRATION_DATABASE_URL=database.dsn_for(OWNER))


def mypy(checkout: Path) -> str:
    """Return what it complains of."""
    return complaints_of(checkout, sys.executable, "-m", "mypy", "--follow-imports=silent", CHECKED)


def failing_tests(checkout: Path) -> str:
    """Return what the tests complain of that need no server."""
    return complaints_of(checkout, *PYTEST, "-q", "tests/docs/test_fields.py")


def complaints_of(checkout: Path, *command: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(checkout), "MYPYPATH": str(checkout)}
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


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
