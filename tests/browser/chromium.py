"""The Chromium of the machine: found, never downloaded."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

# The first needs half the time: it has no windows.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_ONE = "no Chromium found: `apt-get install chromium-headless-shell`, or set CHROMIUM to the path of one"

FLAGS = [
    # Containers run as root, where Chromium's own sandbox does not start; it opens nothing but our page.
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
    # Pages one after the other: a process for each is half of a short test.
    "--renderer-process-limit=1",
]


def find() -> Path | None:
    """The path of an installed Chromium, or None."""
    wanted = os.environ.get("CHROMIUM")
    candidates = [wanted] if wanted else NAMES
    return next((Path(found) for name in candidates if (found := shutil.which(name))), None)


@contextmanager
def launched(path: Path) -> Iterator[Browser]:
    """A headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()
