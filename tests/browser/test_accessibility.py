"""axe finds nothing on any tab, dialog or report in any look, and everything works without a pointer."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.api.running import RunningApi, token
from tests.browser.conftest import Opened
from tests.browser.reading import expect_drawn, hold, show, tab, wait_until_noted
from tests.browser.world import Team

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FAILURES = {401: "Please sign in again", 429: "asks for a pause", 500: "could not be loaded"}
# The other rules read what no look changes: they are asked once.
PAINTED = ["color-contrast", "link-in-text-block", "target-size"]
LOOKS: dict[str, tuple[Literal["light", "dark"], Literal["none", "active"]]] = {
    "light": ("light", "none"),
    "dark": ("dark", "none"),
    "forced colours": ("dark", "active"),
}


def findings(page: Page, within: str, run_only: object = None) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": run_only or {"type": "tag", "values": RULES}, "resultTypes": ["violations"], "iframes": False}
    result: dict[str, Any] = page.evaluate("([within, options]) => axe.run(within, options)", [within, options])
    return [
        f"{violation['id']}: {violation['help']}: {node['target']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


class Walk:
    """What axe finds on each surface in each look; the page stays, only its colours change."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []

    def see(self, surface: str, within: str = "html") -> None:
        """`within`: what is new on it, where the rest has been seen."""
        # What is dimmed while newer numbers load is not to be read.
        expect(self.page.locator("[aria-busy=true]")).to_have_count(0)
        for look, (theme, forced) in LOOKS.items():
            self.page.emulate_media(color_scheme=theme, forced_colors=forced, reduced_motion="reduce")
            expect(self.page.locator(".fpa-root").first).to_have_attribute("data-theme", re.compile(f"{theme}|light"))
            found = findings(self.page, within, None if look == "light" else PAINTED)
            self.found += [f"{surface}, {look}: {finding}" for finding in found]


@pytest.fixture
def walk(browser: Browser, api: RunningApi, world: Team) -> Iterator[Walk]:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.goto(f"{api.url}/?compare=previous#token={token(world.admin)}")
    yield Walk(page)
    page.close()


def test_axe_finds_nothing_on_any_tab(walk: Walk) -> None:
    page = walk.page
    expect(page.get_by_role("table", name="Team")).to_be_visible()
    expect_drawn(page.locator(".recharts-line-curve").last)
    page.get_by_role("button", name="Hourly rate").click()
    page.get_by_label("One hour costs").fill("none")
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("button", name="Custom").click()
    page.get_by_label("From").fill("soon")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("alert")).to_have_count(2)
    walk.see("Overview, with the forms for a rate and a range")
    page.get_by_role("button", name="30 days").click()
    page.get_by_role("button", name="Table").click()
    walk.see("Overview, its course as a table", "section:has(> div [aria-label=Points])")

    tab(page, "Coverage").click()
    heatmap = page.get_by_role("table", name="Domain coverage")
    heatmap.locator("button[aria-expanded]").first.click()
    heatmap.get_by_role("button", name="75%").focus()
    expect(page.get_by_role("tooltip")).to_be_visible()
    walk.see("Coverage, with a note and flows")
    heatmap.locator(".fpa-name").first.click()
    expect(page.get_by_role("button", name="Show all domains")).to_be_visible()
    walk.see("Coverage of one domain", ".fpa-filter")
    page.go_back()

    tab(page, "Flow Quality").click()
    expect(page.get_by_role("table", name="Flow quality")).to_be_visible()
    walk.see("Flow Quality")
    page.get_by_label("Search flows by name").fill("no such flow")
    expect(page.get_by_text("No flow is like that")).to_be_visible()
    walk.see("Flow Quality without a match", "[role=tabpanel]")

    tab(page, "PSA").click()
    expect_drawn(page.locator(".recharts-area-area").first)
    walk.see("PSA")
    page.get_by_role("button", name="Table").click()
    walk.see("PSA, its trend as a table", "section:has([aria-label='Daily trend'])")
    assert walk.found == []


def test_axe_finds_nothing_on_any_dialog_nor_the_report(walk: Walk) -> None:
    page = walk.page
    number = page.get_by_role("heading", name="Resolution rate").locator("..").get_by_role("button").first
    # Not `click`, before which a mouse would say that it is one.
    number.dispatch_event("pointerdown", {"pointerType": "touch"})
    number.dispatch_event("click")
    expect(page.get_by_role("dialog", name="About this number")).to_be_visible()
    walk.see("the note for a finger", "[popover]")
    page.get_by_role("button", name="Show the sessions").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[data-session]").first).to_be_visible()
    walk.see("the list of sessions", "dialog[open]")
    dialog.get_by_role("button", name=re.compile("T-")).first.click()
    expect(page.get_by_role("dialog", name="Open the ticket")).to_be_visible()
    walk.see("the notice of a ticket", "[aria-labelledby=editor-notice]")
    page.get_by_role("button", name="Close").last.click()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)

    # Over a server that fails, and over a list of nothing.
    page.route("**/sessions?*", lambda route: route.fulfill(status=500, json={"detail": "broken"}))
    number.click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    walk.see("a list that cannot be loaded", "dialog[open]")
    page.unroute("**/sessions?*")
    show(page, "?list=domain%3Dnone")
    expect(dialog).to_contain_text("No sessions")
    walk.see("an empty list", "dialog[open]")

    show(page, "?tab=coverage")
    page.get_by_role("button", name="Create Flow").first.click()
    expect(page.get_by_role("dialog", name="Create a flow")).to_be_visible()
    walk.see("the notice of a new flow", "dialog[open]")
    page.keyboard.press("Escape")
    show(page, "?report=1&compare=previous")
    expect(page.get_by_role("article", name="Report")).to_be_visible()
    walk.see("the report")
    assert walk.found == []


