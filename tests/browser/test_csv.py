"""The download holds what the tab shows, table under table; the first reads as the service's own file."""

import csv
import io
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.api.running import PATHS, RunningApi
from tests.browser.conftest import Opened
from tests.browser.reading import NOTHING, percent, rounded, rows, table
from tests.browser.world import Team

Rows = list[dict[str, str]]


def downloaded(page: Page) -> tuple[str, Rows]:
    """The file's name, and its first table."""
    name, tables = downloaded_tables(page)
    return name, tables[""]


def downloaded_tables(page: Page) -> tuple[str, dict[str, Rows]]:
    """The file's name, and all its tables by title; the first has none."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    path = Path(download.value.path())
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return download.value.suggested_filename, tables_in(list(csv.reader(file)))


def tables_in(lines: list[list[str]]) -> dict[str, Rows]:
    """An empty line ends a table; the line after it is the next one's title."""
    tables: dict[str, Rows] = {}
    for at, block in enumerate(
        blocks := [list(block) for empty, block in groupby(lines, key=lambda line: not line) if not empty]
    ):
        title = "" if at == 0 else block.pop(0)[0]
        header, *rows_of_it = block
        tables[title] = [dict(zip(header, row, strict=True)) for row in rows_of_it]
    assert len(tables) == len(blocks), "each table has a title of its own"
    return tables


def number(text: str) -> float | None:
    return float(text) if text else None


def as_values(lines: Rows) -> list[dict[str, Any]]:
    """Numbers by value: 1 and 1.0 are the same raw number."""
    return [{name: _value(text) for name, text in line.items()} for line in lines]


def _value(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


@pytest.mark.parametrize("question", ["overview", "coverage", "flow-quality", "psa"])
def test_it_begins_with_the_file_that_the_service_would_send(
    at: Opened, api: RunningApi, world: Team, question: str
) -> None:
    # A finished period, so that both mean the same instants.
    period = {"from": "2026-01-01", "to": "2026-01-31"} if question == "psa" else {"period": "7d"}
    page = at(f"?tab={question}&{'&'.join(f'{name}={value}' for name, value in period.items())}")
    _, saved = downloaded(page)
    sent = api.get(PATHS[question], world.admin, {**period, "format": "csv"}).content.decode("utf-8-sig")
    expected = list(csv.DictReader(io.StringIO(sent, newline="")))
    assert [name for name in saved[0] if name in expected[0]] == list(expected[0])
    shared = [{name: line[name] for name in expected[0]} for line in saved]
    assert as_values(shared) == as_values(expected)


def test_coverage_in_the_order_on_screen(at: Opened) -> None:
    page = at("?tab=coverage&domain_sort=escalation&domain_dir=asc")
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


@pytest.mark.parametrize("order", ["sort=usage", "sort=name&dir=asc", "sort=confidence"])
def test_flow_quality_in_the_order_on_screen(at: Opened, order: str) -> None:
    page = at(f"?tab=flow-quality&{order}")
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


def test_psa(at: Opened) -> None:
    page = at("?tab=psa&period=7d")
    page.get_by_role("button", name="Table").click()
    shown = rows(table(page, "Daily trend"))
    _, saved = downloaded(page)
    assert [(line["entries"], float(line["hours"])) for line in saved] == [
        (row["Entries"], float(row["Hours"].removesuffix(" h"))) for row in shown
    ]


def test_overview(at: Opened) -> None:
    page = at()
    card = page.get_by_role("heading", name="Sessions", exact=True).locator("..")
    expect(card).to_be_visible()
    _, saved = downloaded(page)
    values = {line["metric"]: line["value"] for line in saved}
    assert values["total_sessions"] == card.get_by_role("button").first.inner_text()
    resolution = page.get_by_role("heading", name="Resolution rate").locator("..").get_by_role("button")
    assert percent(number(values["resolution_rate"])) == resolution.inner_text()
