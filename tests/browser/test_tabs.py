"""Switching tabs, periods and views: the right questions are asked, once, and the address says what is shown."""

import os

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.api.running import RunningApi, token
from tests.browser import chromium
from tests.browser.conftest import Opened
from tests.browser.reading import NOTHING, TABS, Requests, parameters_of, tab, wait_until_noted
from tests.browser.world import Team

# The Overview leads with the capture rate, which is a PSA number, and shows courses, the team and what flows changed.
FIRST_VIEW = ["engineers", "flow-effects", "overview", "psa", "trend"]


def test_the_tabs_have_the_names_of_the_design(open_page: Opened) -> None:
    page = open_page()
    assert page.get_by_role("tab").all_inner_texts() == list(TABS)


def test_a_tab_asks_for_its_own_data_when_selected_and_keeps_it(open_page: Opened) -> None:
    page = open_page()
    _expect_first_view(page)
    requests = Requests(page)
    page.reload()
    _expect_first_view(page)
    assert sorted(filter(None, requests.questions)) == FIRST_VIEW

    for name, question in (("Coverage", "coverage"), ("Flow Quality", "flow-quality"), ("PSA", "psa")):
        requests.clear()
        tab(page, name).click()
        expect(page.get_by_role("tabpanel", name=name).get_by_role("button", name="Download CSV")).to_be_visible()
        assert requests.questions == [question]

    requests.clear()
    for name in ("Overview", "Coverage", "Flow Quality", "PSA"):
        tab(page, name).click()
        expect(page.get_by_role("tabpanel", name=name).get_by_role("button", name="Download CSV")).to_be_visible()
    assert requests.questions == [], "what is there is kept"


def _expect_first_view(page: Page) -> None:
    for text in ("Hours saved", "have a time entry"):
        expect(page.get_by_text(text)).to_be_visible()


def test_a_link_opens_what_it_says(open_page: Opened) -> None:
    page = open_page("?tab=flow-quality&period=7d&tz=Asia/Kathmandu&compare=previous&sort=usage")
    expect(tab(page, "Flow Quality")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("button", name="7 days")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Kathmandu")
    expect(page.get_by_label("Compare with previous period")).to_be_checked()
    expect(page.get_by_role("columnheader", name="Usage")).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_text("compared with")).to_be_visible()


@pytest.mark.parametrize("clock", ["Etc/Unknown", "GMT"])
def test_a_device_whose_zone_the_service_refuses_is_not_offered(
    browser: Browser, api: RunningApi, world: Team, clock: str
) -> None:
    # Browsers say `Etc/Unknown` of a clock that they do not know, and `+00:00` of GMT.
    with browser.browser_type.launch(
        executable_path=chromium.find(), args=chromium.FLAGS, env={**os.environ, "TZ": clock}
    ) as elsewhere:
        page = elsewhere.new_page()
        page.goto(f"{api.url}/#token={token(world.admin)}")
        expect(page.get_by_text("Hours saved")).to_be_visible()
        assert page.locator("datalist option", has_text="This device").count() == 0
        page.get_by_role("button", name="Custom").click()
        expect(page.get_by_role("button", name="Apply")).to_be_visible()


def test_the_address_follows_and_back_returns(open_page: Opened) -> None:
    page = open_page()
    expect(page.get_by_text("Hours saved")).to_be_visible()
    tab(page, "Coverage").click()
    page.get_by_role("button", name="90 days").click()
    expect(page).to_have_url(f"{page.url.split('?')[0]}?tab=coverage&period=90d")

    page.go_back()
    expect(page.get_by_role("button", name="30 days")).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(tab(page, "Overview")).to_have_attribute("aria-selected", "true")
    page.go_forward()
    expect(tab(page, "Coverage")).to_have_attribute("aria-selected", "true")


def test_a_custom_range_is_checked_and_asked_for(open_page: Opened) -> None:
    page = open_page("?tab=psa")
    page.get_by_role("button", name="Custom").click()
    page.get_by_label("From").fill("2026-03-02")
    page.get_by_label("to", exact=True).fill("2026-03-01")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("alert")).to_have_text("The first day is after the last.")

    page.get_by_label("to", exact=True).fill("2026-03-03")
    requests = Requests(page)
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text(f"2 Mar {NOTHING} 3 Mar 2026")).to_be_visible()
    assert parameters_of(requests.sent[0].url) == {"from": "2026-03-02", "to": "2026-03-03"}


def test_another_period_keeps_the_numbers_until_the_new_ones_are_there(open_page: Opened) -> None:
    page = open_page("?tab=coverage")
    heatmap = page.get_by_role("table", name="Domain coverage")
    expect(heatmap).to_be_visible()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/coverage?*", hold)
    page.get_by_role("button", name="7 days").click()
    expect(page.locator("[aria-busy=true]")).to_be_visible()
    expect(heatmap).to_be_visible()
    wait_until_noted(page, lambda: bool(held))
    held[0].continue_()
    expect(page.locator("[aria-busy=false]")).to_be_visible()


def test_loading_shows_the_shape_of_what_comes(open_page: Opened) -> None:
    page = open_page("?tab=psa")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/flow-quality?*", hold)
    tab(page, "Flow Quality").click()
    expect(page.get_by_text("Loading…")).to_be_attached()
    wait_until_noted(page, lambda: bool(held))
    held[0].continue_()
    expect(page.get_by_role("table", name="Flow quality")).to_be_visible()
