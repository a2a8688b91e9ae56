"""The controls that the tabs share: days in one language, zones by their names of today, the theme of a notice."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.api.running import RunningApi, token
from tests.browser.conftest import Opened
from tests.browser.reading import NOTHING, parameters_of, table
from tests.browser.world import Team

OLD_NAMES = ["Asia/Calcutta", "Asia/Katmandu", "Asia/Saigon", "Europe/Kiev", "America/Buenos_Aires", "Atlantic/Faeroe"]


@pytest.mark.parametrize("locale", ["en-US", "de-DE"])
def test_days_read_the_same_in_every_browser(browser: Browser, api: RunningApi, world: Team, locale: str) -> None:
    page = browser.new_page(locale=locale)
    page.goto(f"{api.url}/?tab=psa&from=2026-03-02&to=2026-03-03#token={token(world.admin)}")
    expect(page.get_by_text(f"2 Mar {NOTHING} 3 Mar 2026")).to_be_visible()
    expect(page.get_by_label("From")).to_have_value("2026-03-02")
    # A browser's own field follows the browser's language: it only holds the calendar, and no one sees it.
    assert page.locator("input[type=date]").evaluate_all(
        "fields => fields.every(field => getComputedStyle(field).opacity === '0' && field.tabIndex === -1)"
    )
    page.close()


def test_whole_weeks_are_compared_with_whole_weeks(at: Opened) -> None:
    page = at("?tab=psa&compare=previous")
    page.get_by_role("button", name="Custom").click()
    with page.expect_request("**/psa?*") as asked:
        page.get_by_role("button", name="last 4", exact=True).click()
    days = parameters_of(asked.value.url)
    weekdays = page.evaluate(
        "([a, b]) => [new Date(a).getUTCDay(), new Date(b).getUTCDay()]", [days["from"], days["to"]]
    )
    assert weekdays == [1, 0], "Monday to Sunday"
    expect(page.get_by_text(re.compile(r"compared with \d"))).to_be_visible()


def test_zones_are_searched_by_typing_and_have_the_names_of_today(at: Opened) -> None:
    page = at("?tab=psa")
    field = page.get_by_label("Time zone")
    offered = page.locator(f"[id='{field.get_attribute('list')}'] option").evaluate_all(
        "options => options.map(option => option.value)"
    )
    assert "Asia/Kathmandu" in offered
    assert [name for name in OLD_NAMES if name in offered] == []
    with page.expect_request("**/psa?*") as asked:
        field.fill("kathm")
        field.press("Enter")
    assert parameters_of(asked.value.url)["tz"] == "Asia/Kathmandu"
    expect(page).to_have_url(re.compile("tz=Asia%2FKathmandu"))
    expect(field).to_have_value("Asia/Kathmandu")

    field.fill("Atlantis")
    field.press("Tab")
    expect(field).to_have_value("Asia/Kathmandu")
    field.fill("")
    field.press("Enter")
    expect(page).not_to_have_url(re.compile("tz="))


def test_an_old_zone_name_in_a_link_still_works(at: Opened) -> None:
    page = at("?tab=psa&tz=Asia/Calcutta")
    expect(page.get_by_role("tabpanel")).to_contain_text("Asia/Calcutta")
    expect(page.get_by_label("Time zone")).to_have_value("Asia/Calcutta")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_notice_of_the_editor_follows_the_theme(at: Opened, theme: str) -> None:
    page = at("?tab=flow-quality")
    table(page, "Flow quality")
    page.get_by_role("button", name=f"{theme.title()} theme").click()
    ground = page.locator(".fpa-root").first.evaluate("root => getComputedStyle(root).colorScheme")
    page.locator("tr[data-flow] .fpa-name").first.click()
    notice = page.get_by_role("dialog")
    expect(notice).to_be_visible()
    assert notice.evaluate("dialog => getComputedStyle(dialog).colorScheme") == ground == theme
    page.keyboard.press("Escape")
