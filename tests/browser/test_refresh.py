"""The page refreshes by itself while someone may be looking, and only then."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.api.running import RunningApi, token
from tests.browser.reading import Requests, table
from tests.browser.world import Team, set_heartbeat
from tests.infra.database import Database

HIDE = """
Object.defineProperty(document, 'visibilityState', { get: () => window.hiddenByTest ? 'hidden' : 'visible' });
"""


@pytest.fixture
def page(context: BrowserContext, api: RunningApi, world: Team) -> Page:
    """The coverage of a finished period, whose answer stays the same, under a clock of ours."""
    page = context.new_page()
    page.clock.install()
    page.add_init_script(HIDE)
    page.goto(f"{api.url}/?tab=coverage&from=2026-01-01&to=2026-01-31#token={token(world.admin)}")
    table(page, "Domain coverage")
    return page


def test_every_thirty_seconds_by_etag_with_a_newer_as_of(page: Page, database_of_the_page: Database) -> None:
    shown = page.get_by_role("button", name="As of")
    before = shown.inner_text()
    set_heartbeat(database_of_the_page, datetime.now(UTC))
    with page.expect_response("**/coverage?*") as answered:
        page.clock.run_for(30_100)
    assert answered.value.status == 304
    assert answered.value.request.headers["if-none-match"].startswith("W/")
    expect(shown).not_to_have_text(before)
    expect(page.get_by_role("table", name="Domain coverage")).to_be_visible()


def test_not_before_and_not_the_other_tabs(page: Page) -> None:
    requests = Requests(page)
    page.clock.run_for(25_000)
    assert requests.questions == []
    page.clock.run_for(5_100)
    expect(page.get_by_role("table", name="Domain coverage")).to_be_visible()
    assert requests.questions == ["coverage"]


def test_never_while_hidden_and_at_once_when_seen_again(page: Page) -> None:
    requests = Requests(page)
    page.evaluate("window.hiddenByTest = true; window.dispatchEvent(new Event('visibilitychange'))")
    page.clock.run_for(300_000)
    assert requests.questions == []
    with page.expect_response("**/coverage?*"):
        page.evaluate("window.hiddenByTest = false; window.dispatchEvent(new Event('visibilitychange'))")
    assert requests.questions == ["coverage"]
