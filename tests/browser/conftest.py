"""A real browser, the real service with the built page, and rows that lie on every bound."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, WebError, expect

from tests.api.running import RunningApi, running_api, token
from tests.browser import chromium
from tests.browser.reading import show
from tests.browser.world import Team, insert_world
from tests.infra.database import Database, cloned_database
from tests.infra.missing import skip_outside_ci
from tests.infra.servers import Infra

READER = "flowpilot_api"
DIST = Path(__file__).parents[2] / "frontend" / "dist"

# A machine that runs the other tests beside these may be ten times slower than an idle one.
expect.set_options(timeout=20_000)

Opened = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One for this folder and no longer: it holds an event loop, which asynchronous tests elsewhere would meet."""
    path = chromium.find()
    if path is None:
        skip_outside_ci(chromium.HOW_TO_GET_ONE)
    with chromium.launched(path) as launched:
        yield launched


@pytest.fixture(scope="session")
def built_page() -> Path:
    assert (DIST / "index.html").exists(), "the page is not built: run `make install`"
    return DIST


@pytest.fixture(scope="package")
def database_of_the_page(infra: Infra, template_database: str) -> Iterator[Database]:
    """One for all: these tests read, but for the heartbeat, which they put back."""
    with cloned_database(infra, template_database) as database:
        yield database


@pytest.fixture(scope="package")
def world(database_of_the_page: Database) -> Team:
    return insert_world(database_of_the_page)


@pytest.fixture(scope="package")
def api(
    database_of_the_page: Database, world: Team, built_page: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApi]:
    """The service on the replica, serving the real page."""
    assert world
    log = tmp_path_factory.mktemp("api") / "log"
    dsn = database_of_the_page.replica_dsn_for(READER)
    with running_api(log, dsn, FRONTEND_DIST=str(built_page)) as running:
        yield running


@pytest.fixture(scope="package")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """Keeps the page's files between tests, as a returning reader's browser does."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, accept_downloads=True, reduced_motion="reduce"
    )
    yield context
    context.close()


@pytest.fixture
def context(profile: BrowserContext) -> Iterator[BrowserContext]:
    """A browser with no page open; whatever its pages complain about fails the test."""
    complaints: list[str] = []

    def on_error(error: WebError) -> None:
        complaints.append(str(error.error))

    def on_console(message: ConsoleMessage) -> None:
        # The browser itself reports every 4xx and 5xx; some tests are about those.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    profile.on("weberror", on_error)
    profile.on("console", on_console)
    before = set(profile.pages)
    yield profile
    for page in set(profile.pages) - before:
        page.close()
    profile.remove_listener("weberror", on_error)
    profile.remove_listener("console", on_console)
    assert complaints == []


@pytest.fixture(scope="module")
def shared_page(profile: BrowserContext, api: RunningApi, world: Team) -> Iterator[Callable[[str], Page]]:
    """Opens a page that all tests of a file read, and none changes: opening one is most of a test's time."""
    pages: list[Page] = []

    def opened(query: str) -> Page:
        pages.append(profile.new_page())
        pages[-1].goto(f"{api.url}/{query}#token={token(world.admin)}")
        return pages[-1]

    yield opened
    for page in pages:
        page.close()


@pytest.fixture(scope="module")
def one_page(shared_page: Callable[[str], Page]) -> Page:
    return shared_page("?tab=psa")


@pytest.fixture
def at(one_page: Page, context: BrowserContext) -> Iterator[Opened]:
    """The one page of a file, at a query string, with nothing loaded anew; what it was answered it keeps."""
    assert context

    def moved(query: str = "") -> Page:
        show(one_page, query)
        return one_page

    yield moved
    one_page.unroute_all(behavior="ignoreErrors")
    expect(one_page.locator("dialog")).to_have_count(0)


@pytest.fixture
def open_page(context: BrowserContext, api: RunningApi, world: Team) -> Opened:
    """Opens the page as the team admin, at a query string, the way the demo link does."""

    def opened(query: str = "", *, bearer: str | None = None) -> Page:
        page = context.new_page()
        page.goto(f"{api.url}/{query}#token={bearer or token(world.admin)}")
        return page

    return opened
