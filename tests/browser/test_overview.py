"""The Overview's course over time, what new flows changed, and the team."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.api.running import BASE, RunningApi
from tests.browser.conftest import Opened
from tests.browser.reading import Requests, expect_drawn, percent, rows, table
from tests.browser.test_csv import downloaded_tables
from tests.browser.world import Team

TILES = [
    ("Sessions", "session_count", str),
    ("Resolution rate", "resolution_rate", percent),
    ("Escalation rate", "escalation_rate", percent),
    ("Guided share", "guided_rate", percent),
    ("Capture rate", "capture_rate", percent),
]


@pytest.fixture
def trend(api: RunningApi, world: Team) -> dict[str, Any]:
    body: dict[str, Any] = api.get(f"{BASE}/trend", world.admin, {"compare": "previous"}).json()
    return body


def _show_table(page: Page, title: str) -> list[dict[str, str]]:
    page.get_by_role("button", name=f"Show {title} in the chart").click()
    expect(page.get_by_role("heading", name=f"{title} over time")).to_be_visible()
    return rows(table(page, f"{title} over time"))


def test_pressing_a_tile_shows_its_course(open_page: Opened, trend: dict[str, Any]) -> None:
    page = open_page("?compare=previous")
    chart = page.get_by_role("region", name="Sessions over time")
    expect_drawn(chart.locator(".recharts-line-curve").last)
    assert chart.locator("path.recharts-line-curve[stroke-dasharray]").count() >= 1, "what is partial is dashed"
    chart.get_by_role("button", name="Table").click()
    requests = Requests(page)
    for title, field, printed in TILES:
        shown = _show_table(page, title)
        # A rate beside a bound of a colour keeps a decimal elsewhere, not here.
        assert [row[title] for row in shown] == [printed(point[field]) for point in trend["points"]], title
        assert [row["Previous"] for row in shown] == [printed(point[field]) for point in trend["previous"]["points"]]
    assert requests.questions == [], "all of them are in one answer"
    expect(page).to_have_url(re.compile("chart=capture"))


def test_the_course_by_week_and_month(open_page: Opened) -> None:
    page = open_page()
    expect(page.get_by_role("region", name="Sessions over time")).to_be_visible()
    for name, step in (("Week", "week"), ("Month", "month"), ("Day", "day")):
        with page.expect_request("**/trend?*") as asked:
            page.get_by_role("button", name=name, exact=True).click()
        assert f"interval={step}" in asked.value.url
        expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")


def test_the_team_is_in_order_of_names_and_few_sessions_are_grey(
    open_page: Opened, api: RunningApi, world: Team
) -> None:
    page = open_page()
    shown = rows(table(page, "Team"))
    answer = api.get(f"{BASE}/engineers", world.admin).json()
    expected = [engineer["email"] for engineer in answer["engineers"]]
    assert [row["Engineer"] for row in shown][: len(expected)] == expected == sorted(expected)
    assert page.get_by_role("table", name="Team").locator("thead button").count() == 0, "no one is ranked"
    for engineer in answer["engineers"]:
        row = page.locator(f"[data-engineer='{engineer['user_id']}']")
        assert ("text-muted" in (row.get_attribute("class") or "")) is engineer["low_sample"]
    expect(page.get_by_role("row", name="Without an engineer")).to_contain_text(str(answer["unassigned_session_count"]))


def test_its_file_holds_all_its_tables(open_page: Opened, trend: dict[str, Any]) -> None:
    page = open_page("?compare=previous")
    table(page, "Team")
    expect(page.get_by_role("region", name="Sessions over time")).to_be_visible()
    _, tables = downloaded_tables(page)
    assert list(tables) == [
        "",
        "Sessions by domain",
        "Hours saved by domain",
        "Over time",
        "What new flows changed",
        "Team",
    ]
    assert "previous" in tables[""][0]
    points = tables["Over time"]
    assert [int(point["session_count"]) for point in points] == [p["session_count"] for p in trend["points"]]
    assert [int(point["previous_session_count"]) for point in points] == [
        point["session_count"] for point in trend["previous"]["points"]
    ]
    assert tables["Team"][0]["email"] == "ann@example.com"
