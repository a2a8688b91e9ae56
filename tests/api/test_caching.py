"""Conditional requests: the tag, what it stands for, and to whom."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.api.running import PATHS, RunningApi
from tests.api.world import Account, beat
from tests.infra.database import Database

# A period that is over: nothing in its answers moves with the clock.
PAST = {"from": "2026-01-01", "to": "2026-01-31"}


@pytest.mark.parametrize("name", PATHS)
def test_the_same_answer_is_not_sent_twice(
    api: RunningApi, module_database: Database, alpha: Account, name: str
) -> None:
    beat(module_database)
    first = api.get(PATHS[name], alpha.admin)
    assert first.headers["etag"].startswith('W/"')
    assert first.headers["cache-control"] == "private, no-cache"
    assert first.headers["vary"] == "Authorization, Origin"
    assert first.headers["as-of"] == first.json()["as_of"]

    beat(module_database)
    for tag in (first.headers["etag"], first.headers["etag"][2:], f'"x", {first.headers["etag"]}', "*"):
        again = api.get(PATHS[name], alpha.admin, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b""), tag
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["cache-control"] == "private, no-cache"
        assert again.headers["vary"] == "Authorization, Origin"
        assert again.headers["as-of"] > first.headers["as-of"], "as_of moves on, and is no part of the tag"
    assert api.get(PATHS[name], alpha.admin, headers={"If-None-Match": 'W/"x"'}).status_code == 200


@pytest.mark.parametrize("name", PATHS)
def test_another_account_role_or_question_has_another_tag(
    api: RunningApi, alpha: Account, bravo: Account, name: str
) -> None:
    questions = [PAST, {**PAST, "tz": "UTC"}, {"from": "2026-01-01", "to": "2026-01-30"}]
    if name != "sessions":
        questions += [{**PAST, "format": "csv"}, {**PAST, "format": "json"}, {**PAST, "compare": "previous"}]
    tags = [
        api.get(PATHS[name], user, question).headers["etag"]
        for user in (alpha.admin, alpha.super_admin, bravo.admin)
        for question in questions
    ]
    assert len(set(tags)) == len(tags)
    other_ends = {PATHS[other]: api.get(PATHS[other], alpha.admin, PAST).headers["etag"] for other in PATHS}
    assert len(set(other_ends.values())) == len(PATHS)


def test_a_tag_opens_nothing_to_others(api: RunningApi, alpha: Account, bravo: Account) -> None:
    tag = {"If-None-Match": api.get(PATHS["overview"], alpha.admin, PAST).headers["etag"]}
    assert api.get(PATHS["overview"], bravo.admin, PAST, tag).status_code == 200
    assert api.get(PATHS["overview"], None, PAST, tag).status_code == 401
    assert api.get(PATHS["overview"], alpha.viewer, PAST, tag).status_code == 403
    assert api.get(PATHS["overview"], alpha.admin, {"bad": "1"}, {"If-None-Match": "*"}).status_code == 400


def test_a_new_number_is_a_new_tag(api: RunningApi, module_database: Database, alpha: Account) -> None:
    before = {name: api.get(PATHS[name], alpha.admin).headers["etag"] for name in PATHS}
    with module_database.connect() as connection:
        (created,) = connection.execute(
            "update ai_sessions set status = 'escalated' where id = %s returning created_at", [alpha.sessions[0]]
        ).fetchone() or (None,)
        connection.execute("update psa_activity_log set hours_logged = 2 where session_id = %s", [alpha.sessions[1]])
    module_database.wait_for_replica()
    after = {name: api.get(PATHS[name], alpha.admin).headers["etag"] for name in PATHS}
    # The effects of flows look at days that are over: an hour ago was yesterday until one o'clock.
    zone = ZoneInfo(alpha.tz)
    of_today = {"flow-effects"} if created.astimezone(zone).date() == datetime.now(zone).date() else set()
    assert {name for name in PATHS if before[name] != after[name]} == set(PATHS) - of_today


def test_becoming_stale_is_told_despite_the_tag(api: RunningApi, module_database: Database, alpha: Account) -> None:
    beat(module_database)
    fresh = api.get(PATHS["psa"], alpha.admin, PAST)
    assert fresh.json()["stale"] is False
    beat(module_database, datetime.now(UTC) - timedelta(days=2))
    stale = api.get(PATHS["psa"], alpha.admin, PAST, {"If-None-Match": fresh.headers["etag"]})
    assert (stale.status_code, stale.json()["stale"]) == (200, True)


def test_without_a_heartbeat_nothing_is_known(api: RunningApi, module_database: Database, alpha: Account) -> None:
    with module_database.connect() as connection:
        connection.execute("delete from analytics.heartbeat")
    module_database.wait_for_replica()
    for name in PATHS:
        response = api.get(PATHS[name], alpha.admin)
        assert (response.json()["as_of"], response.json()["stale"]) == (None, True)
        assert "as-of" not in response.headers


def test_an_answer_that_is_remembered_has_the_freshness_of_now(
    api: RunningApi, module_database: Database, alpha: Account
) -> None:
    for name in PATHS:
        beat(module_database)
        first = api.get(PATHS[name], alpha.admin)
        beat(module_database)
        again = api.get(PATHS[name], alpha.admin)
        assert again.json()["as_of"] == again.headers["as-of"] > first.headers["as-of"]
        assert again.headers["etag"] == first.headers["etag"]
        assert {**again.json(), "as_of": None, "next_cursor": None} == {
            **first.json(),
            "as_of": None,
            "next_cursor": None,
        }
    with module_database.connect() as connection:
        connection.execute("delete from analytics.heartbeat")
    module_database.wait_for_replica()
    assert api.get(PATHS["psa"], alpha.admin).json()["as_of"] is None
