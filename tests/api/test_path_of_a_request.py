"""Which files of ours a request passes, for whoever follows one: docs/architecture.md lists them all."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import httpx

from analytics_api.app import create_app
from analytics_api.settings import Settings
from tests.api.conftest import READER
from tests.api.running import PATHS, environment, token
from tests.api.world import Account
from tests.infra.database import Database

ROOT = Path(__file__).parents[2]
PACKAGES = ("analytics_api", "psa_event_consumer", "services", "shared_queries")
ARCHITECTURE = ROOT / "docs" / "architecture.md"


@contextmanager
def files_passed() -> Iterator[set[str]]:
    """The files of ours in which a function was called meanwhile."""
    passed: set[str] = set()
    roots = tuple(f"{ROOT}/{package}/" for package in PACKAGES)

    def note(frame: FrameType, event: str, _: object) -> None:
        file = frame.f_code.co_filename
        if event == "call" and file.startswith(roots):
            passed.add(file.removeprefix(f"{ROOT}/"))

    sys.setprofile(note)
    try:
        yield passed
    finally:
        sys.setprofile(None)


def listed(heading: str) -> set[str]:
    """The files that the page lists under a heading."""
    section = ARCHITECTURE.read_text().split(f"### {heading}\n", 1)[1].split("\n#", 1)[0]
    return set(re.findall(r"`([\w/]+\.(?:py|sql))`", section))


async def test_the_files_of_a_get_are_those_listed(module_database: Database, alpha: Account) -> None:
    settings = Settings.from_env(environment(module_database.replica_dsn_for(READER)))
    transport = httpx.ASGITransport(create_app(settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        # The second is another question, whose answer no one remembers; the statements are compiled by then.
        for period in ("7d", "30d"):
            with files_passed() as passed:
                answer = await client.get(
                    f"{PATHS['coverage']}?period={period}", headers={"Authorization": f"Bearer {token(alpha.admin)}"}
                )
            assert answer.status_code == 200
    # The page stands before the routes where it is built.
    assert passed | {"analytics_api/edge/page.py"} == listed("A request, file by file")
