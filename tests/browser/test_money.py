"""Hours as money: what the reader says an hour costs, kept by the browser."""

import re

from playwright.sync_api import expect

from tests.api.running import PATHS, RunningApi
from tests.browser.conftest import Opened
from tests.browser.reading import tab
from tests.browser.world import Team


def test_an_hourly_rate_turns_hours_into_money_and_stays(open_page: Opened, api: RunningApi, world: Team) -> None:
    page = open_page("?tab=psa")
    hours = api.get(PATHS["psa"], world.admin).json()["unlogged_hours"]
    card = page.get_by_role("heading", name="Hours not logged").locator("..")
    expect(card).not_to_contain_text("\N{EURO SIGN}")

    page.get_by_role("button", name="Hourly rate").click()
    page.get_by_label("One hour costs").fill("none")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("alert")).to_contain_text("A rate above 0")
    page.get_by_label("One hour costs").fill("100")
    page.get_by_role("button", name="Keep").click()
    money = f"\N{EURO SIGN}{round(hours * 100):,}"
    expect(card).to_contain_text(money)

    page.reload()
    expect(card).to_contain_text(money)
    tab(page, "Overview").click()
    saved = page.get_by_role("heading", name="Hours saved").first.locator("..")
    if api.get(PATHS["overview"], world.admin).json()["time_saved"]["hours"] is not None:
        expect(saved).to_contain_text(re.compile("\N{EURO SIGN}.* to "))

    page.get_by_role("button", name="/ h").click()
    page.get_by_label("One hour costs").fill("")
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_role("button", name="Hourly rate")).to_be_visible()
