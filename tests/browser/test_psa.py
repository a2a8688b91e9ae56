"""The funnel's conversions, the trend as chart and as table, and the capture rate."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.api.running import PATHS, RunningApi
from tests.browser.reading import percent, rows, table
from tests.browser.world import Team

STAGES = ("total_sessions", "linked_to_ticket", "doc_pushed", "time_entry_logged")


@pytest.fixture(scope="module")
def page(shared_page: Callable[[str], Page]) -> Page:
    page = shared_page("?tab=psa")
    expect(page.get_by_role("heading", name="Push success funnel")).to_be_visible()
    return page


@pytest.fixture
def answer(api: RunningApi, world: Team) -> dict[str, Any]:
    body: dict[str, Any] = api.get(PATHS["psa"], world.admin).json()
    return body


def test_the_funnel_shows_each_step_and_what_it_keeps(page: Page, answer: dict[str, Any], world: Team) -> None:
    # By hand: of 90 sessions, numbers 0 to 89, those with number % 4 != 0 have a ticket, >= 2 a note, == 3 time.
    assert [answer["push_funnel"][stage] for stage in STAGES] == [world.session_count, 67, 44, 22]
    for stage, count, conversion in zip(STAGES, (90, 67, 44, 22), (None, "74%", "66%", "50%"), strict=True):
        item = page.locator(f"[data-stage={stage}]")
        expect(item.get_by_role("button").first).to_have_text(str(count))
        if conversion:
            expect(item).to_contain_text(f"{conversion} of the step before")


def test_sessions_off_the_path_are_counted(page: Page, answer: dict[str, Any]) -> None:
    # Every twentieth session logs time without a note; none of them has a ticket.
    assert answer["off_path"] == {"time_entry_without_doc": 5, "doc_without_ticket": 0}
    expect(page.get_by_text("Off the path")).to_contain_text(
        "5 with a time entry but no doc, 0 with a doc but no ticket"
    )


def test_the_capture_rate_has_its_n(page: Page, answer: dict[str, Any]) -> None:
    card = page.get_by_role("heading", name="Capture rate").locator("..")
    expect(card.get_by_role("button")).to_have_text(percent(answer["capture_rate"]))
    card.get_by_role("button").focus()
    logged = round(answer["capture_rate"] * answer["capture_eligible_count"])
    expect(page.get_by_role("tooltip")).to_contain_text(f"{logged} of {answer['capture_eligible_count']}")


def test_the_trend_is_an_area_chart_of_entries_and_hours(page: Page) -> None:
    expect(page.locator(".recharts-area-area")).to_have_count(4)
    expect(page.get_by_text("the dashed last day is today so far")).to_be_visible()
    assert page.locator("path.recharts-area-curve[stroke-dasharray]").count() == 2


def test_the_chart_has_a_table_with_the_same_numbers(page: Page, answer: dict[str, Any]) -> None:
    page.get_by_role("button", name="Table").click()
    shown = rows(table(page, "Daily trend"))
    days = answer["daily_trend"]
    assert [row["Entries"] for row in shown] == [str(day["entries"]) for day in days]
    assert [float(row["Hours"].removesuffix(" h")) for row in shown] == [day["hours"] for day in days]
    assert "so far" in shown[-1]["Day"]
    assert not any("so far" in row["Day"] for row in shown[:-1])
    page.get_by_role("button", name="Chart").click()
