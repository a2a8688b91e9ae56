"""Whoever adopts: the servers, the application's folder, the terminals, and what is typed and asked there."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from deploy.embedded.ports import free_ports
from deploy.embedded.postgres import Server
from deploy.embedded.processes import Children
from tests.adoption.document import Block, blocks
from tests.adoption.places import Terminal
from tests.adoption.servers import Servers
from tests.infra.waiting import wait_until

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
BLOCKS = list(blocks())
TYPED: set[Block] = set()
"""Those that were typed in this process, in any story."""
_ONCE = ("make wheel", "make page-package")
"""What gives every application the same file."""


@dataclass(frozen=True)
class Shape:
    """What applications of this kind differ in."""

    sqlalchemy: str
    schema: str
    row_security: bool


class Story:
    """The application, its servers, and the terminals of whoever adopts."""

    def __init__(self, folder: Path, shape: Shape, servers: Servers) -> None:
        database, elsewhere, kafka = servers.database, servers.elsewhere, servers.kafka
        self.folder = folder
        self.shape = shape
        self.elsewhere = elsewhere
        self.database = database
        self.children = Children(folder / "run", folder / "logs")
        self.ports = free_ports(["app", "api", "health"])
        self.app_folder = folder / "main-app"
        (folder / "flowpilot-analytics").symlink_to(ROOT)
        replacements = self._replacements(database, kafka)
        programs = f"{database.binaries}:{os.environ['PATH']}"
        ports = {"API_PORT": str(self.ports["api"]), "HEALTH_PORT": str(self.ports["health"])}
        owner = f"postgresql+asyncpg://main_app_owner:secret@127.0.0.1:{database.port}/app"
        self.terminals = {
            name: Terminal(folder_, folder / "logs" / f"{name.replace(' ', '-')}.log", values, variables)
            for name, folder_, values, variables in (
                ("analytics", ROOT, replacements, {"PATH": programs} | ports),
                ("database", folder, replacements, {"PATH": programs}),
                (
                    "elsewhere",
                    self.app_folder,
                    self._replacements(elsewhere, kafka),
                    {"PATH": f"{ROOT / '.venv' / 'bin'}:{programs}"},
                ),
                (
                    "main app",
                    self.app_folder,
                    replacements,
                    {
                        "PATH": f"{self.app_folder / '.venv' / 'bin'}:{programs}",
                        "PYTHONPATH": str(self.app_folder),
                        "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache" / f"adoption-{shape.sqlalchemy}"),
                        "OWNER_URL": owner,
                        "DATABASE_URL": owner.replace("main_app_owner", "main_app"),
                        "INSIGHTS_DATABASE_URL": owner.replace("main_app_owner", "flowpilot_api"),
                    },
                ),
            )
        }
        self.account, self.user, self.flow = uuid4(), uuid4(), uuid4()
        self.app = httpx.Client(base_url=f"http://127.0.0.1:{self.ports['app']}", timeout=20)

    def _replacements(self, database: Server, kafka: str) -> dict[str, str]:
        return {
            "postgres:secret@": f"postgres:{database.superuser_password}@",
            "@db.example/": f"@127.0.0.1:{database.port}/",
            "kafka.example:9092": kafka,
            "127.0.0.1:8000": f"127.0.0.1:{self.ports['api']}",
        }

    def section(self, title: str) -> None:
        """Type what the section says, each block where it says."""
        found = [block for block in BLOCKS if block.section == title and block.language == "sh"]
        assert found, f"{title} is not in the document"
        for block in found:
            self.type(block)

    def block(self, title: str, containing: str) -> Block:
        """Return the one block of a section that says this."""
        (found,) = (each for each in BLOCKS if each.section == title and containing in each.text)
        return found

    def type(self, block: Block) -> None:
        if block in TYPED and block.text.endswith(tuple(f"{each}\n" for each in _ONCE)):
            return
        TYPED.add(block)
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
        print(f"\n[SQLAlchemy {self.shape.sqlalchemy}] {text}", flush=True)

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        """As superuser."""
        with self.database.connect("app") as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def get(self, path: str) -> dict[str, Any]:
        """Ask the API as the account's admin."""
        headers = {"Authorization": f"Bearer {self.terminals['main app'].variables['TOKEN']}"}
        answer = httpx.get(f"http://127.0.0.1:{self.ports['api']}{path}", headers=headers, timeout=20)
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def wait_for(self, what: str, condition: Callable[[], object]) -> None:
        """Wait until the condition holds; a process that ended meanwhile says why."""

        def probe() -> object:
            self.children.raise_for_dead()
            try:
                return condition()
            except httpx.TransportError:
                return None

        wait_until(probe, what, PATIENCE_S, pause=0.1)

    def post(self, path: str, **parameters: object) -> object:
        answer = self.app.post(f"/accounts/{self.account}{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def match(self) -> UUID:
        session = UUID(str(self.post("/sessions", problem_domain="Network")))
        self.post(f"/sessions/{session}/match", flow_id=self.flow)
        return session
