"""How the page arrives: what it loads and from where, and what it keeps."""

from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Dialog, expect

from tests.api.running import RunningApi, token
from tests.browser.conftest import Opened
from tests.browser.reading import expect_drawn, tab, wait_until_noted
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
    expect_drawn(page.locator(".recharts-area-area").first)
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


def test_a_link_of_another_user_replaces_no_session_unasked(open_page: Opened, world: Team) -> None:
    page = open_page("?tab=psa")
    numbers = page.get_by_role("heading", name="Push success funnel")
    expect(numbers).to_be_visible()
    questions: list[str] = []

    def answer(*, yes: bool) -> None:
        def on_dialog(dialog: Dialog) -> None:
            questions.append(dialog.message)
            dialog.accept() if yes else dialog.dismiss()

        page.once("dialog", on_dialog)

    stranger = token(world.engineer)
    address = page.url
    answer(yes=False)
    page.evaluate("bearer => { location.hash = `token=${bearer}` }", stranger)
    wait_until_noted(page, lambda: len(questions) == 1)
    answer(yes=False)
    page.goto(f"{address}&period=7d#token={stranger}")
    expect(numbers).to_be_visible()
    assert len(questions) == 2
    assert "another user" in questions[0]
    assert stranger not in page.evaluate("Object.values(sessionStorage)")
    assert "token" not in page.url

    answer(yes=True)
    page.evaluate("bearer => { location.hash = `token=${bearer}` }", stranger)
    expect(page.get_by_role("alert")).to_contain_text("For team admins only")
    assert len(questions) == 3


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
