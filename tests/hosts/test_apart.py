"""Host and page leave each other's looks alone, whatever the host says of its elements."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.running import RunningApi, token
from tests.browser.reading import TABS
from tests.browser.world import Team
from tests.hosts.conftest import Visits
from tests.hosts.looks import Look, differences, looks
from tests.hosts.walk import open_list, open_tab

LOUD = ("vite7-react18-tailwind3-router", "webpack5-react19-bootstrap")
"""What these say of elements, and of classes with our names, would ruin any page that listened."""


@pytest.fixture(scope="module")
def alone(browser: Browser, api: RunningApi, world: Team) -> dict[str, list[Look]]:
    """The page without any host."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{api.url}/#token={token(world.admin)}")
        return _looks_of_all(page)


@pytest.mark.parametrize("name", LOUD)
def test_nothing_of_the_host_comes_in(visit: Visits, alone: dict[str, list[Look]], name: str) -> None:
    found = _looks_of_all(visit(name))
    assert {where: differences(alone[where], look) for where, look in found.items()} == {
        where: set() for where in found
    }


def _looks_of_all(page: Page) -> dict[str, list[Look]]:
    found = {}
    for name in TABS:
        panel = open_tab(page, name)
        page.mouse.move(0, 0)
        found[name] = looks(panel)
    with open_list(page, panel) as dialog:
        found["list"] = looks(dialog)
    return found


@pytest.mark.parametrize("name", ["vite8-react19-tailwind4-router", "webpack5-react19-bootstrap"])
def test_nothing_of_the_page_goes_out(visit: Visits, name: str) -> None:
    # A development server gives every stylesheet an element of its own.
    page = visit(name, "dev")
    open_tab(page, "Overview")
    host = page.get_by_role("navigation", name="Application")
    document = page.locator("html")
    with_page = looks(host), looks(document)[:1]
    switched_off = page.evaluate(
        "() => [...document.styleSheets].filter((sheet) => sheet.ownerNode.textContent.includes('fpa-root'))"
        ".map((sheet) => (sheet.disabled = true)).length"
    )
    assert switched_off == 1
    assert differences(looks(host), with_page[0]) == set()
    assert differences(looks(document)[:1], with_page[1]) == set()


def test_the_page_follows_the_theme_of_the_host(visit: Visits) -> None:
    page = visit("vite8-react19-tailwind4-router")
    root = page.locator(".fpa-root")
    expect(root).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(root).to_have_attribute("data-theme", "dark")
    expect(root).to_have_css("color-scheme", "dark")
    expect(page.get_by_role("group", name="Theme")).to_have_count(0)


@pytest.mark.parametrize(
    "dark",
    [
        "document.documentElement.dataset.bsTheme = 'dark'",
        "document.documentElement.removeAttribute('data-bs-theme'); document.body.className = 'dark-mode'",
        "document.documentElement.removeAttribute('data-bs-theme'); document.body.style.colorScheme = 'dark'",
        "document.documentElement.removeAttribute('data-bs-theme'); document.body.style.background = 'oklch(20% 0 0)'",
    ],
    ids=["data attribute", "class", "color-scheme", "painted"],
)
def test_however_the_host_says_that_it_is_dark(visit: Visits, dark: str) -> None:
    page = visit("webpack5-react19-bootstrap")
    root = page.locator(".fpa-root")
    expect(root).to_have_attribute("data-theme", "light")
    page.evaluate(dark)
    expect(root).to_have_attribute("data-theme", "dark")


def test_the_reader_may_choose_where_the_host_lets_them(visit: Visits) -> None:
    page = visit("webpack5-react19-bootstrap")
    expect(page.get_by_role("button", name="Theme of the application")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Dark theme").click()
    expect(page.locator(".fpa-root")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator(".fpa-root")).to_have_attribute("data-theme", "dark")