def test_axe_finds_nothing_where_there_are_no_numbers(walk: Walk) -> None:
    page = walk.page
    expect(page.get_by_text("Hours saved").first).to_be_visible()
    for name in ("overview", "coverage", "psa"):
        show(page, f"?tab={name}&from=2024-01-01&to=2024-01-31")
        expect(page.get_by_text("Jan 2024").first).to_be_visible()
        walk.see(f"an empty {name}")
    for failure, told in FAILURES.items():
        page.route("**/coverage?*", partial(Route.fulfill, status=failure, json={}))
        show(page, f"?tab=coverage&domain={failure}")
        expect(page.get_by_role("alert")).to_contain_text(told)
        walk.see(told)
        page.unroute("**/coverage?*")
    page.clock.install()
    held = hold(page, "**/coverage?*")
    show(page, "?tab=coverage&domain=silent")
    wait_until_noted(page, lambda: bool(held))
    page.clock.run_for(5_200)
    expect(page.get_by_role("alert")).to_contain_text("has not answered")
    walk.see("a silent service")
    assert walk.found == []


def test_forced_colours_leave_what_is_chosen_and_the_tones_to_be_seen(
    browser: Browser, api: RunningApi, world: Team
) -> None:
    page = browser.new_page(forced_colors="active")
    page.goto(f"{api.url}/?tab=coverage#token={token(world.admin)}")
    expect(page.get_by_role("table", name="Domain coverage")).to_be_visible()
    style = "element => { const s = getComputedStyle(element); return [s.backgroundColor, s.borderTopStyle] }"
    for chosen, other in (
        (tab(page, "Coverage"), tab(page, "PSA")),
        (page.get_by_role("button", name="30 days"), page.get_by_role("button", name="7 days")),
    ):
        assert chosen.evaluate(style) != other.evaluate(style)
    marks = page.locator("td[data-tone]").evaluate_all(
        "cells => [...new Set(cells.map(cell => cell.dataset.tone + getComputedStyle(cell, '::before').content))]"
    )
    assert len(marks) == 3, "one mark for each tone"
    assert not [mark for mark in marks if mark.endswith("none")]
    page.close()


def test_a_tap_tells_the_number_and_offers_its_list(browser: Browser, api: RunningApi, world: Team) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"{api.url}/?tab=overview#token={token(world.admin)}")
    number = page.get_by_role("heading", name="Resolution rate").locator("..").get_by_role("button")
    number.tap()
    note = page.get_by_role("dialog", name="About this number")
    expect(note).to_contain_text("of 80 ended sessions")
    expect(note).to_contain_text("95% interval")
    note.get_by_role("button", name="Show the sessions").tap()
    expect(page.get_by_role("dialog").locator("[data-total]")).to_have_attribute("data-total", "50")
    context.close()


def test_the_theme_can_be_chosen_and_stays(open_page: Opened) -> None:
    page = open_page()
    root = page.locator(".fpa-root")
    for theme in ("dark", "light"):
        page.get_by_role("button", name=f"{theme.title()} theme").click()
        expect(root).to_have_attribute("data-theme", theme)
        page.reload()
        expect(root).to_have_attribute("data-theme", theme)


def test_tabs_by_keyboard(open_page: Opened) -> None:
    page = open_page()
    tab(page, "Overview").focus()
    for key, name in (
        ("ArrowRight", "Coverage"),
        ("End", "PSA"),
        ("ArrowRight", "Overview"),
        ("ArrowLeft", "PSA"),
        ("Home", "Overview"),
    ):
        page.keyboard.press(key)
        expect(tab(page, name)).to_be_focused()
        expect(tab(page, name)).to_have_attribute("aria-selected", "true")
        expect(page.get_by_role("tabpanel", name=name)).to_be_visible()
    expect(page.locator("[role=tab][tabindex='0']")).to_have_count(1)


def test_from_the_address_bar_to_a_sessions_list_and_back_without_a_pointer(open_page: Opened) -> None:
    page = open_page("?tab=coverage")
    expect(page.get_by_role("table", name="Domain coverage")).to_be_visible()

    def reach(name: str, role: Literal["button", "tab"] = "button") -> None:
        wanted = page.get_by_role(role, name=name).first
        for _ in range(80):
            page.keyboard.press("Tab")
            if wanted.evaluate("element => element === document.activeElement"):
                return
        pytest.fail(f"Tab does not reach {name}")

    reach("Coverage", "tab")
    reach("Guided %")
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Guided %")).to_have_attribute("aria-sort", "descending")
    page.keyboard.press("Space")
    expect(page.get_by_role("columnheader", name="Guided %")).to_have_attribute("aria-sort", "ascending")

    reach("65%")
    expect(page.get_by_role("tooltip")).to_contain_text("13 of 20 classified sessions")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[data-session]")).to_have_count(13)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="65%")).to_be_focused()
