"""Random requests, answered by an earlier release and by the present code from one database: byte for byte the same.

What was added since is left out of the comparison: fields that the release did not have, and what a refusal allows.
"""

import random
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from tests.api.running import PATHS, RunningApi, running_api
from tests.api.world import Account, beat, insert_world
from tests.infra.database import Database
from tests.upgrade.comparing import (
    US_PER_MINUTE,
    Shown,
    as_of_histogram,
    csv_differs,
    differences,
    exactly,
    known_to,
    rolled_up,
)
from tests.upgrade.releases import checked_out

VERSION = "0.1.0"
REQUESTS = 500
"""For each read path."""
READER = "flowpilot_api"
NAMES = ("overview", "coverage", "flow-quality", "psa", "sessions")
"""What the release answered."""
FLOWS = 12
EXPECTED = {"rollups": rolled_up, "facts": exactly}
"""On a newer schema the release reads the facts whatever it is told, since its rollups are not filled there."""

WORLD = """
insert into trees (id, account_id, name, category_id, is_active, created_at)
select gen_random_uuid(), account.id, 'Flow ' || n, (select id from tree_categories where account_id = account.id),
  n %% 4 > 0, now() - n * interval '9 days'
from accounts account, generate_series(1, %(flows)s) n;
insert into ai_sessions (id, account_id, problem_domain, status, confidence_tier, confidence_score, matched_flow_id,
  match_score, session_rating, psa_ticket_id, created_at, resolved_at)
select gen_random_uuid(), account.id,
  (array['VPN', ' vpn', 'Printing', 'Büro', null, ' '])[1 + floor(random() * 6)],
  (array['resolved', 'resolved', 'escalated', 'abandoned', 'active', 'odd'])[1 + floor(random() * 6)],
  (array['guided', 'exploring', 'discovery', null])[1 + floor(random() * 4)], round(random()::numeric, 5),
  case when random() < 0.7 then
    (array(select id from trees where account_id = account.id order by id))[1 + floor(random() * %(flows)s)] end,
  random(), case when random() < 0.4 then 1 + floor(random() * 5) end,
  case when random() < 0.6 then 'T-' || n end, created.at,
  case when random() < 0.8 then created.at + (random() * random() * 40 - 0.2) * interval '1 hour' end
from accounts account, generate_series(1, 1500) n,
  lateral (
    select now() - interval '2 hours' - random() * random() * 600 * interval '1 day' + n * interval '1 ms'
  ) created(at);
insert into psa_activity_log
  (id, account_id, session_id, activity_type, hours_logged, psa_ticket_id, created_at, event_id)
select gen_random_uuid(), account_id, case when random() < 0.9 then id end, kind,
  case kind when 'time_entry_posted' then round((random() * 5)::numeric, 3) end, coalesce(psa_ticket_id, '1'),
  least(created_at + random() * interval '2 days', now() - interval '2 hours'), gen_random_uuid()
from ai_sessions, unnest(array['note_posted', 'time_entry_posted', 'time_entry_posted', 'status_updated']) kind
where random() < 0.3;
"""


@pytest.fixture(scope="module")
def accounts(module_database: Database) -> tuple[Account, Account]:
    accounts = insert_world(module_database)
    with module_database.connect() as connection:
        connection.execute("select setseed(0.25)")
        for statement in WORLD.split(";\n"):
            if statement.strip():
                connection.execute(statement.encode(), {"flows": FLOWS} if "%(flows)s" in statement else None)
    beat(module_database)
    return accounts


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checked_out(VERSION, tmp_path_factory.mktemp("release"))


@pytest.fixture
def both(
    read_path: str, module_database: Database, released: Path, tmp_path: Path
) -> Iterator[tuple[RunningApi, RunningApi]]:
    """The release and the present code, on the same read path."""
    url = module_database.replica_dsn_for(READER)
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    with (
        running_api(old / "log", url, code=released, ANALYTICS_READ_PATH=read_path) as before,
        running_api(new / "log", url, ANALYTICS_READ_PATH=read_path) as after,
    ):
        yield before, after


