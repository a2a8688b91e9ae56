"""Which files of ours a request passes, for whoever follows one: docs/architecture.md lists them all."""

import httpx

from analytics_api.app import create_app
from analytics_api.settings import Settings
from tests.api.conftest import READER
from tests.api.running import PATHS, environment, token
from tests.api.world import Account
from tests.infra.database import Database
from tests.infra.passing import files_passed, listed_files

BAR = 25


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
    passed.add("analytics_api/edge/page.py")
    assert passed == listed_files("A request, file by file")
    assert len(passed) <= BAR
