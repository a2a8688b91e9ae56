"""One domain alone: a chip that holds on every tab, in the address and in the files."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.cases import DOMAINS
from tests.browser.conftest import Opened
from tests.browser.reading import TABS, Requests, parameters_of, question_of, tab, table
from tests.browser.test_csv import downloaded

NAME = DOMAINS[0].name


def _chip(page: Page) -> None:
    expect(page.get_by_role("button", name="Show all domains")).to_be_visible()


@pytest.mark.parametrize("where", ["overview", "coverage", "flow-quality"])
def test_pressing_a_domain_anywhere_sets_it(at: Opened, where: str) -> None:
    page = at(f"?tab={where}")
    page.get_by_role("table").get_by_role("button", name=NAME, exact=True).first.click()
    _chip(page)
    expect(page).to_have_url(re.compile("domain=Upper"))


def test_it_holds_on_every_tab_until_it_is_taken_away(at: Opened) -> None:
    page = at(f"?domain={NAME}")
    for name in TABS:
        tab(page, name).click()
        _chip(page)
        expect(page.get_by_role("tabpanel", name=name).get_by_role("button", name="Download CSV")).to_be_visible()
    page.get_by_role("button", name="Show all domains").click()
    expect(page).not_to_have_url(re.compile("domain="))


def test_every_question_is_asked_of_it(open_page: Opened) -> None:
    page = open_page("?tab=psa")
    expect(page.get_by_role("heading", name="Push success funnel")).to_be_visible()
    requests = Requests(page)
    page.goto(f"{page.url.split('?')[0]}?domain={NAME}")
    table(page, "Team")
    of_all = {question_of(sent.url) for sent in requests.sent if parameters_of(sent.url).get("domain") != NAME}
    assert of_all == {"flow-effects"}


def test_the_numbers_and_the_file_are_of_it(at: Opened) -> None:
    page = at(f"?tab=coverage&domain={NAME}")
    heatmap = table(page, "Domain coverage")
    expect(heatmap.locator("tbody tr")).to_have_count(1)
    _, saved = downloaded(page)
    assert [line["domain"] for line in saved] == [NAME]
    tab(page, "Overview").click()
    card = page.get_by_role("heading", name="Sessions", exact=True).locator("..")
    expect(card.get_by_role("button").first).to_have_text(str(DOMAINS[0].ended))
    tab(page, "Flow Quality").click()
    expect(table(page, "Flow quality").locator("tbody tr")).to_have_count(DOMAINS[0].flows)


def test_a_row_unfolds_its_flows(at: Opened) -> None:
    page = at("?tab=coverage")
    row = page.locator(f"[data-domain='{NAME}']")
    row.locator("button[aria-expanded]").click()
    flows = page.locator(f"[data-flows-of='{NAME}'] [data-flow]")
    expect(flows).to_have_count(DOMAINS[0].flows)
    flows.first.get_by_role("button").first.click()
    expect(page.get_by_role("dialog", name="Open the flow")).to_be_visible()
    page.keyboard.press("Escape")
    row.locator("button[aria-expanded]").click()
    expect(flows).to_have_count(0)


def test_flows_are_searched_by_name_and_picked_by_reason(at: Opened) -> None:
    page = at("?tab=flow-quality")
    table(page, "Flow quality")
    page.get_by_label("Search flows by name").fill("just green")
    expect(page.locator("tr[data-flow]")).to_have_count(DOMAINS[2].flows)
    _, saved = downloaded(page)
    assert len(saved) == DOMAINS[2].flows, "the file is what is on screen"
    page.get_by_label("Search flows by name").fill("")
    page.get_by_label("Needs attention because").select_option("never_matched")
    expect(page.locator("tr[data-flow]")).to_have_count(1)
    expect(page.locator("tr[data-flow]")).to_contain_text("never matched")
    _, saved = downloaded(page)
    assert [line["needs_attention"] for line in saved] == ["never_matched"]
