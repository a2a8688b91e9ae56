"""The table of flows: order, places, badges, and what a score is made of."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.api.running import PATHS, RunningApi
from tests.browser.reading import NOTHING, headings, rounded, rows, show, table
from tests.browser.world import Team

TIMES = "\N{MULTIPLICATION SIGN}"
COLUMNS = ["Flow Name", "Domain", "Usage", "Success Rate", "Last Used", "Avg Confidence", "Quality Score"]


@pytest.fixture(scope="module")
def seen(shared_page: Callable[[str], Page]) -> Page:
    """A page to look at."""
    page = shared_page("?tab=flow-quality")
    table(page, "Flow quality")
    return page


@pytest.fixture
def page(seen: Page, context: BrowserContext) -> Page:
    """The same page, in its first order."""
    assert context
    show(seen, "?tab=flow-quality")
    table(seen, "Flow quality")
    return seen


@pytest.fixture
def answer(api: RunningApi, world: Team) -> dict[str, Any]:
    body: dict[str, Any] = api.get(PATHS["flow-quality"], world.admin).json()
    return body


def row_of(page: Page, flow: dict[str, Any]) -> Locator:
    return page.locator(f"tr[data-flow='{flow['flow_id']}']")


def order_of(page: Page) -> list[str | None]:
    order: list[str | None] = page.locator("tr[data-flow]").evaluate_all("rows => rows.map(row => row.dataset.flow)")
    return order


def ids(flows: list[dict[str, Any]]) -> list[str]:
    return [flow["flow_id"] for flow in flows]


def test_it_has_the_columns_of_the_design_on_a_glass_card(seen: Page) -> None:
    assert headings(table(seen, "Flow quality")) == COLUMNS
    expect(
        seen.locator(".glass-card-static").filter(has=seen.get_by_role("table", name="Flow quality"))
    ).to_be_visible()


@pytest.mark.parametrize(
    ("column", "sort"), [("Quality Score", "quality"), ("Usage", "usage"), ("Success Rate", "success_rate")]
)
def test_the_services_own_orders_are_shown_as_sent(
    page: Page, api: RunningApi, world: Team, column: str, sort: str
) -> None:
    if sort != "quality":
        with page.expect_request(lambda request: f"sort={sort}" in request.url):
            page.get_by_role("button", name=column, exact=True).click()
    expect(page.get_by_role("columnheader", name=column)).to_have_attribute("aria-sort", "descending")
    expect(page.locator("[aria-busy=false]")).to_be_visible()
    assert order_of(page) == ids(api.get(PATHS["flow-quality"], world.admin, {"sort": sort}).json()["flows"])


@pytest.mark.parametrize(
    ("column", "field", "presses"),
    [
        ("Usage", "usage_count", 2),
        ("Success Rate", "success_rate", 2),
        ("Last Used", "last_matched_at", 1),
        ("Avg Confidence", "avg_confidence", 1),
        ("Quality Score", "quality_score", 1),
    ],
)
def test_it_sorts_by_every_column_both_ways_with_nothing_last(
    page: Page, answer: dict[str, Any], column: str, field: str, presses: int
) -> None:
    for _ in range(presses):
        page.get_by_role("button", name=column, exact=True).click()
    ascending = presses == 2 or column == "Quality Score"
    expect(page.get_by_role("columnheader", name=column)).to_have_attribute(
        "aria-sort", "ascending" if ascending else "descending"
    )
    by_id = {flow["flow_id"]: flow[field] for flow in answer["flows"]}
    values = [by_id[flow] for flow in order_of(page) if flow]
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=not ascending)
    assert values == known + [None] * (len(values) - len(known))
    assert len(values) == len(answer["flows"])


def test_it_sorts_by_name(page: Page) -> None:
    page.get_by_role("button", name="Flow Name").click()
    names = [row["Flow Name"].split("\n")[0] for row in rows(table(page, "Flow quality"))]
    assert names == sorted(names, key=lambda name: (not name.startswith("="), name.lower()))


def test_the_best_and_the_worst_five_are_marked(seen: Page, answer: dict[str, Any]) -> None:
    assert len(answer["top_performers"]) == len(answer["bottom_performers"]) == 5
    for place, colour in (("top", "bg-emerald-400/10"), ("bottom", "bg-rose-500/10")):
        found = {
            row.get_attribute("data-flow")
            for row in seen.locator("tr[data-flow]").all()
            if colour in (row.get_attribute("class") or "").split()
        }
        assert found == set(ids(answer[f"{place}_performers"]))
        for rank, flow in enumerate(answer[f"{place}_performers"], 1):
            expect(row_of(seen, flow)).to_contain_text(f"{place.title()} {rank}")


def test_needs_attention_says_why(seen: Page, answer: dict[str, Any], world: Team) -> None:
    words = {
        "low_success_rate": "success below 50%",
        "never_matched": "never matched",
        "unused_30_days": "unused 30+ days",
    }
    reasons = {flow["flow_id"]: flow["reasons"] for flow in answer["needs_attention"]}
    assert reasons[str(world.never_matched)] == ["never_matched"]
    assert reasons[str(world.unused)] == ["unused_30_days"]
    for flow in answer["flows"]:
        row = row_of(seen, flow)
        if flow["flow_id"] in reasons:
            told = ", ".join(words[reason] for reason in reasons[flow["flow_id"]])
            expect(row).to_contain_text(f"Needs attention: {told}")
        else:
            expect(row).not_to_contain_text("Needs attention")


def test_archived_flows_and_low_samples_are_told_apart(seen: Page, answer: dict[str, Any], world: Team) -> None:
    expect(seen.locator(f"tr[data-flow='{world.archived}']")).to_contain_text("Archived")
    low = [flow for flow in answer["flows"] if flow["low_sample"]]
    assert low
    for flow in low:
        assert "text-muted" in (row_of(seen, flow).get_attribute("class") or "")


def test_a_score_shows_its_parts_and_interval(seen: Page, answer: dict[str, Any]) -> None:
    flow = answer["top_performers"][0]
    row = row_of(seen, flow)
    row.get_by_role("button").last.focus()
    tip = seen.get_by_role("tooltip")
    interval = flow["success_interval"]
    for text in (
        f"0.5 {TIMES} success",
        f"0.3 {TIMES} guided",
        f"0.2 {TIMES} recency",
        f"= {rounded(flow['quality_score'], 2)}",
    ):
        expect(tip).to_contain_text(text)
    expect(tip).to_contain_text(f"{rounded(interval['low'] * 100, 0)}{NOTHING}{rounded(interval['high'] * 100, 0)}%")


def test_a_name_opens_the_editor(page: Page, answer: dict[str, Any]) -> None:
    flow = answer["flows"][0]
    row_of(page, flow).get_by_role("button", name=flow["name"]).click()
    expect(page.get_by_role("dialog")).to_contain_text(flow["flow_id"])
    page.keyboard.press("Escape")
