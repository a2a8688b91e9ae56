"""The download holds what the table shows."""

import csv
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Opened
from tests.browser.reading import NOTHING, percent, rounded, rows, table


def downloaded(page: Page) -> tuple[str, list[dict[str, str]]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    path = Path(download.value.path())
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return download.value.suggested_filename, list(csv.DictReader(file))


def number(text: str) -> float | None:
    return float(text) if text else None


def test_coverage(open_page: Opened) -> None:
    page = open_page("?tab=coverage")
    shown = rows(table(page, "Domain coverage"))
    name, saved = downloaded(page)
    assert name.startswith("flowpilot-coverage-")
    assert name.endswith(".csv")
    assert [
        {
            "Domain": line["domain"],
            "Flows": line["flow_count"],
            "Sessions": line["session_count"],
            "Resolution %": percent(number(line["resolution_rate"])),
            "Escalation %": percent(number(line["escalation_rate"])),
            "Guided %": percent(number(line["guided_rate"])),
        }
        for line in saved
    ] == [{**row, "Domain": row["Domain"].split("\n")[0]} for row in shown]


def test_flow_quality_in_the_order_on_screen(open_page: Opened) -> None:
    page = open_page("?tab=flow-quality&sort=usage")
    shown = rows(table(page, "Flow quality"))
    _, saved = downloaded(page)
    # A name that a spreadsheet would run as a formula is made harmless in the file, and only there.
    assert any(line["name"].startswith("'=") for line in saved)
    assert [(line["name"].removeprefix("'"), line["usage_count"]) for line in saved] == [
        (row["Flow Name"].split("\n")[0], row["Usage"]) for row in shown
    ]
    scores = [number(line["quality_score"]) for line in saved]
    assert [NOTHING if score is None else rounded(score, 2) for score in scores] == [
        row["Quality Score"] for row in shown
    ]


def test_psa(open_page: Opened) -> None:
    page = open_page("?tab=psa&period=7d")
    page.get_by_role("button", name="Table").click()
    shown = rows(table(page, "Daily trend"))[::-1]
    _, saved = downloaded(page)
    assert [(line["entries"], float(line["hours"])) for line in saved] == [
        (row["Entries"], float(row["Hours"].removesuffix(" h"))) for row in shown
    ]


def test_overview(open_page: Opened) -> None:
    page = open_page()
    card = page.get_by_role("heading", name="Sessions", exact=True).locator("..")
    expect(card).to_be_visible()
    _, saved = downloaded(page)
    values = {line["metric"]: line["value"] for line in saved}
    assert values["total_sessions"] == card.get_by_role("button").first.inner_text()
    resolution = page.get_by_role("heading", name="Resolution rate").locator("..").get_by_role("button")
    assert percent(number(values["resolution_rate"])) == resolution.inner_text()


def test_a_failed_download_says_so(open_page: Opened) -> None:
    page = open_page("?tab=coverage")
    table(page, "Domain coverage")
    page.route("**/coverage?*format=csv*", lambda route: route.abort())
    page.get_by_role("button", name="Download CSV").click()
    expect(page.get_by_text("Download failed")).to_be_visible()
