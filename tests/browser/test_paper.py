"""The report and the tabs on paper: light, nothing cut, heads repeated, A4 and Letter."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.api.running import RunningApi, token
from tests.browser.reading import TABS
from tests.browser.world import Team
from tests.infra.missing import skip_outside_ci

SECTIONS = ("Summary", *TABS)
PAPERS = {"A4": 595, "Letter": 612}
"""Width in points."""


@pytest.fixture(scope="module")
def report(browser: Browser, api: RunningApi, world: Team) -> Iterator[Page]:
    page = browser.new_page(color_scheme="dark", reduced_motion="reduce")
    page.goto(f"{api.url}/#token={token(world.admin)}")
    page.get_by_role("button", name="Report").click()
    expect(page.get_by_role("article", name="Report")).to_be_visible()
    yield page
    page.close()


def test_it_says_whose_numbers_and_up_to_when(report: Page) -> None:
    article = report.get_by_role("article", name="Report")
    expect(article).to_contain_text("Browser")
    expect(article).to_contain_text("Europe/Berlin")
    expect(article).to_contain_text(re.compile("As of|not known"))
    assert [section.get_attribute("aria-label") for section in article.locator("> section").all()] == list(SECTIONS)
    assert report.locator(".fpa-root").get_attribute("data-theme") == "light", "though the reader's theme is dark"
    expect(report).to_have_url(re.compile("report=1"))


def test_its_sentences_are_beyond_chance(report: Page) -> None:
    # The account began a week ago: nothing before it can be compared, and no rate changed.
    sentences = report.locator(".fpa-sentences li").all_inner_texts()
    assert sentences[0].startswith("90 sessions began in this period")
    assert any("were not logged" in sentence for sentence in sentences)
    assert any(sentence.startswith("One domain asks for flows") for sentence in sentences)
    assert not [sentence for sentence in sentences if "rose from" in sentence or "fell from" in sentence]


@pytest.mark.parametrize("paper", PAPERS)
def test_no_column_is_cut_and_heads_are_repeated(report: Page, tmp_path: Path, paper: str) -> None:
    if shutil.which("pdftotext") is None:
        skip_outside_ci("no pdftotext found: `apt-get install poppler-utils`")
    file = tmp_path / "report.pdf"
    report.pdf(path=file, format=paper, print_background=True)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True).stdout
    for last_heading in ("Change", "Resolution", "Not logged", "Sessions", "Guided %", "Quality", "Lost"):
        assert last_heading in text
    for section in SECTIONS:
        assert section in text
    assert "Print or save" not in text
    report.emulate_media(media="print")
    report.set_viewport_size({"width": PAPERS[paper] * 96 // 72 - 80, "height": 1000})
    assert report.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert report.evaluate(
        "[...document.querySelectorAll('thead')].every(head => getComputedStyle(head).display === 'table-header-group')"
    )
    report.emulate_media(media="null")


@pytest.mark.parametrize("name", ["overview", "coverage", "flow-quality", "psa"])
def test_tabs_print_light_without_controls(browser: Browser, api: RunningApi, world: Team, name: str) -> None:
    page = browser.new_page(color_scheme="dark", viewport={"width": 720, "height": 1000})
    page.goto(f"{api.url}/?tab={name}&compare=previous#token={token(world.admin)}")
    expect(page.get_by_role("button", name="Download CSV")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Download CSV")).to_be_hidden()
    expect(page.get_by_label("Time zone")).to_be_hidden()
    assert page.locator(".fpa-root").evaluate("root => getComputedStyle(root).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()
