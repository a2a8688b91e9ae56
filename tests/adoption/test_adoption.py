"""A main application of the shape that ours is for brings this product in by `docs/adopting.md`, and lives on."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest

from deploy.embedded.postgres import Server
from tests.adoption.servers import Servers, empty, postgres
from tests.adoption.story import BLOCKS, ROOT, TYPED, Shape, Story
from tests.infra.own_kafka import own_kafka

HERE = Path(__file__).parent
BASE = "/api/v1/analytics/flowpilot"


def test_the_application_gets_every_line_of_python_in_the_document() -> None:
    folders = (HERE / "adopted", HERE / "living_on")
    adopted = "".join(path.read_text() for folder in folders for path in sorted(folder.rglob("*.py")))
    assert [block.text for block in BLOCKS if block.language == "python" and block.text not in adopted] == []


SHAPES = (Shape("2.0", "public", row_security=True), Shape("2.1", "crm", row_security=False))


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """One set for both applications, in turn."""
    folder = tmp_path_factory.mktemp("servers")
    with (
        postgres(folder / "primary", "primary") as database,
        postgres(folder / "elsewhere", "elsewhere") as elsewhere,
        own_kafka(folder / "kafka") as kafka,
    ):
        yield Servers(database, elsewhere, kafka.bootstrap)


@pytest.fixture(params=SHAPES, ids=[shape.sqlalchemy for shape in SHAPES])
def story(request: pytest.FixtureRequest, servers: Servers, tmp_path: Path) -> Iterator[Story]:
    told = Story(tmp_path, request.param, servers)
    try:
        yield told
    finally:
        told.app.close()
        told.children.stop_all()
        for server in (servers.database, servers.elsewhere):
            empty(server)


def make_roles(server: Server, shape: Shape) -> None:
    """The application's own roles and its empty database. Its owner dumps, so it bypasses the row-level security."""
    with server.connect() as admin:
        bypass = "bypassrls" if shape.row_security else "nobypassrls"
        for role, rights in (("main_app_owner", f"createrole {bypass}"), ("main_app", "nocreaterole")):
            admin.execute(f"create role {role} login password 'secret' {rights}".encode())
            admin.execute(f"alter role {role} set search_path = {shape.schema}".encode())
        admin.execute(b"create database app owner main_app_owner")


def the_application_lives(story: Story) -> None:
    """Before anybody thinks of analytics: its roles, tables, rows and virtual environment."""
    make_roles(story.database, story.shape)
    make_roles(story.elsewhere, story.shape)
    story.sql(f"create schema if not exists {story.shape.schema} authorization main_app_owner")
    story.sql(f"grant usage on schema {story.shape.schema} to main_app")
    shutil.copytree(HERE / "main_app", story.app_folder)
    app = story.terminals["main app"]
    if story.shape.row_security:
        app.variables["ROW_SECURITY"] = "forced"
    uv = ROOT / ".venv" / "bin" / "uv"
    app.run(f"{uv} venv --quiet --seed --python {ROOT}/.venv/bin/python .venv")
    packages = f"-r requirements.txt mypy 'sqlalchemy=={story.shape.sqlalchemy}.*'"
    app.run(f"{uv} pip install --quiet --python .venv/bin/python {packages}")
    app.run("alembic upgrade head && alembic check")
    story.sql(
        f"""
        set search_path = {story.shape.schema};
        insert into accounts (id, name, timezone) values ('{story.account}', 'Ours', 'Europe/Berlin');
        insert into users (id, account_id, email, role)
          values ('{story.user}', '{story.account}', 'a@example.com', 'team_admin');
        insert into trees (id, account_id, name) values ('{story.flow}', '{story.account}', 'Reset the router');
        """
    )
    story.sql(SESSIONS.format(story=story, count=1))
    secret = "what the main app signs its tokens with, 32 bytes or more"
    app.variables["TOKEN"] = jwt.encode({"sub": str(story.user), "exp": int(time.time()) + 3600}, secret, "HS256")


