"""Lists, read to their end: that something is not in a list is known only when all of the list has been seen."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from services.psa.errors import UnavailableError
from services.psa.values import id_in

PAGE_SIZE: Final = 100
"""So that a page of long texts stays below the bounds of an answer."""
MAX_PAGES: Final = 100


@dataclass(frozen=True, slots=True)
class Page:
    """Some items of a list, as a server gave them."""

    items: list[Any]
    total: int | None = None
    """How many items the whole list has, where the server says so."""
    may_be_last: bool = True
    """Whether nothing in the page promises a further one."""


@dataclass(slots=True)
class _Seen:
    """The ids met so far."""

    ids: set[str] = field(default_factory=set)
    nameless: bool = False
    """Whether an item had no id, so that no one can say whether it came before."""

    def fresh(self, items: list[Any]) -> list[dict[str, Any]]:
        found = []
        for item in items:
            item_id = id_in(item)
            self.nameless |= item_id is None
            if isinstance(item, dict) and item_id not in self.ids:
                found.append(item)
            if item_id is not None:
                self.ids.add(item_id)
        return found


async def every_item(
    page_at: Callable[[int], Awaitable[Page]],
    *,
    count: Callable[[], Awaitable[int | None]] | None = None,
    at_once: Callable[[int], Awaitable[Page]] | None = None,
) -> AsyncIterator[dict[str, Any]]:
    """Yield every item of a list, each once; end without an error only where none is missing.

    The list is whole where its items are as many as the page's `total`, or `count`, says; where neither does, behind
    an empty page. `at_once` asks for so many items in one page, for a server that has no further ones.

    Raises:
        UnavailableError: the list is cut, repeats itself, or has items that cannot be told apart.
    """
    seen, total = _Seen(), None
    for number in range(1, MAX_PAGES + 1):
        page = await page_at(number)
        fresh = seen.fresh(page.items)
        for item in fresh:
            yield item
        if page.total is not None:
            total = page.total
        elif page.may_be_last and count is not None:
            counted = await count()
            total = total if counted is None else counted
        if not seen.nameless and (total == len(seen.ids) or (total is None and not page.items)):
            return
        if not fresh:
            break
    if at_once is not None and total is not None and total > len(seen.ids):
        for item in seen.fresh((await at_once(total)).items):
            yield item
        if not seen.nameless and total == len(seen.ids):
            return
    raise UnavailableError(f"the list cannot be read whole: {len(seen.ids)} of {total or 'an unknown number of'} items")
