"""What goes wrong between the page and the service, and what the page makes of it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.api.running import RunningApi, token
from tests.browser.conftest import Opened
from tests.browser.reading import Requests, hold, parameters_of, show, tab, table, wait_until_noted
from tests.browser.world import Team

SLOW_MS = 5_000
PERIOD = {"from": "2026-03-01", "to": "2026-03-18", "tz": "UTC"}


def _answer_once(page: Page, answer: dict[str, Any]) -> list[str]:
    """The next coverage gets this answer, the ones after it the service's own; returns the addresses that got it."""
    got: list[str] = []

    def handle(route: Route) -> None:
        if got:
            route.continue_()
            return
        got.append(route.request.url)
        route.fulfill(**answer)

    page.route("**/coverage?*", handle)
    return got


@pytest.fixture(scope="module")
def clocked(one_page: Page) -> Page:
    expect(one_page.get_by_role("heading", name="Push success funnel")).to_be_visible()
    one_page.clock.install()
    return one_page


@pytest.mark.parametrize(
    ("answer", "told", "again_ms", "zone"),
    [
        ({"status": 429, "headers": {"Retry-After": "12"}}, "asks for a pause", 12_000, "Asia/Tokyo"),
        ({"status": 429}, "asks for a pause", 5_000, "Asia/Dubai"),
        ({"status": 404, "json": {"detail": "no such thing"}}, "could not be loaded", 5_000, "Asia/Kabul"),
        ({"status": 400, "json": {"detail": "not today"}}, "This view cannot be shown", 30_000, "Asia/Seoul"),
        ({"status": 503, "headers": {"Retry-After": "8"}}, "cannot be reached", 8_000, "Europe/Rome"),
        ({"status": 200, "json": {}}, "makes no sense", 5_000, "Europe/Oslo"),
        ({"status": 200, "body": "<html>", "content_type": "text/html"}, "makes no sense", 5_000, "Africa/Cairo"),
    ],
    ids=["429 with Retry-After", "429", "404", "400", "503 with Retry-After", "an empty object", "HTML"],
)
def test_no_answer_stops_the_page_for_good(
    clocked: Page, at: Opened, *, answer: dict[str, Any], told: str, again_ms: int, zone: str
) -> None:
    got = _answer_once(clocked, answer)
    # Of another zone each, so that the page has no answer yet.
    page = at(f"?tab=coverage&tz={zone}")
    expect(page.get_by_role("alert")).to_contain_text(told)
    requests = Requests(page)
    # Half of it, since the clock goes on by itself too.
    page.clock.run_for(again_ms // 2)
    assert requests.questions == [], "as long as it asks, or as the page waits"
    page.clock.run_for(again_ms // 2 + 200)
    table(page, "Domain coverage")
    assert len(got) == 1


@pytest.mark.parametrize(("status", "told"), [(403, "For team admins only"), (500, "could not be loaded")])
def test_a_fault_takes_the_old_numbers_and_leaves_the_other_tabs(
    at: Opened, clocked: Page, status: int, told: str
) -> None:
    assert clocked
    page = at("?tab=coverage")
    table(page, "Domain coverage")
    page.route("**/coverage?*", lambda route: route.fulfill(status=status, json={"detail": "no"}))
    show(page, f"?tab=coverage&period=7d&tz=Etc/GMT-{status % 10}")
    expect(page.get_by_role("alert")).to_contain_text(told)
    expect(page.get_by_role("table")).to_have_count(0)
    tab(page, "Flow Quality").click()
    table(page, "Flow quality")


def test_an_answer_that_cannot_be_shown_takes_its_tab_alone(browser: Browser, api: RunningApi, world: Team) -> None:
    # Not in the shared profile: React tells the fault to the console too.
    page = browser.new_page()
    page.goto(f"{api.url}/?tab=psa#token={token(world.admin)}")
    expect(page.get_by_role("heading", name="Push success funnel")).to_be_visible()
    body = {
        "domains": [None],
        "knowledge_gaps": [],
        "total_domains": 1,
        "period": PERIOD,
        "as_of": None,
        "stale": False,
    }
    page.route("**/coverage?*", lambda route: route.fulfill(json=body))
    tab(page, "Coverage").click()
    expect(page.get_by_role("alert")).to_contain_text("This part of the page cannot be shown")
    tab(page, "PSA").click()
    expect(page.get_by_role("heading", name="Push success funnel")).to_be_visible()
    page.unroute("**/coverage?*")
    tab(page, "Coverage").click()
    page.get_by_role("button", name="7 days").click()
    table(page, "Domain coverage")
    page.close()


def test_a_silent_service_is_told_after_five_seconds(at: Opened, clocked: Page) -> None:
    held = hold(clocked, "**/engineers?*")
    page = at("")
    wait_until_noted(page, lambda: bool(held))
    page.clock.run_for(SLOW_MS // 2)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.clock.run_for(SLOW_MS // 2 + 200)
    expect(page.get_by_role("alert")).to_contain_text("has not answered for 5 seconds")

    page.get_by_role("button", name="Try again").click()
    wait_until_noted(page, lambda: len(held) == 2)
    expect(page.get_by_role("alert")).to_have_count(0)
    held[1].continue_()
    table(page, "Team")


def test_a_service_that_falls_silent_is_told_above_the_numbers(at: Opened, clocked: Page) -> None:
    page = at("?tab=coverage")
    table(page, "Domain coverage")
    held = hold(page, "**/coverage?*")
    show(page, "?tab=coverage&tz=Asia/Kathmandu")
    wait_until_noted(page, lambda: bool(held))
    clocked.clock.run_for(SLOW_MS + 200)
    expect(page.get_by_role("alert")).to_contain_text("has not answered for 5 seconds")
    table(page, "Domain coverage")
    held[0].continue_()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_list_pressed_while_another_period_loads_is_of_the_numbers_on_screen(at: Opened) -> None:
    page = at("?tab=coverage&period=7d")
    expect(page.locator("[aria-busy=false]")).to_be_visible()
    held = hold(page, "**/coverage?*")
    page.get_by_role("button", name="90 days").click()
    wait_until_noted(page, lambda: bool(held))
    row = table(page, "Domain coverage").locator("tbody tr").first
    number = row.locator("td").nth(1).get_by_role("button")
    with page.expect_request("**/sessions?*") as asked:
        number.click()
    days = parameters_of(asked.value.url)
    assert (page.locator("[data-total]").get_attribute("data-total")) == number.inner_text()
    assert set(days) >= {"from", "to", "tz"}
    assert "period" not in days
    held[0].continue_()
    page.keyboard.press("Escape")


def test_back_from_a_custom_range_leaves_no_custom_pressed(at: Opened) -> None:
    page = at("?tab=psa")
    custom = page.get_by_role("button", name="Custom")
    custom.click()
    page.get_by_label("From").fill("2026-03-02")
    page.get_by_label("to", exact=True).fill("2026-03-03")
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("from=2026-03-02"))
    expect(custom).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(custom).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("button", name="30 days")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("From")).to_have_count(0)


def test_an_empty_period_claims_nothing(at: Opened) -> None:
    page = at("?from=2024-01-01&to=2024-01-31")
    expect(page.get_by_text("No sessions in this period")).to_be_visible()
    tab(page, "Coverage").click()
    gaps = page.get_by_role("region", name="Knowledge gaps")
    expect(gaps).to_contain_text("Nothing can be said")
    expect(gaps).not_to_contain_text("flows that work")
    tab(page, "PSA").click()
    expect(page.get_by_text("Nothing for the PSA in this period")).to_be_visible()


def test_a_range_that_can_never_work_is_explained_and_not_to_be_tried_again(at: Opened) -> None:
    page = at("?from=2020-01-01&to=2026-01-01")
    expect(page.get_by_role("alert").first).to_contain_text("This view cannot be shown")
    expect(page.get_by_role("alert").first).to_contain_text("400")
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)


def test_shares_of_different_wholes_are_told_apart(at: Opened) -> None:
    page = at("")
    expect(page.get_by_role("heading", name="Guided share of classified sessions")).to_be_visible()
    expect(page.get_by_role("region", name="Confidence tiers")).to_contain_text("in shares of all of them")
