"""The CSV of a list: all of it, from one snapshot, sent while it is read, and given up where no one reads."""

import csv
import io
import threading
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from analytics_api.auth.principal import Principal
from analytics_api.database.replica import Replica
from analytics_api.problems.errors import BadParameterError
from analytics_api.questions.session_export import Exports
from shared_queries.periods.period import parse_period
from shared_queries.questions.session_filter import SessionFilter
from shared_queries.scope import Scope
from tests.api.conftest import READER
from tests.api.running import PATHS, RunningApi, token
from tests.api.world import Account
from tests.infra.database import Database

FILL = """
insert into ai_sessions (id, account_id, user_id, problem_domain, created_at)
select gen_random_uuid(), %(account)s, %(user)s, %(domain)s, now() - interval '1 hour' - make_interval(secs => n / 7)
from generate_series(1, %(count)s) n
"""


@pytest.fixture(scope="module")
def crowded(module_database: Database, alpha: Account) -> Account:
    """Alpha, with some thousand sessions more."""
    with module_database.connect() as connection:
        values = {"account": alpha.id, "user": alpha.engineer, "domain": "Crowd", "count": 4_321}
        connection.execute(FILL, values)
    module_database.wait_for_replica()
    return alpha


def lines(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_the_whole_list_is_there_once_and_in_its_order(api: RunningApi, crowded: Account) -> None:
    response = api.get(PATHS["sessions"], crowded.admin, {"format": "csv", "domain": "crowd", "limit": "2"})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    assert response.headers["content-disposition"].startswith('attachment; filename="flowpilot-sessions-')
    assert response.headers["cache-control"] == "private, no-cache"
    header, *rows = lines(response.text)
    assert header[:3] == ["session_id", "created_at", "resolved_at"]
    assert header[-5:] == ["engineer", "flow_name", "duration_minutes", "hours_logged", "rating"]
    ids = [row[0] for row in rows]
    assert len(set(ids)) == len(ids) == 4_321
    keys = [(row[1], row[0]) for row in rows]
    assert keys == sorted(sorted(keys, key=lambda key: key[1]), key=lambda key: key[0], reverse=True)


def test_a_row_is_the_sessions_json(api: RunningApi, alpha: Account) -> None:
    params = {"domain": alpha.domain, "status": "resolved"}
    header, *rows = lines(api.get(PATHS["sessions"], alpha.admin, {**params, "format": "csv"}).text)
    items = api.get(PATHS["sessions"], alpha.admin, params).json()["sessions"]
    assert [dict(zip(header, row, strict=True)) for row in rows] == [
        {name: "" if value is None else str(value) for name, value in item.items()} for item in items
    ]


def test_what_is_written_meanwhile_is_not_in_it(api: RunningApi, module_database: Database, crowded: Account) -> None:
    query = {"format": "csv", "domain": "Crowd"}
    headers = {"Authorization": f"Bearer {token(crowded.admin)}"}
    with api.client.stream("GET", PATHS["sessions"], params=query, headers=headers) as response:
        pieces = response.iter_text()
        first = next(pieces)
        with module_database.connect() as connection:
            connection.execute("update ai_sessions set problem_domain = 'Elsewhere' where problem_domain = 'Crowd'")
        module_database.wait_for_replica()
        text = first + "".join(pieces)
    with module_database.connect() as connection:
        connection.execute("update ai_sessions set problem_domain = 'Crowd' where problem_domain = 'Elsewhere'")
    module_database.wait_for_replica()
    assert len(lines(text)) == 4_321 + 1


def test_a_client_that_goes_away_lets_go_of_all(api: RunningApi, crowded: Account) -> None:
    query = {"format": "csv", "domain": "Crowd"}
    headers = {"Authorization": f"Bearer {token(crowded.admin)}"}
    for _ in range(8):
        with api.client.stream("GET", PATHS["sessions"], params=query, headers=headers) as response:
            assert response.status_code in {200, 503}
            next(response.iter_bytes())
    codes: list[int] = []
    done = threading.Event()

    def ask() -> None:
        while not done.is_set():
            codes.append(api.get(PATHS["sessions"], crowded.admin, query).status_code)
            if codes[-1] == 200:
                done.set()

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    assert done.wait(20), codes[-1:]
    asking.join()


async def test_a_list_that_is_too_long_is_refused_before_it_begins(module_database: Database, crowded: Account) -> None:
    replica = Replica(module_database.replica_dsn_for(READER))
    principal = Principal(Scope(crowded.id), "team_admin", None)
    period = parse_period(period="7d", from_=None, to=None, tz="UTC", now=datetime.now(UTC), default_tz=None)
    chosen = SessionFilter(domain="Crowd")
    try:
        with pytest.raises(BadParameterError, match="format") as refused:
            await Exports(replica, limit=4_320).open(principal, period, chosen)
        assert "narrow" in str(refused.value.allowed)
        pieces, _ = await Exports(replica, limit=4_321).open(principal, period, chosen)
        assert sum([piece.count(b"\n") async for piece in pieces]) == 4_321 + 1
    finally:
        await replica.close()


def test_a_list_without_sessions_is_its_header(api: RunningApi, bravo: Account) -> None:
    assert api.get(PATHS["sessions"], bravo.admin, {"format": "csv", "flow_id": str(uuid4())}).text.count("\n") == 1
