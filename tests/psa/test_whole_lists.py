"""That something is not in the PSA is believed only of a list that was read to its end."""

from typing import Any

import pytest

from deploy.sandbox.client import SandboxControls
from deploy.sandbox.faults import Fault, Plan
from services.psa import TicketRef
from services.psa import listing as listing_module
from services.psa.errors import UnavailableError
from services.psa.listing import Page, every_item
from services.psa.provider import ExternalRef
from tests.psa.clients import NOTE, STATUS, TICKET, TIME, connectwise, halo
from tests.psa.processes import Sandbox
from tests.psa.scripted import Said, scripted

TOKEN = Said(body={"access_token": "token-1", "expires_in": 3600})
TWO = [{"id": 1}, {"id": 2}]


def page(*ids: object, total: int | None = None, more: bool = False) -> Page:
    return Page([{"id": item} for item in ids], total, may_be_last=not more)


@pytest.mark.parametrize(
    ("pages", "count", "whole"),
    [
        pytest.param([page()], None, True, id="nothing at all"),
        pytest.param([page(1, 2), page(3), page()], None, True, id="up to an empty page"),
        pytest.param([page(1, 2, total=2)], None, True, id="as many as it says"),
        pytest.param([page(1, 2, total=3), page(3, total=3)], None, True, id="as many as it says, on two pages"),
        pytest.param([page(1, 2)], 2, True, id="as many as are counted"),
        pytest.param([page(1, 2, more=True), page(3)], 3, True, id="counted once the pages end"),
        pytest.param([page(1, 2), page(1, 2)], None, False, id="the same page again"),
        pytest.param([page(1, 2, total=3), page(total=3)], None, False, id="fewer than it says"),
        pytest.param([page(1, 2, total=0), page(total=0)], None, False, id="more than it says"),
        pytest.param([page(1, 2), page()], 3, False, id="fewer than are counted"),
        pytest.param([page(1, None, total=2), page(total=2)], None, False, id="an item without an id"),
        pytest.param([page(1, None, total=1), page(total=1)], None, False, id="an item without an id beside as many"),
        pytest.param([Page(["?"], 1), Page([], 1)], None, False, id="an item that is none"),
        pytest.param([page(1, 1, total=2), page(total=2)], None, False, id="one item twice"),
    ],
)
async def test_a_list_is_whole_or_an_error(
    pages: list[Page],
    count: int | None,
    whole: bool,  # noqa: FBT001  a case
) -> None:
    async def page_at(number: int) -> Page:
        return pages[number - 1]

    async def counted() -> int | None:
        return count

    items = every_item(page_at, count=counted)
    if whole:
        assert [item["id"] async for item in items] == sorted({item["id"] for page in pages for item in page.items})
    else:
        with pytest.raises(UnavailableError, match="cannot be read whole"):
            _ = [item async for item in items]


async def test_a_list_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing_module, "MAX_PAGES", 3)

    async def page_at(number: int) -> Page:
        return page(number)

    with pytest.raises(UnavailableError, match="3 of an unknown number"):
        _ = [item async for item in every_item(page_at)]


async def test_an_entry_is_found_on_whatever_page_it_is(sandbox: SandboxControls, sandbox_process: Sandbox) -> None:
    (ticket,) = sandbox.add_tickets()
    where = TicketRef(ticket)
    async with connectwise(sandbox_process.url) as provider:
        made = [await provider.add_note(where, NOTE, f"[fp:{number}]") for number in range(125)]
        assert await provider.find_by_correlation(where, NOTE, "[fp:0]") == made[0]
        assert await provider.find_by_correlation(where, NOTE, "[fp:124]") == made[124]
        assert await provider.find_by_correlation(where, NOTE, "[fp:125]") is None
    pages = [seen["query"].partition("&")[0] for seen in sandbox.requests() if seen["path"].endswith("/allNotes")]
    assert pages == ["page=1", "page=1", "page=2", "page=1", "page=2", "page=3"]


@pytest.mark.parametrize("pages_actions", [True, False], ids=["by pages", "by count"])
async def test_an_action_is_found_among_more_than_halo_serves_at_a_time(
    sandbox: SandboxControls,
    sandbox_process: Sandbox,
    pages_actions: bool,  # noqa: FBT001  a case
) -> None:
    sandbox.set_behaviour(pages_actions=pages_actions)
    (ticket,) = sandbox.add_tickets()
    where = TicketRef(ticket)
    async with halo(sandbox_process.url) as provider:
        made = [await provider.log_time(where, TIME, f"fp:{number}.") for number in range(125)]
        assert await provider.find_by_correlation(where, TIME, "fp:124.") == made[124]
        assert await provider.find_by_correlation(where, TIME, "fp:125.") is None


@pytest.mark.parametrize("psa", [connectwise, halo])
async def test_a_list_that_is_cut_proves_nothing(sandbox: SandboxControls, sandbox_process: Sandbox, psa: Any) -> None:  # noqa: ANN401  one of two makers of providers
    (ticket,) = sandbox.add_tickets()
    where = TicketRef(ticket)
    async with psa(sandbox_process.url) as provider:
        for number in range(4):
            await provider.log_time(where, TIME, f"fp:{number}")
        sandbox.set_faults(Plan(share=1, kinds=(Fault.CUT_LIST,)))
        with pytest.raises(UnavailableError, match="2 of 4 items"):
            await provider.find_by_correlation(where, TIME, "fp:9")


async def test_a_server_that_serves_fewer_at_a_time_than_it_is_asked_for_is_read_to_its_end() -> None:
    first = Said(body=[{"id": number} for number in range(25)])
    with scripted(first, Said(body={"count": 26}), Said(body=[{"id": 26, "internalNotes": "fp:26"}])) as psa:
        async with connectwise(psa.url) as provider:
            assert await provider.find_by_correlation(TICKET, TIME, "fp:26") == ExternalRef("26")
    assert [path.partition("?")[0].rpartition("/")[2] for _method, path in psa.calls[1:]] == [
        "entries",
        "count",
        "entries",
    ]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param({"actions": [], "record_count": 1}, id="empty, and says one"),
        pytest.param({"record_count": 0}, id="no list"),
        pytest.param({"actions": None, "record_count": 0}, id="null"),
        pytest.param([], id="another form"),
        pytest.param({"actions": TWO, "record_count": "2"}, id="the count as text"),
        pytest.param({"actions": TWO}, id="no count, and no end"),
    ],
)
async def test_an_answer_that_is_no_whole_list_of_actions_proves_nothing(said: object) -> None:
    with scripted(TOKEN, Said(body=said)) as psa:
        async with halo(psa.url) as provider:
            with pytest.raises(UnavailableError):
                await provider.find_by_correlation(TicketRef("1"), TIME, "fp:1")


@pytest.mark.parametrize("said", [{}, {"id": 1}, {"status_id": None}, {"status": {}}, {"status": "x"}, []])
@pytest.mark.parametrize("psa", [connectwise, halo])
async def test_a_ticket_without_its_status_does_not_say_that_it_has_another(psa: Any, said: object) -> None:  # noqa: ANN401  the same
    answers = [Said(body=said)] if psa is connectwise else [TOKEN, Said(body=said)]
    with scripted(*answers) as server:
        async with psa(server.url) as provider:
            with pytest.raises(UnavailableError):
                await provider.find_by_correlation(TicketRef("1"), STATUS, "fp:1")
