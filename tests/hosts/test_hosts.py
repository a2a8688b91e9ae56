"""The packed page, installed in real applications of every bundler, works in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.reading import tab
from tests.hosts.conftest import Installs, Visits
from tests.hosts.hosting import HOSTS, MODES, Mode
from tests.hosts.walk import open_everything, open_list, open_tab

NAMES = [host.name for host in HOSTS]
WITH_ROUTER = [name for name in NAMES if "router" in name]
ONE_COPY = ("react", "react-dom", "@tanstack/react-query", "recharts", "react-redux")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_installed_twice(install: Installs, name: str) -> None:
    modules = install(name).folder / "node_modules"
    copies = [
        str(found.parent.relative_to(modules))
        for module in ONE_COPY
        for found in (modules / module / "package.json", *modules.glob(f"**/node_modules/{module}/package.json"))
    ]
    assert copies == list(ONE_COPY)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("vite7-react18-tailwind3-router", ["--skipLibCheck", "false"]),
        ("vite8-react19-tailwind4-router", ["--module", "nodenext", "--noEmit", "src/types.mts"]),
    ],
    ids=["in the application with React 18", "as Node.js resolves"],
)
def test_its_types_hold(install: Installs, name: str, arguments: list[str]) -> None:
    install(name).run("tsc", *arguments)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", NAMES)
def test_everything_opens(visit: Visits, name: str, mode: Mode) -> None:
    page = visit(name, mode)
    open_everything(page)
    open_tab(page, "Flow Quality")
    page.get_by_role("table", name="Flow quality").locator("tbody button.fpa-name").first.click()
    expect(page.locator("h1")).to_have_text(re.compile("^/flows/[0-9a-f-]{36}$"))


@pytest.mark.parametrize("name", WITH_ROUTER)
def test_the_router_owns_the_url(visit: Visits, name: str) -> None:
    page = visit(name, query="?team=7")
    open_tab(page, "Coverage")
    expect(page).to_have_url(re.compile(r"/analytics\?team=7&tab=coverage$"))
    page.get_by_role("link", name="PSA analytics").click()
    expect(tab(page, "PSA")).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="7 days").click()
    expect(page).to_have_url(re.compile(r"/analytics\?tab=psa&period=7d$"))
    # Closing a list takes its entry along: one Back from here is one step.
    with open_list(page, page.get_by_role("tabpanel", name="PSA")):
        expect(page).to_have_url(re.compile("&list="))
    expect(page).to_have_url(re.compile(r"/analytics\?tab=psa&period=7d$"))

    page.go_back()
    expect(page.get_by_role("button", name="30 days")).to_have_attribute("aria-pressed", "true")
    page.go_back()
    expect(tab(page, "Coverage")).to_have_attribute("aria-selected", "true")
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", name="Home")).to_be_visible()
    page.go_back()
    expect(tab(page, "Coverage")).to_have_attribute("aria-selected", "true")


def test_each_bundler_is_tried_with_each_react_tailwind_and_a_router() -> None:
    values = ("react18", "react19", "tailwind3", "tailwind4", "router")
    for bundler in ("vite7", "vite8", "webpack5"):
        of_it = {part for name in NAMES if name.startswith(bundler) for part in name.split("-")}
        assert of_it >= set(values)
