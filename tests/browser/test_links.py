"""Every number with a link opens a list of exactly so many sessions: all of them, on every tab."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opened
from tests.browser.reading import tab

LAST_SHOWN = {
    "overview": ("table", "Team"),
    "coverage": ("table", "Domain coverage"),
    "flow-quality": ("table", "Flow quality"),
    "psa": ("heading", "Daily trend"),
}
LEAST_LINKS = {"overview": 30, "coverage": 20, "flow-quality": 20, "psa": 9}
"""Fewer would mean that the walk missed some."""


@pytest.mark.parametrize("domain", [None, "Upper bounds"], ids=["all domains", "one domain"])
@pytest.mark.parametrize("name", LAST_SHOWN)
def test_the_list_behind_each_number_has_as_many(open_page: Opened, name: str, domain: str | None) -> None:
    page = open_page(f"?tab={name}{f'&domain={domain}' if domain else ''}")
    role, last = LAST_SHOWN[name]
    expect(page.get_by_role("table" if role == "table" else "heading", name=last)).to_be_visible()
    if name == "coverage":
        for row in page.locator("[data-domain]").all():
            row.locator("button[aria-expanded]").click()
    links = page.get_by_role("tabpanel").locator("button[aria-haspopup=dialog]")
    wrong = [told for link in links.all() if (told := _difference(page, link))]
    assert wrong == []
    assert domain or links.count() >= LEAST_LINKS[name]


def _difference(page: Page, link: Locator) -> str | None:
    printed = link.inner_text()
    expected = int(link.get_attribute("data-count") or re.sub(r"\D", "", printed))
    link.click()
    total = page.get_by_role("dialog").locator("[data-total]")
    title = page.get_by_role("dialog").get_by_role("heading", level=2).inner_text()
    listed = int(total.get_attribute("data-total") or "")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    return None if listed == expected else f"{printed} opens {listed}, not {expected}: {title}"


def test_each_count_of_flows_that_need_attention_shows_exactly_them(open_page: Opened) -> None:
    page = open_page("?tab=flow-quality")
    counts = page.locator("[data-reason]")
    expect(counts.first).to_be_visible()
    for count in counts.all():
        count.click()
        expect(page.locator("tr[data-flow]")).to_have_count(int(count.inner_text()))
    page.get_by_role("button", name="Show all flows").click()
    assert page.locator("tr[data-flow]").count() > 10


def test_a_gap_opens_the_sessions_that_its_hours_are_made_of(open_page: Opened) -> None:
    page = open_page("?tab=coverage")
    gap = page.locator("[data-gap]").first
    # By hand: of its 20 ended sessions 5 are guided.
    expect(gap).to_contain_text("in 15 ended unguided sessions of 20 sessions")
    gap.get_by_role("button", name="15 ended unguided sessions").click()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_contain_text("Ended sessions, not guided")
    expect(page.locator("[data-session]")).to_have_count(15)


def test_off_the_overview_other_tabs_are_still_there(open_page: Opened) -> None:
    page = open_page("?list=status%3Dresolved")
    expect(page.get_by_role("dialog").locator("[data-total]")).to_be_visible()
    page.keyboard.press("Escape")
    tab(page, "PSA").click()
    expect(page.get_by_role("heading", name="Push success funnel")).to_be_visible()
