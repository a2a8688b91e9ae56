"""The heatmap: colours on and beside every bound, gaps, and what to do about them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.cases import DOMAINS, OPEN_ONLY, OPEN_SESSIONS, UNMAPPED_SESSIONS, DomainCase
from tests.browser.reading import NOTHING, headings, rows, show, tab, table

COLUMNS = ["Domain", "Flows", "Sessions", "Resolution %", "Escalation %", "Guided %"]
COLOURS = {"bg-emerald-400/10": 160, "bg-amber-400/10": 85, "bg-rose-500/10": 17}
"""The class, and the hue that the eye gets, in degrees."""


@pytest.fixture(scope="module")
def seen(shared_page: Callable[[str], Page]) -> Page:
    """A page to look at."""
    page = shared_page("?tab=coverage")
    table(page, "Domain coverage")
    return page


@pytest.fixture
def page(seen: Page, context: BrowserContext) -> Page:
    """The same page, in its first order."""
    assert context
    show(seen, "?tab=coverage")
    table(seen, "Domain coverage")
    return seen


@pytest.mark.parametrize("case", DOMAINS, ids=lambda case: case.name)
def test_cells_are_coloured_by_the_bounds(seen: Page, case: DomainCase) -> None:
    heatmap = table(seen, "Domain coverage")
    assert headings(heatmap) == COLUMNS
    row = heatmap.get_by_role("row").filter(has=seen.get_by_role("rowheader", name=case.name))
    for column, (text, colour) in case.shown.items():
        cell = row.locator("> *").nth(COLUMNS.index(column))
        expect(cell).to_have_text(text)
        classes = (cell.get_attribute("class") or "").split()
        assert [name for name in classes if name in COLOURS] == [colour], column
        assert cell.evaluate("cell => getComputedStyle(cell).backgroundColor") != "rgba(0, 0, 0, 0)", "it is painted"
    # By hand, what the numbers open: the walk of the links finds the lists to be as long.
    counts = [row.locator("> *").nth(index).get_by_role("button").get_attribute("data-count") for index in (3, 4, 5)]
    assert counts == [str(case.resolved), str(case.escalated), str(case.guided)]
    expect(row.locator("> *").nth(2)).to_have_text(str(case.ended))


def test_what_has_no_value_has_no_colour(seen: Page) -> None:
    row = table(seen, "Domain coverage").get_by_role("row").filter(has_text=OPEN_ONLY)
    for index in (3, 4, 5):
        cell = row.locator("> *").nth(index)
        expect(cell).to_have_text(NOTHING)
        assert not set(COLOURS) & set((cell.get_attribute("class") or "").split())


def test_red_cells_ask_for_a_flow(page: Page) -> None:
    heatmap = table(page, "Domain coverage")
    asking = heatmap.get_by_role("row").filter(has=page.get_by_role("button", name="Create Flow"))
    expect(asking).to_have_count(1)
    expect(asking.get_by_role("rowheader")).to_contain_text(DOMAINS[3].name)
    asking.get_by_role("button", name="Create Flow").click()
    expect(page.get_by_role("dialog")).to_contain_text(DOMAINS[3].name)
    page.keyboard.press("Escape")


def test_gaps_are_listed_with_their_reasons(seen: Page) -> None:
    gaps = seen.get_by_role("region", name="Knowledge gaps").get_by_role("listitem")
    expect(gaps).to_have_count(1)
    for text in (DOMAINS[3].name, "No active flow", "Guided below 30%", "Resolution below 50%", "Escalation above 25%"):
        expect(gaps).to_contain_text(text)


def test_unmapped_sessions_are_shown(seen: Page) -> None:
    card = seen.get_by_role("heading", name="Unmapped sessions").locator("..")
    expect(card.get_by_role("button")).to_have_text(str(UNMAPPED_SESSIONS))


def test_every_rate_says_what_it_rests_on(page: Page) -> None:
    row = table(page, "Domain coverage").get_by_role("row").filter(has_text=DOMAINS[0].name)
    row.get_by_role("button", name="75%").hover()
    expect(page.get_by_role("tooltip")).to_contain_text("15 of 20 ended sessions")
    page.mouse.move(0, 0)
    expect(page.get_by_role("tooltip")).to_have_count(0)

    row.get_by_role("button", name="60%").focus()
    expect(page.get_by_role("tooltip")).to_contain_text("12 of 20 classified sessions")
    described = row.get_by_role("button", name="60%").get_attribute("aria-describedby")
    assert described == page.get_by_role("tooltip").get_attribute("id")
    page.keyboard.press("Escape")
    expect(page.get_by_role("tooltip")).to_have_count(0)


@pytest.mark.parametrize(
    ("column", "presses", "expected"),
    [
        ("Domain", 1, ["Just green", 'Just red, "quoted"', "Lower bounds", OPEN_ONLY, "Upper bounds"]),
        ("Resolution %", 1, ["Just green", "Upper bounds", "Lower bounds", 'Just red, "quoted"', OPEN_ONLY]),
        ("Escalation %", 2, ["Just green", "Lower bounds", "Upper bounds", 'Just red, "quoted"', OPEN_ONLY]),
        ("Flows", 2, ['Just red, "quoted"', "Lower bounds", OPEN_ONLY, "Upper bounds", "Just green"]),
    ],
)
def test_it_sorts_by_every_column_with_nothing_last(page: Page, column: str, presses: int, expected: list[str]) -> None:
    heatmap = table(page, "Domain coverage")
    for _ in range(presses):
        heatmap.get_by_role("button", name=column).click()
    assert [row["Domain"].split("\n")[0] for row in rows(heatmap)] == expected
    order = "descending" if presses == 1 and column != "Domain" else "ascending"
    expect(heatmap.get_by_role("columnheader", name=column)).to_have_attribute("aria-sort", order)


def test_the_comparison_is_in_points_and_says_which_way_is_good(page: Page) -> None:
    assert OPEN_SESSIONS
    tab(page, "Overview").click()
    page.get_by_role("button", name="7 days").click()
    page.get_by_label("Compare with previous period").check()
    # With a day, that is: the Overview's hours are "compared with unguided sessions".
    expect(page.get_by_text(re.compile(r"compared with \d"))).to_be_visible()
    sessions = page.get_by_role("heading", name="Sessions", exact=True).locator("..")
    expect(sessions).to_contain_text("than in the previous period")
