"""What changed around a flow: the windows counted by hand, and the verdict by a table of cases."""

from datetime import date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from shared_queries.questions.flow_effects import Differences, FlowEffect, Verdict, flow_effects, verdict
from shared_queries.scope import Scope
from shared_queries.scoring import Difference
from shared_queries.source import SELECTS, Source
from tests.queries.asking import ask, period_at
from tests.queries.rows import NOW, category, fill, flow, session
from tests.reference.rows import AllRows, Row

MINE = uuid4()
ZONE = ZoneInfo("Asia/Kathmandu")
TODAY = NOW.astimezone(ZONE).date()
UP, DOWN, CHANCE = (Difference(value=value, low=value - 0.1, high=value + 0.1) for value in (0.2, -0.2, 0.05))


@pytest.mark.parametrize(
    ("days", "ended", "resolution", "escalation", "expected"),
    [
        pytest.param(13, 900, UP, DOWN, "too_early", id="13 days"),
        pytest.param(14, 19, UP, DOWN, "too_early", id="19 ended"),
        pytest.param(14, 20, UP, CHANCE, "better", id="more resolved"),
        pytest.param(30, 20, CHANCE, DOWN, "better", id="fewer escalated"),
        pytest.param(30, 20, DOWN, CHANCE, "worse", id="fewer resolved"),
        pytest.param(30, 20, DOWN, UP, "worse", id="both worse"),
        pytest.param(30, 20, UP, UP, "mixed", id="more of both"),
        pytest.param(30, 20, DOWN, DOWN, "mixed", id="fewer of both"),
        pytest.param(30, 20, CHANCE, CHANCE, "no_clear_change", id="within chance"),
    ],
)
def test_the_verdict(days: int, ended: int, resolution: Difference, escalation: Difference, expected: Verdict) -> None:
    found = Differences(resolution_rate=resolution, escalation_rate=escalation, guided_rate=DOWN)
    assert verdict(days, ended, found) == expected


def at(day: date, hour: float = 12) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(hours=hour)


def sessions_of(day: date, *, resolved: int, escalated: int, hour: float = 12) -> list[Row]:
    statuses = ["resolved"] * resolved + ["escalated"] * escalated
    return [session(MINE, problem_domain="vpn", status=status, created_at=at(day, hour)) for status in statuses]


@pytest.mark.parametrize("source", SELECTS, ids=lambda source: source.value)
def test_whole_local_days_before_and_after_and_neither_the_day_itself_nor_today(
    connection: Connection, source: Source
) -> None:
    vpn, mail = category(MINE, "VPN"), category(MINE, "Mail")
    day = TODAY - timedelta(days=20)
    published, beside, long_ago, elsewhere = (
        flow(MINE, name=name, category_id=of["id"], created_at=at(on, 23.99))
        for name, of, on in (
            ("new", vpn, day),
            ("beside", vpn, day - timedelta(days=30)),
            ("long ago", vpn, day - timedelta(days=31)),
            ("elsewhere", mail, day),
        )
    )
    sessions = [
        *sessions_of(day - timedelta(days=30), resolved=12, escalated=13, hour=0),
        *sessions_of(day - timedelta(days=1), resolved=3, escalated=0, hour=23.99),
        *sessions_of(day + timedelta(days=1), resolved=30, escalated=1, hour=0),
        *sessions_of(TODAY - timedelta(days=1), resolved=2, escalated=0, hour=23.99),
        # None of these counts.
        *sessions_of(day - timedelta(days=31), resolved=0, escalated=9, hour=23.99),
        *sessions_of(day, resolved=0, escalated=9),
        *sessions_of(TODAY, resolved=0, escalated=9, hour=0),
    ]
    flows = [published, beside, long_ago, elsewhere]
    fill(connection, AllRows(categories=[vpn, mail], flows=flows, sessions=sessions))
    period = period_at(NOW, ZONE.key, period="30d")
    found = {effect.name: effect for effect in ask(connection, MINE, flow_effects(Scope(MINE), period, source)).flows}
    assert list(found) == ["elsewhere", "new"]
    effect: FlowEffect = found["new"]
    assert (effect.before["from"], effect.before["to"]) == (day - timedelta(days=30), day - timedelta(days=1))
    assert (effect.after["from"], effect.after["to"]) == (day + timedelta(days=1), TODAY - timedelta(days=1))
    assert (effect.before["days"], effect.before["session_count"]) == (30, 28)
    assert (effect.after["days"], effect.after["session_count"]) == (19, 33)
    assert (effect.domain, effect.published_on, effect.verdict) == ("VPN", day, "better")
    assert effect.shared_with == [beside["id"]]
    assert found["elsewhere"].differences.resolution_rate is None
