"""Who may not see the numbers, code that does not run, stale numbers, and a service that goes and comes back."""

import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.api.running import RunningApi, environment, token
from tests.browser.conftest import READER, Opened
from tests.browser.reading import TABS, Requests, tab, table
from tests.browser.world import Team, set_heartbeat
from tests.infra.database import Database


def test_without_a_valid_sign_in_each_tab_says_so(open_page: Opened, world: Team) -> None:
    expired = token(world.admin, exp=int(time.time()) - 3600)
    page = open_page(bearer=expired)
    for name in TABS:
        tab(page, name).click()
        expect(page.get_by_role("tabpanel", name=name).get_by_role("alert")).to_contain_text("Please sign in again")


def test_without_any_token(context: BrowserContext, api: RunningApi) -> None:
    page = context.new_page()
    page.goto(api.url)
    expect(page.get_by_role("alert")).to_contain_text("Please sign in again")


def test_without_the_role_each_tab_says_so(open_page: Opened, world: Team) -> None:
    page = open_page(bearer=token(world.engineer))
    for name in TABS:
        tab(page, name).click()
        expect(page.get_by_role("tabpanel", name=name).get_by_role("alert")).to_contain_text("For team admins only")
    requests = Requests(page)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("alert")).to_contain_text("For team admins only")
    assert requests.questions


@pytest.mark.parametrize("part", ["PsaTab", "TrendChart"])
def test_code_that_does_not_run_is_no_unreachable_service(
    browser: Browser, api: RunningApi, world: Team, part: str
) -> None:
    # Not in the shared profile: the page reports the error, as it should, and the browser keeps the broken file.
    page = browser.new_page()
    broken = 'throw new Error("a fault of the page")'
    page.route(f"**/{part}-*.js", lambda route: route.fulfill(content_type="text/javascript", body=broken))
    with page.expect_event("pageerror") as reported:
        page.goto(f"{api.url}/?tab=psa#token={token(world.admin)}")
    assert "a fault of the page" in reported.value.message
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("This part of the page does not work")
    expect(alert).to_contain_text("a fault of the page")
    page.close()


def test_stale_numbers_are_marked(open_page: Opened, database_of_the_page: Database) -> None:
    set_heartbeat(database_of_the_page, datetime.now(UTC) - timedelta(days=3))
    page = open_page("?tab=psa")
    expect(page.get_by_text("Stale", exact=True)).to_be_visible()
    set_heartbeat(database_of_the_page, datetime.now(UTC))
    page.reload()
    expect(page.get_by_text("As of")).to_be_visible()
    expect(page.get_by_text("Stale", exact=True)).to_have_count(0)


@pytest.fixture
def restartable(database_of_the_page: Database, built_page: Path, tmp_path: Path) -> "Restartable":
    return Restartable(
        environment(database_of_the_page.replica_dsn_for(READER), FRONTEND_DIST=str(built_page)), tmp_path / "log"
    )


class Restartable:
    """The service on one port, that can go away and come back."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.env, self.log = env, log
        self.url = f"http://127.0.0.1:{env['API_PORT']}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "analytics_api"], env=self.env, stdout=output, stderr=output
            )

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(15)


def _goto_when_up(page: Page, url: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            page.goto(url)
        except Exception:
            if time.monotonic() > deadline:
                raise
            page.wait_for_timeout(100)
        else:
            return


def test_the_service_goes_away_and_comes_back(context: BrowserContext, restartable: "Restartable", world: Team) -> None:
    restartable.start()
    page = context.new_page()
    try:
        _goto_when_up(page, f"{restartable.url}/?tab=coverage#token={token(world.admin)}")
        table(page, "Domain coverage")

        restartable.stop()
        tab(page, "PSA").click()
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("alert")).to_contain_text("cannot be reached")

        restartable.start()
        # No one presses anything: the page tries again by itself.
        expect(page.get_by_role("heading", name="Push success funnel")).to_be_visible(timeout=30_000)
    finally:
        restartable.stop()