SESSIONS = """
insert into {story.shape.schema}.ai_sessions (id, account_id, problem_domain, status, matched_flow_id, resolved_at)
select gen_random_uuid(), '{story.account}', 'Network', 'resolved', '{story.flow}', now()
from generate_series(1, {count})
"""
"""Matched, and no one told us."""


@pytest.mark.timeout(900)  # half a minute on an idle machine, where the page is built already
def test_it_is_adopted_by_the_document_alone_and_lives_on(story: Story) -> None:
    the_application_lives(story)
    began = time.monotonic()
    app = story.terminals["main app"]

    story.section("1. Where things are")
    app.run(DUMP)
    story.section("2. The package")
    shutil.copytree(HERE / "adopted", story.app_folder, dirs_exist_ok=True)
    the_package_is_typed_and_clashes_with_nothing(story)

    other_schema = story.shape.schema != "public"
    if other_schema:
        story.type(story.block("10. Upgrades and other shapes", "MAIN_APP_SCHEMA"))
    if story.shape.row_security:
        the_superuser_is_asked_for_what_can_be_done(story)
    story.section("3. The database")
    if other_schema:
        story.type(story.block("10. Upgrades and other shapes", "search_path"))
    app.run("sed -i 's/, include_object=include_object//' migrations/env.py")
    assert "remove_table" in app.run("alembic check", fails=True)
    shutil.copytree(HERE / "adopted", story.app_folder, dirs_exist_ok=True)

    story.section("4. Kafka, relay and consumer")
    running = app.start("main-app", SERVE.format(port=story.ports["app"]), story.children)
    story.wait_for("the application", lambda: story.app.get("/docs").is_success)
    story.match()
    story.type(story.block("6. The API", "python -m analytics_api"))
    story.wait_for("the match in the numbers", lambda: usage_count(story) == 2)
    story.type(story.block("6. The API", "curl"))
    story.say(f"adopted in {time.monotonic() - began:.0f} s")
    # Mounted in applications by `make hosts`.
    story.section("The page")
    the_insights_are_the_numbers_of_the_api(story)

    story.sql(SESSIONS.format(story=story, count=3))
    story.terminals["analytics"].variables["ACCOUNT_ID"] = str(story.account)
    story.section("Rollout")
    assert usage_count(story) == 5

    story.children.stop(running)
    the_application_changes_its_tables(story)
    a_dump_comes_back_in_another_cluster(story)
    TOLD.add(story.shape)


TOLD: set[Shape] = set()


def the_superuser_is_asked_for_what_can_be_done(story: Story) -> None:
    """Whoever begins with the migrations is told the one thing that only a superuser may do."""
    story.sql("alter role main_app_owner nobypassrls")
    said = story.terminals["analytics"].run("python -m deploy.migrations upgrade", fails=True)
    assert said.endswith("may not do this; run as a superuser: ALTER ROLE analytics_owner BYPASSRLS;\n")
    story.sql(said.split("superuser: ")[1])
    # Nothing else of ours is there.
    story.sql("drop role analytics_owner; alter role main_app_owner bypassrls")


SERVE = "uvicorn --port {port} app.main:app"
DUMP = 'pg_dump --format=custom --file=before.dump "$MIGRATION_DATABASE_URL"'


def the_application_changes_its_tables(story: Story) -> None:
    app = story.terminals["main app"]
    shutil.copytree(HERE / "living_on", story.app_folder, dirs_exist_ok=True)
    app.run("alembic upgrade head && alembic check")
    app.start("main-app-2", SERVE.format(port=story.ports["app"]), story.children)
    story.wait_for("the application", lambda: story.app.get("/docs").is_success)
    a_column_is_renamed_under_it(story)
    story.section("8. Your migrations")
    session = story.match()
    story.post(f"/sessions/{session}/resolve")
    story.wait_for("its match in the numbers", lambda: usage_count(story) == 7)
    story.type(story.block("3. The database", "check-schema"))
    assert story.sql("select count(*) from analytics.trigger_failure") == [(0,)]
    assert story.get(f"{BASE}?period=7d")["total_sessions"] == 7


