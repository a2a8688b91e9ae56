"""What HTTP carries: the numbers themselves are `tests/queries`' business."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo

import msgspec
import psycopg
import pytest

from analytics_api.questions.responses import (
    CoverageResponse,
    EngineersResponse,
    FlowEffectsResponse,
    FlowQualityResponse,
    MeResponse,
    OverviewResponse,
    PsaResponse,
    SessionsResponse,
    TrendResponse,
)
from shared_queries.periods.period import parse_period
from shared_queries.questions.flow_quality import FlowSort
from shared_queries.source import Source
from tests.api.conftest import READER
from tests.api.direct import User, answer, enter, plan_of
from tests.api.running import PATHS, RunningApi, running_api
from tests.api.world import Account, beat
from tests.infra.database import Database

QUESTIONS = tuple(name for name in PATHS if name != "sessions")
RESPONSES = {
    "overview": OverviewResponse,
    "coverage": CoverageResponse,
    "flow-quality": FlowQualityResponse,
    "psa": PsaResponse,
    "trend": TrendResponse,
    "engineers": EngineersResponse,
    "me": MeResponse,
    "flow-effects": FlowEffectsResponse,
    "sessions": SessionsResponse,
}
PAST = {"from": "2026-01-01", "to": "2026-01-31"}


@pytest.mark.parametrize("name", PATHS)
def test_an_answer_has_its_fields_its_period_and_its_freshness_and_nothing_else(
    api: RunningApi, module_database: Database, alpha: Account, name: str
) -> None:
    beat(module_database)
    response = api.get(PATHS[name], alpha.admin)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    body = response.json()
    decoded = msgspec.json.decode(response.content, type=RESPONSES[name])
    assert msgspec.json.decode(msgspec.json.encode(decoded)) == body
    assert list(body)[-3:] == ["period", "as_of", "stale"]
    assert body["stale"] is False
    assert datetime.fromisoformat(body["as_of"]).utcoffset() == timedelta(0)


def test_the_period_is_the_accounts_days_unless_told_otherwise(api: RunningApi, bravo: Account) -> None:
    def period(**params: str) -> dict[str, Any]:
        found: dict[str, Any] = api.get(PATHS["psa"], bravo.admin, params).json()["period"]
        return found

    here = datetime.now(ZoneInfo("Asia/Kathmandu")).date()
    assert period() == {
        "name": "30d",
        "from": str(here - timedelta(days=29)),
        "to": str(here),
        "tz": "Asia/Kathmandu",
        "includes_partial_day": True,
    }
    assert period(period="90d", tz="UTC")["from"] == str(datetime.now(UTC).date() - timedelta(days=89))
    assert period(tz="Pacific/Kiritimati")["tz"] == "Pacific/Kiritimati"


@pytest.mark.parametrize("timezone", [None, "", "Mars/Base", "europe/berlin"])
def test_an_account_without_a_usable_zone_counts_in_utc(
    api: RunningApi, module_database: Database, bravo: Account, timezone: str | None
) -> None:
    with module_database.connect() as connection:
        connection.execute("update accounts set timezone = %s where id = %s", [timezone, bravo.id])
    module_database.wait_for_replica()
    try:
        assert api.get(PATHS["overview"], bravo.admin).json()["period"]["tz"] == "UTC"
    finally:
        with module_database.connect() as connection:
            connection.execute("update accounts set timezone = %s where id = %s", [bravo.tz, bravo.id])
        module_database.wait_for_replica()


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_previous_period_comes_only_when_asked_for(api: RunningApi, alpha: Account, name: str) -> None:
    assert "previous" not in api.get(PATHS[name], alpha.admin).json()
    body = api.get(PATHS[name], alpha.admin, {"period": "7d", "compare": "previous"}).json()
    previous = body["previous"]
    assert set(previous) == set(body) - {"as_of", "stale", "previous"}
    last = date.fromisoformat(body["period"]["from"]) - timedelta(days=1)
    assert previous["period"] == {
        "name": "7d",
        "from": str(last - timedelta(days=6)),
        "to": str(last),
        "tz": "Europe/Berlin",
        "includes_partial_day": True,
    }


@pytest.mark.parametrize("name", QUESTIONS)
def test_http_carries_the_numbers_of_the_queries(
    api: RunningApi, module_database: Database, alpha: Account, name: str
) -> None:
    """The same plan over another connection gives the same JSON; the rollups are filled, so they answer."""
    named = "90d" if name == "flow-effects" else None
    period = parse_period(period=named, from_=None, to=None, tz=None, now=datetime.now(UTC), default_tz=alpha.tz)
    for sort in get_args(FlowSort) if name == "flow-quality" else (None,):
        got = api.get(PATHS[name], alpha.admin, {"sort": sort} if sort else {}).json()
        for beside in ("period", "as_of", "stale"):
            del got[beside]
        with psycopg.connect(module_database.dsn_for(READER)) as connection:
            enter(connection, alpha.id)
            plan = plan_of(name, User(alpha.id, alpha.admin), period, Source.ROLLUPS, {"sort": sort} if sort else {})
            assert got == answer(connection, plan)


def test_the_read_path_can_be_chosen_and_percentiles_alone_tell_which(
    api: RunningApi, module_database: Database, alpha: Account, tmp_path: Path
) -> None:
    with running_api(tmp_path / "log", module_database.replica_dsn_for(READER), ANALYTICS_READ_PATH="facts") as facts:
        for name in QUESTIONS:
            exact, kept = (each.get(PATHS[name], alpha.admin).json() for each in (facts, api))
            for percentile in ("median_resolution_minutes", "p90_resolution_minutes"):
                assert kept.pop(percentile, 0) == pytest.approx(exact.pop(percentile, 0), rel=0.01)
            assert kept == exact
        exact_median = facts.get(PATHS["overview"], alpha.admin).json()["median_resolution_minutes"]
        assert exact_median == 15.0
        with module_database.connect() as connection:
            connection.execute("update analytics.rollup_state set counters_filled_at = null")
        module_database.wait_for_replica()
        unfilled = api.get(PATHS["overview"], alpha.admin).json()
        assert unfilled["median_resolution_minutes"] == exact_median, "until the rollups are filled the facts answer"
        with module_database.connect() as connection:
            connection.execute("update analytics.rollup_state set counters_filled_at = now()")
        module_database.wait_for_replica()


def test_pages_of_sessions_join_without_gap_or_repetition(
    api: RunningApi, module_database: Database, alpha: Account
) -> None:
    seen: list[dict[str, Any]] = []
    params = {"limit": "5"}
    with module_database.connect() as connection:
        while True:
            page = api.get(PATHS["sessions"], alpha.admin, params).json()
            assert page["total_count"] == 12
            seen += page["sessions"]
            if page["next_cursor"] is None:
                break
            params = {"limit": "5", "cursor": page["next_cursor"]}
            # What comes meanwhile belongs to no page of this list: its cursor has fixed now.
            connection.execute(
                "insert into ai_sessions (id, account_id, created_at) values (gen_random_uuid(), %s, now())", [alpha.id]
            )
            module_database.wait_for_replica()
        connection.execute("delete from ai_sessions where account_id = %s and problem_domain is null", [alpha.id])
        module_database.wait_for_replica()
    assert [item["session_id"] for item in seen] == [str(session) for session in alpha.sessions]
    assert seen[1] == {
        "session_id": str(alpha.sessions[1]),
        "created_at": seen[1]["created_at"],
        "resolved_at": seen[1]["resolved_at"],
        "status": "resolved",
        "problem_domain": alpha.domain,
        "confidence_tier": "guided",
        "flow_id": str(alpha.flow),
        "psa_ticket_id": "Alpha-1",
        "engineer": "Alpha@example.com",
        "flow_name": "Alpha Flow",
        "duration_minutes": 11.0,
        "hours_logged": 1.5,
        "rating": None,
    }


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"status": "resolved"}, 8),
        ({"status": "open"}, 4),
        ({"tier": "guided"}, 6),
        ({"stage": "linked"}, 12),
        ({"stage": "doc"}, 6),
        ({"stage": "time"}, 0),
        ({"domain": " ALPHA network "}, 12),
        ({"domain": "Bravo Network"}, 0),
        ({"unmapped": "true"}, 0),
        ({"tier": "guided", "status": "resolved"}, 4),
        ({"tier": "unguided"}, 6),
        ({"missing": "ticket"}, 0),
        ({"missing": "doc"}, 6),
        ({"missing": "time"}, 6),
        ({"unlogged": "true"}, 4),
        ({"off_path": "time_without_doc"}, 6),
        ({"off_path": "doc_without_ticket"}, 0),
        ({"user_id": "none"}, 0),
        ({"user_id": "none", "domain": "Alpha Network"}, 0),
    ],
)
def test_filters_reach_the_list(api: RunningApi, alpha: Account, params: dict[str, str], count: int) -> None:
    body = api.get(PATHS["sessions"], alpha.admin, params).json()
    assert (body["total_count"], len(body["sessions"])) == (count, count)


@pytest.mark.parametrize(("age", "stale"), [(0, False), (86_000, False), (86_500, True)])
def test_numbers_older_than_allowed_are_marked_stale(
    api: RunningApi, module_database: Database, alpha: Account, age: int, *, stale: bool
) -> None:
    at = datetime.now(UTC) - timedelta(seconds=age)
    beat(module_database, at)
    for name in PATHS:
        body = api.get(PATHS[name], alpha.admin).json()
        assert (body["stale"], datetime.fromisoformat(body["as_of"])) == (stale, at)