@pytest.mark.parametrize("read_path", EXPECTED)
def test_a_release_and_the_present_code_answer_alike(
    read_path: str, both: tuple[RunningApi, RunningApi], accounts: tuple[Account, Account]
) -> None:
    dice = random.Random(20261125)
    statuses: Counter[int] = Counter()
    with ThreadPoolExecutor(2) as clients:
        for number in range(REQUESTS):
            path, params, user = a_request(dice, accounts)
            before, after = clients.map(lambda api: api.get(path, user, params), both)  # noqa: B023  waited for here
            statuses[before.status_code] += 1
            difference = differs(before, after, EXPECTED[read_path])
            assert not difference, (number, path, params, difference)
    assert statuses[200] > REQUESTS // 2
    assert statuses[400] > REQUESTS // 50


def a_request(dice: random.Random, accounts: tuple[Account, Account]) -> tuple[str, dict[str, str], UUID]:
    account = dice.choice(accounts)
    user = dice.choices([account.admin, account.super_admin, account.viewer, uuid4()], [20, 5, 1, 1])[0]
    name = dice.choice(NAMES)
    params = a_period(dice, datetime.now(UTC).date())
    if dice.random() < 0.5:
        params["tz"] = dice.choice(["UTC", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "Mars/Base"])
    if name == "sessions":
        choices = {
            "domain": ["vpn", "VPN", "büro", "nothing"],
            "unmapped": ["true"],
            "status": ["open", "ended", "resolved", "escalated", "abandoned"],
            "tier": ["guided", "unclassified", "wrong"],
            "stage": ["linked", "doc", "time"],
            "limit": ["1", "7", "200", "201"],
            "flow_id": [str(account.flow)],
        }
    else:
        choices = {"compare": ["previous"], "format": ["json", "csv"], "sort": ["quality", "usage", "success_rate"]}
        if name != "flow-quality" and dice.random() < 0.9:
            del choices["sort"]
    for parameter, values in choices.items():
        if dice.random() < 0.3:
            params[parameter] = dice.choice(values)
    return PATHS[name], params, user


def a_period(dice: random.Random, today: date) -> dict[str, str]:
    kind = dice.random()
    if kind < 0.1:
        return {}
    if kind < 0.4:
        return {"period": dice.choice(["7d", "30d", "90d"])}
    last = today - timedelta(days=dice.randrange(-2, 500))
    first = last - timedelta(days=dice.choice([0, 1, 6, 30, 89, 365, 399, 400]))
    return {"from": str(first), "to": str(last)}


def differs(before: httpx.Response, after: httpx.Response, expected: Shown = exactly) -> str:
    """What is not the same, of all that the release answers."""
    for name in ("content-type", "content-disposition", "cache-control", "www-authenticate"):
        if before.headers.get(name) != after.headers.get(name):
            return f"{name}: {before.headers.get(name)} {after.headers.get(name)}"
    if before.status_code != after.status_code:
        return f"{before.status_code} {after.status_code} {after.text}"
    if before.headers["content-type"].startswith("text/csv"):
        return csv_differs(before.content, after.content, expected)
    old, new = before.json(), after.json()
    if before.status_code != 200:
        old.pop("allowed", None)
        old.pop("detail")
    old.pop("as_of", None)
    for answer in (old, new):
        if answer.get("next_cursor"):
            # Without the moment that it fixes, its first eight bytes.
            answer["next_cursor"] = urlsafe_b64decode(answer["next_cursor"] + "==")[8:].hex()
    # The order of the fields is part of the answer.
    return next(differences(old, known_to(old, new), expected), "")


def test_a_difference_is_seen() -> None:
    def answer(body: object, **headers: str) -> httpx.Response:
        return httpx.Response(200, json=body, headers=headers)

    assert not differs(answer({"as_of": 1, "rows": [{"a": 1}]}), answer({"as_of": 2, "rows": [{"b": 2, "a": 1}]}))
    assert differs(answer({"a": 1}), answer({"a": 1.0}))
    assert differs(answer({"a": 1, "b": 2}), answer({"b": 2, "a": 1}))
    assert differs(answer({"rows": [1]}), answer({"rows": [1, 1]}))
    assert differs(answer({"a": 1}), answer({}))
    assert csv_differs(b"a,b\r\n1,2\r\n", b"a,b\r\n1,3\r\n")
    assert not csv_differs(b"a,b\r\n1,2\r\n", b"a,x,b\r\n1,9,2\r\n")


def test_a_percentile_of_rollups_is_the_middle_of_the_bucket_of_the_exact_one() -> None:
    for minutes, shown in ((0.0, 500_000), (0.9 / 60, 500_000), (1 / 60, 1_009_950), (30, 1_799_554_533)):
        assert as_of_histogram(minutes) == shown / US_PER_MINUTE
    assert as_of_histogram(None) is None
