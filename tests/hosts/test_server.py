"""A server renders the page's shape, and the browser takes it over without a word."""

import pytest
from playwright.sync_api import expect

from tests.hosts.conftest import Installs, Visits
from tests.hosts.hosting import HOSTS
from tests.hosts.walk import open_tab

RENDERED = [host.name for host in HOSTS if "server" in host.overlays]


@pytest.mark.parametrize("name", RENDERED)
def test_server_markup_is_taken_over(install: Installs, visit: Visits, name: str) -> None:
    host = install(name)
    host.run("node", "render.mjs")
    assert "Loading…" in (host.folder / "server.html").read_text()
    page = visit(name, "dev", path="/server.html")
    open_tab(page, "PSA")
    expect(page.locator(".fpa-root")).to_have_count(1)
