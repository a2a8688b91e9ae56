"""`/me` and the gate: who sees whom, with the self view off and on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from tests.api.conftest import READER
from tests.api.running import PATHS, RunningApi, running_api
from tests.api.world import Account
from tests.infra.database import Database


@pytest.fixture(scope="module")
def open_api(
    module_database: Database, accounts: tuple[Account, Account], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApi]:
    """The service with the self view on."""
    assert accounts
    log = tmp_path_factory.mktemp("open") / "log"
    with running_api(log, module_database.replica_dsn_for(READER), ENGINEER_SELF_VIEW="on") as running:
        yield running


def test_without_the_self_view_nothing_opens_to_an_engineer(api: RunningApi, alpha: Account) -> None:
    for user in (alpha.engineer, alpha.viewer, alpha.disabled):
        assert {api.get(path, user).status_code for path in PATHS.values()} == {403}
    assert api.get(PATHS["me"]).status_code == 401
    assert api.get(PATHS["me"], alpha.admin).json()["engineer"]["session_count"] == 6


def test_with_it_me_alone_opens_to_every_active_user(open_api: RunningApi, alpha: Account) -> None:
    for user in (alpha.engineer, alpha.viewer):
        assert {name for name, path in PATHS.items() if open_api.get(path, user).status_code == 200} == {"me"}
        assert open_api.get(PATHS["me"], user, {"nonsense": "1"}).status_code == 400
    assert {open_api.get(path, alpha.admin).status_code for path in PATHS.values()} == {200}
    assert {open_api.get(path, alpha.disabled).status_code for path in PATHS.values()} == {403}
    assert open_api.get(PATHS["me"], uuid4()).status_code == 401


def test_me_is_the_bearer_and_nobody_else(open_api: RunningApi, alpha: Account, bravo: Account) -> None:
    users = [alpha.engineer, alpha.admin, alpha.viewer, bravo.engineer]
    answers = [open_api.get(PATHS["me"], user) for user in users]
    assert [answer.json()["engineer"]["user_id"] for answer in answers] == [str(user) for user in users]
    assert [answer.json()["engineer"]["session_count"] for answer in answers] == [6, 6, 0, 6]
    nothing = answers[2].json()["engineer"]
    assert (nothing["resolution_rate"], nothing["unlogged_hours"], nothing["low_sample"]) == (None, 0, True)
    tags = {answer.headers["etag"] for answer in answers}
    assert len(tags) == len(users)
    for answer in answers:
        # Two engineers had sessions: what one did not do, the other did.
        assert answer.json()["team"] is None
    again = open_api.get(PATHS["me"], alpha.engineer, headers={"If-None-Match": answers[1].headers["etag"]})
    assert again.status_code == 200, "another user's tag stands for another answer"


def test_two_who_ask_at_once_each_get_their_own(
    open_api: RunningApi, module_database: Database, bravo: Account
) -> None:
    """Requests that ask the same share an execution: what is asked of oneself is not the same."""
    other = uuid4()
    with module_database.connect() as connection:
        connection.execute(
            "insert into users (id, account_id, email, role) values (%s, %s, 'Bravo2@example.com', 'engineer')",
            [other, bravo.id],
        )
    module_database.wait_for_replica()

    def own(user: UUID) -> bool:
        found: str = open_api.get(PATHS["me"], user).json()["engineer"]["user_id"]
        return found == str(user)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(own, [bravo.engineer, other] * 40))


def test_the_team_shows_from_five_engineers_on(open_api: RunningApi, module_database: Database, alpha: Account) -> None:
    with module_database.connect() as connection:
        for count in range(3):
            user = uuid4()
            connection.execute(
                "insert into users (id, account_id, email, role) values (%s, %s, %s, 'engineer')",
                [user, alpha.id, f"Alpha{count}@example.com"],
            )
            connection.execute(
                "insert into ai_sessions (id, account_id, user_id, created_at) values (%s, %s, %s, now())",
                [uuid4(), alpha.id, user],
            )
            module_database.wait_for_replica()
            team = open_api.get(PATHS["me"], alpha.engineer).json()["team"]
            assert (team and team["session_count"]) == (15 if count == 2 else None)
