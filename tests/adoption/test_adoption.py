"""A main application of the shape that ours is for brings this product in by `docs/adopting.md`, and lives on."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import jwt
import pytest

from deploy.embedded.ports import free_ports
from deploy.embedded.postgres import Server
from deploy.embedded.processes import Children
from tests.adoption.document import Block, blocks
from tests.adoption.places import Terminal
from tests.adoption.servers import postgres
from tests.infra.own_kafka import own_kafka

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PATIENCE_S = 60
BLOCKS = list(blocks())
BASE = "/api/v1/analytics/flowpilot"


def test_the_application_gets_every_line_of_python_in_the_document() -> None:
    adopted = "".join(path.read_text() for path in sorted((HERE / "adopted").rglob("*.py")))
    assert [block.text for block in BLOCKS if block.language == "python" and block.text not in adopted] == []


class Story:
    """The application, its servers, and the terminals of whoever adopts."""

    def __init__(self, folder: Path, sqlalchemy: str, database: Server, kafka: str) -> None:
        self.folder = folder
        self.sqlalchemy = sqlalchemy
        self.database = database
        self.children = Children(folder / "run", folder / "logs")
        self.ports = free_ports(["app", "api", "health"])
        self.app_folder = folder / "main-app"
        (folder / "flowpilot-analytics").symlink_to(ROOT)
        replacements = {
            "postgres:secret@": f"postgres:{database.superuser_password}@",
            "@db.example/": f"@127.0.0.1:{database.port}/",
            "kafka.example:9092": kafka,
            "127.0.0.1:8000": f"127.0.0.1:{self.ports['api']}",
        }
        programs = f"{database.binaries}:{os.environ['PATH']}"
        ports = {"API_PORT": str(self.ports["api"]), "HEALTH_PORT": str(self.ports["health"])}
        owner = f"postgresql+asyncpg://main_app_owner:secret@127.0.0.1:{database.port}/app"
        self.terminals = {
            name: Terminal(folder_, folder / "logs" / f"{name.replace(' ', '-')}.log", replacements, variables)
            for name, folder_, variables in (
                ("analytics", ROOT, {"PATH": programs} | ports),
                ("database", folder, {"PATH": programs}),
                (
                    "main app",
                    self.app_folder,
                    {
                        "PATH": f"{self.app_folder / '.venv' / 'bin'}:{programs}",
                        "PYTHONPATH": str(self.app_folder),
                        "OWNER_URL": owner,
                        "DATABASE_URL": owner.replace("main_app_owner", "main_app"),
                        "INSIGHTS_DATABASE_URL": owner.replace("main_app_owner", "flowpilot_api"),
                    },
                ),
            )
        }
        self.account, self.user, self.flow = uuid4(), uuid4(), uuid4()
        self.app = httpx.Client(base_url=f"http://127.0.0.1:{self.ports['app']}", timeout=20)

    def section(self, title: str) -> None:
        """Type what the section says, each block where it says."""
        found = [block for block in BLOCKS if block.section == title and block.language == "sh"]
        assert found, f"{title} is not in the document"
        for block in found:
            self.type(block)

    def type(self, block: Block) -> None:
        *places, last = block.places
        commands = "".join(block.text.splitlines(keepends=True)[1:])
        if last == "and leave it running":
            (place,) = places
            name = commands.split()[-1]
            self.say(f"{place}, running on: {commands.strip()}")
            self.terminals[place].start(name, commands, self.children)
            return
        for place in block.places:
            started = time.monotonic()
            self.terminals[place].run(commands)
            self.say(f"{place}: {commands.strip()}   [{time.monotonic() - started:.1f} s]")

    def say(self, text: str) -> None:
        print(f"\n[SQLAlchemy {self.sqlalchemy}] {text}", flush=True)

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        """As superuser."""
        with self.database.connect("app") as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def get(self, path: str) -> dict[str, object]:
        """Ask the API as the account's admin."""
        headers = {"Authorization": f"Bearer {self.terminals['main app'].variables['TOKEN']}"}
        answer = httpx.get(f"http://127.0.0.1:{self.ports['api']}{path}", headers=headers, timeout=20)
        assert answer.status_code == 200, answer.text
        body: dict[str, object] = answer.json()
        return body

    def wait_for(self, what: str, condition: object) -> None:
        """Wait until the condition holds; a process that ended meanwhile says why."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                if condition():  # type: ignore[operator]
                    return
            except httpx.HTTPError:
                pass
            self.children.raise_for_dead()
            assert time.monotonic() < deadline, f"waited in vain for {what}"
            time.sleep(0.1)

    def post(self, path: str, **parameters: object) -> object:
        answer = self.app.post(f"/accounts/{self.account}{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def match(self) -> UUID:
        session = UUID(str(self.post("/sessions", problem_domain="Network")))
        self.post(f"/sessions/{session}/match", flow_id=self.flow)
        return session


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
    (row,) = story.get(f"{BASE}/flow-quality?period=7d")["flows"]  # type: ignore[misc]
    return row["usage_count"]  # type: ignore[index]


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
