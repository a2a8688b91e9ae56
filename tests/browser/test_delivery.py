"""How the page arrives: what it loads and from where, what it keeps, and that it fits a phone."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, expect

from tests.api.running import RunningApi, token
from tests.browser.conftest import Opened
from tests.browser.reading import TABS, tab
from tests.browser.world import Team


def test_no_other_host_is_asked_for_anything(context: BrowserContext, api: RunningApi, world: Team) -> None:
    hosts: set[str] = set()
    context.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page = context.new_page()
    page.goto(f"{api.url}/#token={token(world.admin)}")
    for name in ("Coverage", "Flow Quality", "PSA"):
        tab(page, name).click()
        expect(page.get_by_role("tabpanel", name=name).get_by_role("button", name="Download CSV")).to_be_visible()
    assert hosts == {urlsplit(api.url).netloc}


def test_the_chart_code_waits_for_a_chart(open_page: Opened) -> None:
    page = open_page("?tab=coverage")
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url) if request.url.endswith(".js") else None)
    page.reload()
    expect(page.get_by_role("table", name="Domain coverage")).to_be_visible()
    assert not any("Chart" in script for script in scripts)
    tab(page, "PSA").click()
    expect(page.locator(".recharts-area-area").first).to_be_visible()
    assert any("Chart" in script for script in scripts)


def test_the_token_leaves_the_address_and_stays_in_the_session(open_page: Opened, world: Team) -> None:
    bearer = token(world.admin)
    page = open_page("?tab=psa", bearer=bearer)
    expect(page.get_by_role("heading", name="Push success funnel")).to_be_visible()
    assert "token" not in page.url
    assert page.evaluate("JSON.stringify(localStorage)").find(bearer) == -1
    assert page.evaluate("document.cookie") == ""
    assert bearer in page.evaluate("Object.values(sessionStorage)")
    page.reload()
    expect(page.get_by_role("heading", name="Push success funnel")).to_be_visible()


def test_a_new_link_in_the_same_window_signs_in_anew(open_page: Opened, world: Team) -> None:
    page = open_page(bearer=token(world.engineer))
    expect(page.get_by_role("alert")).to_contain_text("For team admins only")
    # It would replace another user's session, so the page asks first.
    page.once("dialog", lambda dialog: dialog.accept())
    page.evaluate("bearer => { location.hash = `token=${bearer}` }", token(world.admin))
    expect(page.get_by_text("Hours saved").first).to_be_visible()


def test_scripts_of_others_do_not_run(browser: Browser, api: RunningApi) -> None:
    # Not in the shared profile, where the browser's complaint about this script would fail the test.
    page = browser.new_page()
    page.goto(api.url)
    expect(page.get_by_role("tab").first).to_be_visible()
    page.evaluate(
        "const script = document.createElement('script'); script.textContent = 'window.ran = true';"
        "document.head.append(script)"
    )
    assert page.evaluate("window.ran") is None
    page.close()


def test_it_fits_a_phone(browser: Browser, api: RunningApi, world: Team) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740})
    page.goto(f"{api.url}/?compare=previous#token={token(world.admin)}")
    for name in TABS:
        tab(page, name).click()
        expect(page.get_by_role("tabpanel", name=name).get_by_role("button", name="Download CSV")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        for found in page.get_by_role("tab").all():
            box = found.bounding_box()
            assert box
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 360
    page.close()
