"""Reading the page as a person does: tables by their headings, requests by the question they ask."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, Request, Route, expect

from tests.api.running import BASE
from tests.infra.waiting import wait_until

NOTHING = "\N{EN DASH}"
"""What stands for no value."""

TABS = ("Overview", "Coverage", "Flow Quality", "PSA")


def wait_until_noted(page: Page, condition: Callable[[], bool]) -> None:
    """Lets the page go on until the condition holds: what a route handler notes comes only while it does."""
    wait_until(condition, "what a route handler notes", 5, sleep=lambda seconds: page.wait_for_timeout(seconds * 1000))


def hold(page: Page, pattern: str) -> list[Route]:
    """Requests that get no answer from now on, until the test lets one go."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        held.append(route)

    page.route(pattern, keep)
    return held


def question_of(url: str) -> str | None:
    """`overview`, `coverage`, ...; None for anything but the API's questions."""
    path = urlsplit(url).path
    if not path.startswith(BASE):
        return None
    return path.removeprefix(BASE).strip("/") or "overview"


def parameters_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


class Requests:
    """The questions that a page asks from now on."""

    def __init__(self, page: Page) -> None:
        self.sent: list[Request] = []
        page.on("request", lambda request: self.sent.append(request) if question_of(request.url) else None)

    @property
    def questions(self) -> list[str | None]:
        return [question_of(request.url) for request in self.sent]

    def clear(self) -> None:
        self.sent.clear()


def show(page: Page, query: str) -> None:
    """Another address of the page that is open, as the back button would bring it: nothing is loaded anew."""
    page.evaluate(
        """query => {
             history.pushState({}, '', location.pathname + query);
             dispatchEvent(new PopStateEvent('popstate'));
           }""",
        query,
    )


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("tab", name=name, exact=True)


def expect_drawn(line: Locator) -> None:
    """Wait for a line or area of a chart. A level line has no height, and so never counts as visible."""
    expect(line).to_have_attribute("d", re.compile(r"^M\S+"), timeout=60_000)


def table(page: Page, name: str) -> Locator:
    found = page.get_by_role("table", name=name)
    expect(found).to_be_visible()
    return found


def headings(found: Locator) -> list[str]:
    return [text.strip() for text in found.locator("thead th").all_inner_texts()]


def rows(found: Locator) -> list[dict[str, str]]:
    """Every body row by heading, as printed."""
    names = headings(found)
    cells = found.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.children].map(cell => cell.innerText.trim()))"
    )
    return [dict(zip(names, row, strict=True)) for row in cells]


def percent(rate: float | None) -> str:
    """A rate, as the page prints it away from the bounds of a colour."""
    return NOTHING if rate is None else f"{rounded(rate * 100, 0)}%"


def rounded(value: float, digits: int) -> str:
    """Half away from zero, as people round and the page does."""
    return str(Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))
