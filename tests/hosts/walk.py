"""Opens all that the page has: each tab, its charts, its file, the list behind a number, and the report."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.reading import TABS, expect_drawn, tab

CHARTS = {"Overview": 1, "PSA": 2}
"""By tab, how many Recharts draws."""


def open_everything(page: Page) -> None:
    for name in TABS:
        panel = open_tab(page, name)
        _save_file(page, panel)
        with open_list(page, panel) as dialog:
            expect(dialog.get_by_role("row").nth(1)).to_be_visible()
    page.get_by_role("button", name="Report", exact=True).click()
    expect(page.get_by_role("article", name="Report").get_by_role("heading", name="Summary")).to_be_visible()
    page.go_back()
    expect(tab(page, TABS[-1])).to_have_attribute("aria-selected", "true")


def open_tab(page: Page, name: str) -> Locator:
    """The panel, once its numbers and charts are there."""
    tab(page, name).click()
    panel = page.get_by_role("tabpanel", name=name)
    expect(panel.get_by_role("button", name="Download CSV")).to_be_visible()
    expect(panel.locator("svg.recharts-surface")).to_have_count(CHARTS.get(name, 0))
    for chart in panel.locator("svg.recharts-surface").all():
        expect(chart).to_be_visible()
        expect_drawn(chart.locator(".recharts-curve[d]").first)
    expect(panel.locator(".fpa-skeleton")).to_have_count(0)
    return panel


@contextmanager
def open_list(page: Page, panel: Locator) -> Iterator[Locator]:
    """The dialog with what is behind the tab's first number."""
    panel.locator("button[aria-haspopup=dialog]").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("row").first).to_be_visible()
    yield dialog
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)


def _save_file(page: Page, panel: Locator) -> None:
    with page.expect_download() as download:
        panel.get_by_role("button", name="Download CSV").click()
    assert len(Path(download.value.path()).read_text().splitlines()) > 1
