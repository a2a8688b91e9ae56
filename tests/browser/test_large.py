"""200 domains, 1,000 flows, names of nearly 200 characters: quick, passable by keyboard, within the window."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.running import RunningApi, token
from tests.browser.large import FLOWS, LONG, LargeAccount, insert_large
from tests.browser.reading import TABS, expect_drawn, show, tab, table
from tests.infra.database import Database

TABLES = {"coverage": "Domain coverage", "flow-quality": "Flow quality"}
# The first is what 400 % zoom leaves of a window of 1280 by 1024; the last is where names once lay over chips.
SIZES = ((320, 256), (320, 740), (360, 740), (768, 1024), (1024, 768))
# The document, and what lies over it: inside it nothing but a table may scroll sideways. A chart follows the window a
# moment later.
WIDER = """async () => {
  const wide = () => {
    const over = [...document.querySelectorAll('dialog[open], [popover]:popover-open')];
    const wider = [document.documentElement, document.querySelector('.fpa-root'), ...over]
      .filter(found => found.scrollWidth > found.clientWidth).map(found => `${found.nodeName} ${found.scrollWidth}`);
    const cut = over.filter(found => {
      const box = found.getBoundingClientRect();
      return box.left < 0 || box.top < 0 || box.right > innerWidth || box.bottom > innerHeight;
    });
    return [...wider, ...cut.map(found => `${found.nodeName} is cut`)];
  };
  for (let left = 100; left > 0 && wide().length > 0; left--) await new Promise(resolve => setTimeout(resolve, 20));
  return wide();
}"""
MOST_TAB_STOPS = 60
PAINT_SECONDS = 1.0
SORT_MS = 100


@pytest.fixture(scope="module")
def large(database_of_the_page: Database) -> LargeAccount:
    return insert_large(database_of_the_page)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield page
    page.close()


def _address(api: RunningApi, large: LargeAccount, query: str) -> str:
    return f"{api.url}/{query}#token={token(large.admin)}"


class Cpu:
    """What the page's thread has worked, whatever else the machine does beside it."""

    def __init__(self, page: Page) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def seconds(self) -> float:
        metrics = {entry["name"]: entry["value"] for entry in self.session.send("Performance.getMetrics")["metrics"]}
        worked: float = metrics["TaskDuration"]
        return worked


@pytest.mark.parametrize("name", TABLES)
def test_it_is_quick(page: Page, api: RunningApi, large: LargeAccount, name: str) -> None:
    cpu = Cpu(page)
    page.goto(_address(api, large, f"?tab={name}&compare=previous"))
    table(page, TABLES[name])
    painted = cpu.seconds()
    # What comes after the first paint is not the sort's.
    page.wait_for_load_state("networkidle")
    sorts = [_sort_ms(page, cpu, TABLES[name], column) for column in (0, 1, 2)]
    figures = {"tab": name, "first_paint_cpu_s": round(painted, 3), "sort_cpu_ms": sorts}
    print(json.dumps(figures))  # noqa: T201 - the figures of the issue
    assert painted < PAINT_SECONDS
    assert min(sorts) < SORT_MS


def _sort_ms(page: Page, cpu: Cpu, name: str, column: int) -> float:
    """From the press to the frame after it."""
    before = cpu.seconds()
    page.evaluate(
        """([name, column]) => new Promise(resolve => {
             document.querySelectorAll(`table[aria-label="${name}"] thead button`)[column].click();
             requestAnimationFrame(() => setTimeout(resolve, 0));
           })""",
        [name, column],
    )
    return round((cpu.seconds() - before) * 1000, 1)


@pytest.mark.parametrize("name", TABLES)
def test_the_table_can_be_passed_and_walked_by_keyboard(
    page: Page, api: RunningApi, large: LargeAccount, name: str
) -> None:
    page.goto(_address(api, large, f"?tab={name}"))
    found = table(page, TABLES[name])
    stops = page.evaluate(
        "[...document.querySelectorAll('button, a[href], input, select, [tabindex]')]"
        ".filter(element => element.tabIndex >= 0 && element.offsetParent !== null).length"
    )
    print(json.dumps({"tab": name, "tab_stops": stops}))  # noqa: T201 - the figure of the issue
    assert stops <= MOST_TAB_STOPS

    first = found.locator("tbody tr").first.locator("td").last.get_by_role("button")
    found.locator("tbody tr").first.locator(".fpa-name").first.focus()
    page.keyboard.press("ArrowDown")
    expect(found.locator("tbody tr").nth(1).locator(".fpa-name").first).to_be_focused()
    assert first.count() == 1
    skip = page.get_by_role("button", name="Skip the table")
    skip.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.classList.contains('fpa-table-end')")


