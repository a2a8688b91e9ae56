"""axe finds nothing on any tab in either theme, and everything works without a pointer."""

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.running import RunningApi, token
from tests.browser.conftest import Opened
from tests.browser.reading import tab
from tests.browser.world import Team

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# By what each tab shows last.
SETTLED = {
    "Overview": "Team",
    "Coverage": "Domain coverage",
    "Flow Quality": "Top performers",
    "PSA": "Daily trend",
}


def findings(page: Page) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    result: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] })", RULES
    )
    return [
        f"{violation['id']}: {violation['help']}: {node['target']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize(
    ("theme", "forced"),
    [("light", "none"), ("dark", "none"), ("dark", "active")],
    ids=["light", "dark", "forced colours"],
)
def test_axe_finds_nothing(
    browser: Browser,
    api: RunningApi,
    world: Team,
    theme: Literal["light", "dark"],
    forced: Literal["none", "active"],
) -> None:
    page = browser.new_page(color_scheme=theme, reduced_motion="reduce", forced_colors=forced)
    page.goto(f"{api.url}/?compare=previous#token={token(world.admin)}")
    expect(page.locator(".fpa-root")).to_have_attribute("data-theme", theme)
    for name, heading in SETTLED.items():
        tab(page, name).click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        if name == "PSA":
            expect(page.locator(".recharts-area-area").first).to_be_visible()
        assert findings(page) == [], name

    page.get_by_role("button", name="Table").click()
    assert findings(page) == [], "the trend as a table"
    page.locator("[data-stage=doc_pushed]").get_by_role("button").first.click()
    expect(page.get_by_role("dialog").locator("[data-session]").first).to_be_visible()
    assert findings(page) == [], "the list of sessions"
    page.close()


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
    assert findings(page) == []
    note.get_by_role("button", name="Show the sessions").tap()
    expect(page.get_by_role("dialog").locator("[data-total]")).to_have_attribute("data-total", "50")
    context.close()


def test_axe_finds_nothing_where_the_numbers_cannot_be_shown(open_page: Opened, world: Team) -> None:
    page = open_page(bearer=token(world.engineer))
    expect(page.get_by_role("alert")).to_be_visible()
    assert findings(page) == []


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