def a_column_is_renamed_under_it(story: Story) -> None:
    """Its writes pass, the facts answer, and what is the matter is said until the refill that comes next."""
    sessions = f"{story.shape.schema}.ai_sessions"
    story.sql(f"alter table {sessions} rename session_rating to stars")
    story.match()
    story.wait_for("a match that no trigger counts", lambda: usage_count(story) == 6)
    assert story.get(f"{BASE}?period=7d")["total_sessions"] == 6
    said = story.terminals["analytics"].run("python -m analytics_api check-schema", fails=True)
    assert "column ai_sessions.session_rating is missing" in said
    assert "the rollups are not to be trusted" in said
    story.sql(f"alter table {sessions} rename stars to session_rating")


def a_dump_comes_back_in_another_cluster(story: Story) -> None:
    elsewhere = story.terminals["elsewhere"]
    places = story.block("1. Where things are", "SUPERUSER_URL")
    elsewhere.run("".join(places.text.splitlines(keepends=True)[1:]))
    if story.shape.schema != "public":
        elsewhere.run(f"export MAIN_APP_SCHEMA={story.shape.schema}")
    story.section("9. Your dumps")
    assert '"rollup_drift_rows": 0' in elsewhere.run("python -m psa_event_consumer jobs run reconcile")
    elsewhere.run("python -m analytics_api check-schema")


def usage_count(story: Story) -> object:
    (row,) = story.get(f"{BASE}/flow-quality?period=7d")["flows"]
    return row["usage_count"]


def the_package_is_typed_and_clashes_with_nothing(story: Story) -> None:
    app = story.terminals["main app"]
    # Its own choice of SQLAlchemy stays.
    app.run(f"""python -c 'import sqlalchemy as s; assert s.__version__.startswith("{story.shape.sqlalchemy}.")'""")
    app.run("mypy --strict app")
    # An application with a package `services` at its top keeps it.
    clash = story.app_folder / "clash"
    (clash / "services").mkdir(parents=True)
    (clash / "services" / "__init__.py").write_text("OURS = True\n")
    script = (
        "import services; assert services.OURS\n"
        "from flowpilot_analytics.services.outbox import add_event\n"
        "from flowpilot_analytics.services.alembic import include_object\n"
    )
    (clash / "own.py").write_text(script)
    (story.app_folder / "same.py").write_text(
        "import services.events, flowpilot_analytics.services.events\n"
        "assert services.events is flowpilot_analytics.services.events\n"
        "from services.events.contracts import FlowMatched\n"
        "assert FlowMatched is flowpilot_analytics.services.events.FlowMatched\n"
    )
    app.run("cd clash && python own.py && mypy --strict own.py && cd .. && python same.py")
    for module in ("deploy", "analytics_api", "psa_event_consumer"):
        app.run(f"python -c 'import {module}'", fails=True)
    line = app.run("python -m services.outbox", fails=True)
    assert line == (
        "python -m services.outbox needs aiokafka, prometheus_client, psycopg, structlog:"
        " pip install 'flowpilot-analytics[relay]'\n"
    )


def the_insights_are_the_numbers_of_the_api(story: Story) -> None:
    shown = story.app.get(f"/accounts/{story.account}/insights", params={"period": "7d"})
    assert shown.status_code == 200, shown.text
    asked = story.get(f"{BASE}?period=7d")
    numbers = json.loads(shown.text)
    assert numbers["total_sessions"] == 2
    assert {name: asked[name] for name in numbers} == numbers


def test_every_command_of_the_document_was_typed() -> None:
    if len(TOLD) < len(SHAPES):
        pytest.skip("both stories have to be told before")
    assert [block.text for block in BLOCKS if block.language == "sh" and block not in TYPED] == []
