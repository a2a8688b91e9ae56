"""A main application of the shape that ours is for brings this product in by `docs/adopting.md`, and lives on."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest

from tests.adoption.servers import postgres
from tests.adoption.story import BLOCKS, ROOT, Story
from tests.infra.own_kafka import own_kafka

HERE = Path(__file__).parent
BASE = "/api/v1/analytics/flowpilot"


def test_the_application_gets_every_line_of_python_in_the_document() -> None:
    adopted = "".join(path.read_text() for path in sorted((HERE / "adopted").rglob("*.py")))
    assert [block.text for block in BLOCKS if block.language == "python" and block.text not in adopted] == []


@pytest.fixture(params=["2.0", "2.1"])
def story(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Story]:
    with postgres(tmp_path / "primary", "primary") as database, own_kafka(tmp_path / "kafka") as kafka:
        told = Story(tmp_path, request.param, database, kafka.bootstrap)
        try:
            yield told
        finally:
            told.app.close()
            told.children.stop_all()


def the_application_lives(story: Story) -> None:
    """Before anybody thinks of analytics: its roles, tables, rows and virtual environment."""
    with story.database.connect() as admin:
        for role, rights in (("main_app_owner", "createrole"), ("main_app", "nocreaterole")):
            admin.execute(f"create role {role} login password 'secret' {rights}".encode())
        admin.execute(b"create database app owner main_app_owner")
    shutil.copytree(HERE / "main_app", story.app_folder)
    app = story.terminals["main app"]
    uv = ROOT / ".venv" / "bin" / "uv"
    app.run(f"{uv} venv --quiet --seed --python {ROOT}/.venv/bin/python .venv")
    packages = f"-r requirements.txt mypy 'sqlalchemy=={story.sqlalchemy}.*'"
    app.run(f"{uv} pip install --quiet --python .venv/bin/python {packages}")
    app.run("alembic upgrade head && alembic check")
    story.sql(
        f"""
        insert into accounts (id, name, timezone) values ('{story.account}', 'Ours', 'Europe/Berlin');
        insert into users (id, account_id, email, role)
          values ('{story.user}', '{story.account}', 'a@example.com', 'team_admin');
        insert into trees (id, account_id, name) values ('{story.flow}', '{story.account}', 'Reset the router');
        insert into ai_sessions (id, account_id, problem_domain, status, matched_flow_id, resolved_at)
          values (gen_random_uuid(), '{story.account}', 'Network', 'resolved', '{story.flow}', now())
        """
    )
    secret = "what the main app signs its tokens with, 32 bytes or more"
    app.variables["TOKEN"] = jwt.encode({"sub": str(story.user), "exp": int(time.time()) + 3600}, secret, "HS256")


def test_it_is_adopted_by_the_document_alone(story: Story) -> None:
    the_application_lives(story)
    began = time.monotonic()
    app = story.terminals["main app"]

    story.section("1. Where things are")
    story.section("2. The package")
    shutil.copytree(HERE / "adopted", story.app_folder, dirs_exist_ok=True)
    the_package_is_typed_and_clashes_with_nothing(story)

    story.section("3. The database")
    app.run("sed -i 's/, include_object=include_object//' migrations/env.py")
    assert "remove_table" in app.run("alembic check", fails=True)
    shutil.copytree(HERE / "adopted", story.app_folder, dirs_exist_ok=True)

    story.section("4. Kafka, relay and consumer")
    app.start("main-app", f"uvicorn --port {story.ports['app']} app.main:app", story.children)
    story.wait_for("the application", lambda: story.app.get("/docs").is_success)
    story.match()
    # The API is a block that runs on, and one that asks it.
    api, asking = [block for block in BLOCKS if block.section == "6. The API" and block.language == "sh"]
    story.type(api)
    story.wait_for("the match in the numbers", lambda: usage_count(story) == 2)
    story.type(asking)
    story.say(f"adopted in {time.monotonic() - began:.0f} s")

    the_insights_are_the_numbers_of_the_api(story)


def usage_count(story: Story) -> object:
    (row,) = story.get(f"{BASE}/flow-quality?period=7d")["flows"]
    return row["usage_count"]


def the_package_is_typed_and_clashes_with_nothing(story: Story) -> None:
    app = story.terminals["main app"]
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
