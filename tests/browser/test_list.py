"""The list of sessions lies in the address, sorts, and can be taken along."""

import csv
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.api.running import PATHS, RunningApi
from tests.browser.conftest import Opened
from tests.browser.reading import parameters_of, rows, tab
from tests.browser.world import Team

COLUMNS = ["Started", "Domain", "Status", "Tier", "Engineer", "Flow", "Duration", "Hours", "Rating", "Ticket"]


def _open_unlogged(page: Page) -> None:
    card = page.get_by_role("heading", name="Sessions not logged").locator("..")
    card.get_by_role("button").first.click()
    expect(page.get_by_role("dialog").locator("[data-session]").first).to_be_visible()


def _downloaded(page: Page) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download list").click()
    path = Path(download.value.path())
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_it_is_in_the_address_and_back_closes_it(open_page: Opened) -> None:
    page = open_page("?tab=psa")
    _open_unlogged(page)
    expect(page).to_have_url(re.compile("list=unlogged%3Dtrue"))
    page.reload()
    expect(page.get_by_role("dialog").locator("[data-session]").first).to_be_visible()
    page.go_back()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Push success funnel")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("dialog")).to_be_visible()

    # A ticket opens where the application can.
    ticket = page.locator("[data-session]").first.get_by_role("button", name=re.compile("T-"))
    number = ticket.inner_text()
    ticket.click()
    expect(page.get_by_role("dialog", name="Open the ticket")).to_contain_text(number)


def test_one_back_after_closing_leaves_what_was_under_it(open_page: Opened) -> None:
    page = open_page("?tab=coverage")
    tab(page, "PSA").click()
    for close in ("the button", "Escape", "Escape after sorting and loading anew"):
        _open_unlogged(page)
        if close.startswith("Escape after"):
            page.get_by_role("dialog").get_by_role("button", name="Hours").click()
            page.reload()
            expect(page.get_by_role("dialog").locator("[data-session]").first).to_be_visible()
        if close == "the button":
            page.get_by_role("dialog").get_by_role("button", name="Close").click()
        else:
            page.keyboard.press("Escape")
        expect(page).to_have_url(re.compile("tab=psa$"))
        expect(page.locator("dialog")).to_have_count(0)
    page.get_by_role("button", name="Report").click()
    page.get_by_role("button", name="Back to the tabs").click()
    expect(tab(page, "PSA")).to_have_attribute("aria-selected", "true")
    page.go_back()
    expect(tab(page, "Coverage")).to_have_attribute("aria-selected", "true")


def test_closing_what_a_link_opened_stays_on_the_page(open_page: Opened) -> None:
    page = open_page("?tab=psa&list=unlogged%3Dtrue")
    expect(page.get_by_role("dialog").locator("[data-session]").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("tab=psa$"))
    expect(page.locator("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Push success funnel")).to_be_visible()


def test_it_comes_page_by_page_and_gives_the_focus_back(open_page: Opened, world: Team) -> None:
    page = open_page()
    number = page.get_by_role("heading", name="Sessions", exact=True).locator("..").get_by_role("button").first
    expect(number).to_have_text(str(world.session_count))
    number.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("[data-session]")).to_have_count(50)
    dialog.get_by_role("button", name="Load more").click()
    expect(dialog.locator("[data-session]")).to_have_count(world.session_count)
    sessions = dialog.locator("[data-session]").evaluate_all("rows => rows.map(row => row.dataset.session)")
    assert len(set(sessions)) == world.session_count
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(number).to_be_focused()


def test_it_shows_who_what_how_long_sorts_all_of_it_and_can_be_taken_along(
    open_page: Opened, api: RunningApi, world: Team
) -> None:
    page = open_page("?list=all")
    found = page.get_by_role("dialog").get_by_role("table")
    expect(found).to_be_visible()
    assert [heading.split("\n")[0] for heading in found.locator("thead th").all_inner_texts()] == COLUMNS
    expect(page.locator("[data-session]")).to_have_count(50)
    whole_file = _downloaded(page)
    found.get_by_role("button", name="Duration").click()
    # More than one page of them: to sort, all are read.
    expect(page.locator("[data-session]")).to_have_count(world.session_count)
    expect(page).to_have_url(re.compile("list_sort=duration"))
    answer = api.get(PATHS["sessions"], world.admin, {"limit": "200"}).json()
    assert [line["session_id"] for line in whole_file] == [session["session_id"] for session in answer["sessions"]]
    known = sorted(
        (s["duration_minutes"] for s in answer["sessions"] if s["duration_minutes"] is not None), reverse=True
    )
    order = page.locator("[data-session]").evaluate_all("rows => rows.map(row => row.dataset.session)")
    by_id = {session["session_id"]: session for session in answer["sessions"]}
    durations = [by_id[session]["duration_minutes"] for session in order]
    assert durations[: len(known)] == known
    assert set(durations[len(known) :]) == {None}
    first = rows(found)[0]
    assert first["Engineer"] == (by_id[order[0]]["engineer"] or "\N{EN DASH}")
    assert first["Flow"] == by_id[order[0]]["flow_name"]
    assert first["Rating"] == str(by_id[order[0]]["rating"])
    sorted_file = _downloaded(page)
    assert [line["session_id"] for line in sorted_file] == order
    assert list(sorted_file[0]) == list(whole_file[0]), "as the service writes it"


def test_it_follows_the_period_of_the_page(open_page: Opened) -> None:
    page = open_page("?tab=psa&period=7d&tz=Asia/Kathmandu&domain=Upper%20bounds")
    expect(page.get_by_role("heading", name="Push success funnel")).to_be_visible()
    with page.expect_request("**/sessions?*") as asked:
        page.locator("[data-stage=total_sessions]").get_by_role("button").first.click()
    assert parameters_of(asked.value.url) == {"period": "7d", "tz": "Asia/Kathmandu", "domain": "Upper bounds"}
