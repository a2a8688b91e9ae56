"""Every number with a link opens a list of exactly so many sessions: all of them, on every tab."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Opened

LAST_SHOWN = {
    "overview": ("table", "Team"),
    "coverage": ("table", "Domain coverage"),
    "flow-quality": ("table", "Flow quality"),
    "psa": ("heading", "Daily trend"),
}
ZONE = ZoneInfo("Asia/Kathmandu")
LEAST_LINKS = {"overview": 46, "coverage": 32, "flow-quality": 24, "psa": 11}
"""Fewer would mean that the walk missed some."""

# Inside the page, for a hundred round trips take a minute.
WALK = """async () => {
  const until = async condition => {
    for (;;) {
      const found = condition();
      if (found) return found;
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  };
  const links = () => [...document.querySelectorAll('[role=tabpanel] button[aria-haspopup=dialog]')];
  const opened = [];
  for (let at = 0; at < links().length; at++) {
    const link = links()[at];
    link.click();
    const total = await until(() => document.querySelector('dialog[open] [data-total]'));
    opened.push({
      number: link.textContent,
      counted: Number(link.dataset.count ?? link.textContent.replace(/\\D/g, '')),
      listed: Number(total.dataset.total),
      title: document.querySelector('dialog[open] h2').textContent,
    });
    document.querySelector('dialog[open] [aria-label=Close]').click();
    await until(() => document.querySelector('dialog') === null);
  }
  return opened;
}"""


def _custom_range() -> str:
    """Days that begin elsewhere than the account's, and in the middle of its sessions."""
    today = datetime.now(ZONE).date()
    return f"from={today - timedelta(days=3)}&to={today - timedelta(days=1)}&tz={ZONE.key}"


@pytest.mark.parametrize("of", ["", f"&domain=Upper bounds&{_custom_range()}"], ids=["all", "a domain in a range"])
@pytest.mark.parametrize("name", LAST_SHOWN)
def test_the_list_behind_each_number_has_as_many(open_page: Opened, name: str, of: str) -> None:
    page = open_page(f"?tab={name}{of}")
    role, last = LAST_SHOWN[name]
    expect(page.get_by_role("table" if role == "table" else "heading", name=last)).to_be_visible()
    if name == "overview":
        expect(page.get_by_role("table", name="What new flows changed")).to_be_visible()
        expect(page.get_by_text("have a time entry")).to_be_visible()
    for fold in page.locator("[data-domain] button[aria-expanded]").all():
        fold.click()
    opened = page.evaluate(WALK)
    assert [number for number in opened if number["listed"] != number["counted"]] == []
    assert of or len(opened) >= LEAST_LINKS[name]
    assert any(number["listed"] for number in opened)


def test_each_count_of_flows_that_need_attention_shows_exactly_them(open_page: Opened) -> None:
    page = open_page("?tab=flow-quality")
    counts = page.locator("[data-reason]")
    expect(counts.first).to_be_visible()
    assert counts.first.get_attribute("data-reason") == "any", "the total too"
    for count in counts.all():
        count.click()
        expect(page.locator("tr[data-flow]")).to_have_count(int(count.get_attribute("data-count") or ""))
    page.get_by_role("button", name="Show all flows").click()
    assert page.locator("tr[data-flow]").count() > 10


def test_a_gap_opens_the_sessions_that_its_hours_are_made_of(open_page: Opened) -> None:
    page = open_page("?tab=coverage")
    gap = page.locator("[data-gap]").first
    # By hand: of its 20 ended sessions 5 are guided.
    expect(gap).to_contain_text("in 15 ended unguided sessions of 20 sessions")
    gap.get_by_role("button", name="15 ended unguided sessions").click()
    expect(page.get_by_role("dialog").get_by_role("heading")).to_contain_text("Ended sessions, not guided")
    expect(page.locator("[data-session]")).to_have_count(15)
