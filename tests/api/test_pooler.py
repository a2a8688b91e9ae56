"""Behind a real PgBouncer in transaction mode: fewer server sessions than we have connections, shared in turns."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.api.conftest import READER
from tests.api.running import PATHS, RunningApi, running_api
from tests.api.world import Account
from tests.infra.database import Database
from tests.infra.pgbouncer import pgbouncer

ROUNDS = 4


def test_the_answers_are_those_without_a_pooler_whoever_shares_its_sessions(
    api: RunningApi, module_database: Database, alpha: Account, bravo: Account, tmp_path: Path
) -> None:
    asked = [(path, account) for path in PATHS.values() for account in (alpha, bravo)]
    today = datetime.now(UTC).date()
    params = {"from": str(today - timedelta(days=3)), "to": str(today)}
    expected = {(path, account): api.get(path, account.admin, params).content for path, account in asked}
    with (
        pgbouncer(module_database.infra.replica_dsn, ignored="options") as pooler,
        running_api(tmp_path / "log", pooler.url(module_database.replica_dsn_for(READER))) as pooled,
        ThreadPoolExecutor(8) as clients,
    ):

        def ask(one: tuple[str, Account]) -> tuple[int, bytes]:
            response = pooled.get(one[0], one[1].admin, params)
            return response.status_code, response.content

        for one, answer in zip(asked * ROUNDS, clients.map(ask, asked * ROUNDS), strict=True):
            assert answer == (200, expected[one]), one
        assert pooled.client.get("/health/ready").status_code == 200
        assert "error" not in pooled.log.read_text().lower()