def test_the_head_stays_in_sight_and_all_rows_can_be_had(page: Page, api: RunningApi, large: LargeAccount) -> None:
    page.goto(_address(api, large, "?tab=flow-quality"))
    found = table(page, TABLES["flow-quality"])
    head = found.get_by_role("columnheader", name="Flow Name")
    found.locator("tbody tr").nth(25).scroll_into_view_if_needed()
    expect(head).to_be_in_viewport()
    page.get_by_role("button", name="Show all 1,000").click()
    expect(found.locator("tbody tr")).to_have_count(FLOWS)


def test_many_gaps_do_not_push_the_heatmap_down(page: Page, api: RunningApi, large: LargeAccount) -> None:
    page.goto(_address(api, large, "?tab=coverage&period=90d"))
    table(page, TABLES["coverage"])
    expect(page.locator("[data-gap]")).to_have_count(5)
    more = page.get_by_role("button", name=re.compile(r"Show all \d+ gaps"))
    count = int(re.sub(r"\D", "", more.inner_text()))
    assert count >= 60
    more.click()
    expect(page.locator("[data-gap]")).to_have_count(count)


class Sizes:
    """What is wider than the window on each surface in each size; the page stays, only the window changes."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wide: list[str] = []

    def see(self, surface: str) -> None:
        for width, height in SIZES:
            self.page.set_viewport_size({"width": width, "height": height})
            self.wide += [f"{surface}, {width} by {height}: {wide}" for wide in self.page.evaluate(WIDER)]


def test_nothing_scrolls_sideways(page: Page, api: RunningApi, large: LargeAccount) -> None:
    sizes = Sizes(page)
    page.goto(_address(api, large, "?compare=previous"))
    table(page, "Team")
    expect_drawn(page.locator(".recharts-line-curve").last)
    page.get_by_role("button", name="Hourly rate").click()
    page.get_by_role("button", name="Custom").click()
    sizes.see("Overview, with the forms for a rate and a range")
    for name in TABS[1:]:
        tab(page, name).click()
        expect(page.get_by_role("tabpanel", name=name).get_by_role("button", name="Download CSV")).to_be_visible()
        sizes.see(name)
        if name == "Coverage":
            assert _overlaps(page) == [], "at 1024 pixels"
            table(page, TABLES["coverage"]).get_by_role("button", name="Flows", exact=True).click()
            table(page, TABLES["coverage"]).locator("[data-domain] button[aria-expanded]").first.click()
            expect(page.locator("[data-flows-of] [data-flow]").first).to_be_visible()
            sizes.see("the flows of a domain")
            page.locator("[data-gap]").first.get_by_role("button", name="Create Flow").click()
            expect(page.get_by_role("dialog", name="Create a flow")).to_be_visible()
            sizes.see("the notice of a new flow")
            page.keyboard.press("Escape")
    name = f"{LONG}100"
    show(page, f"?tab=coverage&domain={name}")
    expect(table(page, TABLES["coverage"]).locator("tbody tr")).to_have_count(1)
    sizes.see("one domain")
    show(page, f"?tab=coverage&domain={name}&list=domain%3D{name}")
    expect(page.get_by_role("dialog").locator("[data-session]").first).to_be_visible()
    sizes.see("the list of sessions")
    show(page, "?report=1&compare=previous")
    expect(page.get_by_role("article", name="Report")).to_be_visible()
    sizes.see("the report")
    assert sizes.wide == []


def _overlaps(page: Page) -> list[str]:
    """Gaps whose name lies over what stands beside it: text as it is painted, which may leave its box."""
    found: list[str] = page.evaluate(
        """[...document.querySelectorAll('[data-gap]')].flatMap(gap => {
             const painted = part => {
               const range = document.createRange();
               range.selectNodeContents(part);
               return [...range.getClientRects()];
             };
             const [name, ...others] = [...gap.children].map(painted);
             const meet = (a, b) =>
               a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
             return name.some(a => others.flat().some(b => meet(a, b))) ? [gap.dataset.gap.slice(-20)] : [];
           })"""
    )
    return found
