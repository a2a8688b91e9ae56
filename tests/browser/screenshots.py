"""`python -m tests.browser.screenshots`: the tabs and the printed report in docs/screenshots/, from the demo stack.

Starts the demo (months of simulated history) and stops it again; `PAGE_URL`, when set, names a page that runs already.
"""

import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser import chromium
from tests.infra.waiting import wait_until

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
READY_SECONDS = 600
MOST_PIXELS_HIGH = 2600
TABS = {"overview": "Overview", "coverage": "Coverage", "flow-quality": "Flow Quality", "psa": "PSA"}
# The report's paper, and how many of its sheets are shown.
PAPERS = {"A4": 3, "Letter": 1}
SHEET_DPI = 80
# Name: width, theme. The phone shows the dark theme.
LOOKS: dict[str, tuple[int, str]] = {"light": (1280, "light"), "dark": (1280, "dark"), "phone": (360, "dark")}


def main() -> int:
    path = chromium.find()
    if path is None:
        sys.stderr.write(f"{chromium.HOW_TO_GET_ONE}\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _page_url() as url, chromium.launched(path) as browser:
        for look in LOOKS:
            for tab in TABS:
                _take(browser, url, tab, look)
        for paper, sheets in PAPERS.items():
            _print(browser, url, paper, sheets)
    return 0


def _print(browser: Browser, url: str, paper: str, sheets: int) -> None:
    """Print the report as a reader does, and turn its first sheets into pictures."""
    address, _, fragment = url.partition("#")
    page = browser.new_page(color_scheme="dark")
    page.goto(f"{address}?report=1&period=90d#{fragment}")
    expect(page.get_by_role("article", name="Report")).to_be_visible(timeout=60_000)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.pdf"
        page.pdf(path=file, format=paper, print_background=True)
        picture = FOLDER / f"report-{paper.lower()}"
        arguments = ["-r", str(SHEET_DPI), "-l", str(sheets), "-png", str(file), str(picture)]
        subprocess.run(["pdftoppm", *arguments], check=True)
    page.close()
    for sheet in sorted(FOLDER.glob(f"{picture.name}-*.png")):
        sheet.rename(FOLDER / re.sub(r"-0+(\d+\.png)$", r"-\1", sheet.name))


def _take(browser: Browser, url: str, tab: str, look: str) -> None:
    width, theme = LOOKS[look]
    address, _, fragment = url.partition("#")
    page = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page.emulate_media(color_scheme="light" if theme == "light" else "dark")
    page.goto(f"{address}?tab={tab}&compare=previous#{fragment}")
    _wait_until_settled(page, tab)
    page.set_viewport_size({"width": width, "height": min(_height(page), MOST_PIXELS_HIGH)})
    file = FOLDER / f"{tab}-{look}.png"
    # The first has the browser paint what lay below the window; on a busy machine it does not wait for all of that.
    page.screenshot(animations="disabled")
    page.screenshot(path=file, animations="disabled")
    page.close()
    sys.stdout.write(f"{file.relative_to(FOLDER.parents[1])}  {file.stat().st_size // 1024} kB\n")


def _wait_until_settled(page: Page, tab: str) -> None:
    panel = page.get_by_role("tabpanel", name=TABS[tab])
    expect(panel.get_by_role("button", name="Download CSV")).to_be_visible(timeout=60_000)
    if tab == "overview":
        expect(panel.get_by_text("have a time entry")).to_be_visible(timeout=60_000)
        expect(panel.get_by_role("table", name="Team")).to_be_visible(timeout=60_000)
        expect(panel.locator(".recharts-line-curve").last).to_be_visible(timeout=60_000)
    if tab == "psa":
        expect(panel.locator(".recharts-area-area").first).to_be_visible(timeout=60_000)
    page.evaluate("document.fonts.ready")


def _height(page: Page) -> int:
    height: int = page.evaluate("document.querySelector('.fpa-root').scrollHeight")
    return height


@contextmanager
def _page_url() -> Iterator[str]:
    running = os.environ.get("PAGE_URL")
    if running:
        yield running
        return
    with tempfile.TemporaryDirectory() as folder:
        env_file = Path(folder) / "env"
        demo = subprocess.Popen([sys.executable, "-m", "deploy.embedded", "--env-file", str(env_file)])
        try:
            wait_until(lambda: env_file.exists() or demo.poll() is not None, "the demo's start", READY_SECONDS)
            if demo.poll() is not None:
                raise SystemExit("the demo did not start: see above")
            yield _variables(env_file)["PAGE_URL"]
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.wait(60)


def _variables(env_file: Path) -> dict[str, str]:
    lines = shlex.split(env_file.read_text(encoding="utf-8"), comments=True)
    return dict(line.split("=", 1) for line in lines)


if __name__ == "__main__":
    sys.exit(main())
