"""A number opens the list of its sessions, and the list has as many as the number says."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.cases import DOMAINS, OPEN_ONLY, OPEN_SESSIONS, UNMAPPED_SESSIONS, DomainCase
from tests.browser.conftest import Opened
from tests.browser.reading import table
from tests.browser.world import Team


def listed(page: Page, number: Locator) -> int:
    """Opens the number's sessions, reads on to the end, closes, and returns how many there were."""
    number.click()
    dialog = page.get_by_role("dialog")
    total = dialog.locator("[data-total]")
    expect(total).to_be_visible()
    expected = int(total.get_attribute("data-total") or "")
    more = dialog.get_by_role("button", name="Load more")
    while more.count():
        before = dialog.locator("[data-session]").count()
        more.click()
        expect(dialog.locator("[data-session]").nth(before)).to_be_visible()
    sessions = dialog.locator("[data-session]").evaluate_all("rows => rows.map(row => row.dataset.session)")
    assert len(sessions) == len(set(sessions)) == expected
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(number).to_be_focused()
    return expected


def test_all_sessions_come_page_by_page(open_page: Opened, world: Team) -> None:
    page = open_page()
    card = page.get_by_role("heading", name="Sessions", exact=True).locator("..")
    expect(card.get_by_role("button")).to_have_count(3)
    total, ended, still_open = card.get_by_role("button").all()
    expect(total).to_have_text(str(world.session_count))
    assert listed(page, total) == world.session_count
    assert listed(page, ended) == int(ended.inner_text())
    assert listed(page, still_open) == int(still_open.inner_text()) == OPEN_SESSIONS + UNMAPPED_SESSIONS


def test_tiers(open_page: Opened) -> None:
    page = open_page()
    numbers = page.get_by_role("region", name="Confidence tiers").get_by_role("button")
    expect(numbers).to_have_count(4)
    for number in numbers.all():
        assert listed(page, number) == int(number.inner_text())


@pytest.mark.parametrize("domain", DOMAINS[::3], ids=lambda domain: domain.name)
def test_a_domains_counts_and_rates(open_page: Opened, domain: DomainCase) -> None:
    page = open_page("?tab=coverage")
    row = table(page, "Domain coverage").get_by_role("row").filter(has_text=domain.name)
    numbers = [row.locator("> *").nth(index).get_by_role("button") for index in (2, 3, 4, 5)]
    expected = [domain.ended, domain.resolved, domain.escalated, domain.guided]
    assert [listed(page, number) for number in numbers] == expected


def test_unmapped_sessions_and_those_of_a_domain_without_ended_ones(open_page: Opened) -> None:
    page = open_page("?tab=coverage")
    unmapped = page.get_by_role("heading", name="Unmapped sessions").locator("..").get_by_role("button")
    assert listed(page, unmapped) == UNMAPPED_SESSIONS
    row = table(page, "Domain coverage").get_by_role("row").filter(has_text=OPEN_ONLY)
    assert listed(page, row.get_by_role("button", name=str(OPEN_SESSIONS))) == OPEN_SESSIONS


def test_a_flows_sessions(open_page: Opened) -> None:
    page = open_page("?tab=flow-quality")
    for row in table(page, "Flow quality").locator("tbody tr").all()[:2]:
        number = row.locator("td").nth(1).get_by_role("button")
        assert listed(page, number) == int(number.inner_text())


def test_the_funnels_steps(open_page: Opened) -> None:
    page = open_page("?tab=psa")
    expect(page.locator("[data-stage]")).to_have_count(4)
    for stage in page.locator("[data-stage]").all():
        number = stage.get_by_role("button").first
        assert listed(page, number) == int(number.inner_text())
