"""The packed page in real applications: what it is installed into, the service it asks, and the browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from deploy.embedded.ports import free_port
from tests.api.running import RunningApi, running_api, token
from tests.browser.conftest import READER, browser, built_page, database_of_the_page, world
from tests.browser.world import Team
from tests.hosts.hosting import HOSTS, MODES, Installed, Mode, installing, laid_out, packed, served
from tests.infra.database import Database

__all__ = ["browser", "built_page", "database_of_the_page", "world"]  # fixtures, for this folder too

# Bundlers and browsers of several applications share the machine.
expect.set_options(timeout=60_000)

Installs = Callable[[str], Installed]
Serves = Callable[[str, Mode], Installed]
Visits = Callable[..., Page]


@pytest.fixture(scope="package")
def hosts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Installed]:
    """Every host's sources, beside the packed page."""
    folder = tmp_path_factory.mktemp("hosts")
    tarball = packed(folder)
    laid = {host.name: Installed(host, folder / host.name, {mode: free_port() for mode in MODES}) for host in HOSTS}
    for host in laid.values():
        laid_out(host.host, tarball, host.folder)
    return laid


@pytest.fixture(scope="package")
def install(hosts: dict[str, Installed], request: pytest.FixtureRequest) -> Iterator[Installs]:
    """A host with what it asks for; all that are tried begin at once, since most of it is waiting for the registry."""
    with ExitStack() as stack:

        @cache
        def begun(name: str) -> Callable[[], None]:
            return stack.enter_context(installing(hosts[name].folder))

        for item in request.session.items:
            if isinstance(item, pytest.Function) and hasattr(item, "callspec"):
                tried = item.callspec.params.get("name")
                if tried in hosts:
                    begun(str(tried))

        def installed(name: str) -> Installed:
            begun(name)()
            return hosts[name]

        yield installed


@pytest.fixture(scope="package")
def serve(install: Installs) -> Iterator[Serves]:
    """A host at its address, for all tests that ask for it."""
    with ExitStack() as stack:

        @cache
        def serving(name: str, mode: Mode) -> Installed:
            host = install(name)
            stack.enter_context(served(host, mode))
            return host

        yield serving


@pytest.fixture(scope="package")
def api(
    database_of_the_page: Database,
    world: Team,
    built_page: Path,
    hosts: dict[str, Installed],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RunningApi]:
    """The service, asked from other origins."""
    assert world
    dsn = database_of_the_page.replica_dsn_for(READER)
    log = tmp_path_factory.mktemp("api") / "log"
    origins = ",".join(host.origin(mode) for host in hosts.values() for mode in MODES)
    with running_api(log, dsn, FRONTEND_DIST=str(built_page), CORS_ALLOWED_ORIGINS=origins) as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of a new reader; whatever its pages complain about fails the test."""
    complaints: list[str] = []
    with browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True) as opened:
        opened.on("weberror", lambda error: complaints.append(str(error.error)))
        opened.on(
            "console",
            lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None,
        )
        yield opened
    assert complaints == []


@pytest.fixture
def visit(context: BrowserContext, api: RunningApi, world: Team, serve: Serves) -> Visits:
    """Opens the page in a host as the team admin."""

    def opened(name: str, mode: Mode = "build", *, query: str = "", path: str | None = None) -> Page:
        page = context.new_page()
        signed_in = urlencode({"api": api.url, "token": token(world.admin)})
        site = serve(name, mode)
        page.goto(f"{site.origin(mode)}{path or site.host.path}{query}#{signed_in}")
        return page

    return opened
