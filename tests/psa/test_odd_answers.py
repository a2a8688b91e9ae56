"""Answers that no PSA should give: what can be read decides, and what cannot costs the worker nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest

from deploy.sandbox.client import SandboxControls
from deploy.sandbox.faults import Fault, Plan
from services.psa import TicketRef, http
from services.psa.answer import MAX_BYTES, MAX_VALUES, NO_JSON, json_in
from services.psa.egress import EgressPolicy
from services.psa.errors import PsaError, UnavailableError, UnknownOutcomeError, ValidationError
from services.psa.provider import ExternalRef
from services.psa.transport import SIP_BYTES, PinnedTransport
from tests.psa.clients import NOTE, TICKET, TIME, connectwise, halo
from tests.psa.processes import Sandbox
from tests.psa.scripted import Said, scripted

ODD = (Fault.BYTE_ORDER_MARK, Fault.LATIN_1, Fault.SURROGATE, Fault.NAN)
COSTLY = (Fault.GZIP_BOMB, Fault.MANY_HEADERS, Fault.ENDLESS, Fault.CRUMBS)
LONGEST_HANG = 1.0
"""Seconds for which the event loop may stand still: on a busy machine, and a tenth of what the attacks took."""

psas = pytest.mark.parametrize("psa", [connectwise, halo])


@asynccontextmanager
async def no_hang() -> AsyncIterator[None]:
    """The other accounts' pushes go on in the meantime."""
    clock = asyncio.get_running_loop().time
    longest = 0.0

    async def tick() -> None:
        nonlocal longest
        while True:
            before = clock()
            await asyncio.sleep(0.01)
            longest = max(longest, clock() - before)

    ticking = asyncio.create_task(tick())
    yield
    ticking.cancel()
    assert longest < LONGEST_HANG


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b'\xef\xbb\xbf{"id": 7}', {"id": 7}),
        ('\ufeff{"id": 7}'.encode("utf-16"), {"id": 7}),
        (b'{"id": 7, "a": "caf\xe9"}', {"id": 7, "a": "caf\ufffd"}),
        (b'{"id": 7, "a": "\\ud83d"}', {"id": 7, "a": "\ud83d"}),
        (b'{"id": 7, "a": "\xed\xa0\xbd"}', {"id": 7, "a": "\ufffd" * 3}),
        (b'{"id": 7, "a": "two\nlines\x00"}', {"id": 7, "a": "two\nlines\0"}),
        (b'{"id": 7, "a": -Infinity}', {"id": 7, "a": float("-inf")}),
        (b'{"id": 7, "a": ' + b"9" * 5_000 + b"}", {"id": 7, "a": float("inf")}),
        (b' \r\n{"id": 7}\x00\x00', {"id": 7}),
        (b"", NO_JSON),
        (b"\xff\xfe", NO_JSON),
        (b'{"id": 7}<html>', NO_JSON),
        (b"[" * 90_000, NO_JSON),
    ],
)
def test_json_is_read_as_leniently_as_can_be(content: bytes, found: object) -> None:
    assert json_in(content) == found


@psas
async def test_odd_bytes_in_an_answer_decide_nothing(
    sandbox: SandboxControls,
    sandbox_process: Sandbox,
    psa: Any,  # noqa: ANN401  one of two makers of providers
) -> None:
    tickets = [TicketRef(ticket) for ticket in sandbox.add_tickets(len(ODD))]
    async with psa(sandbox_process.url) as provider:
        for ticket, fault in zip(tickets, ODD, strict=True):
            sandbox.set_faults(Plan(share=1, kinds=(fault,)))
            made = await provider.log_time(ticket, TIME, "fp:1")
            assert await provider.find_by_correlation(ticket, TIME, "fp:1") == made
            assert await provider.find_by_correlation(ticket, TIME, "fp:2") is None


@pytest.mark.parametrize("fault", COSTLY)
async def test_a_costly_answer_is_given_up_and_holds_up_nobody(
    sandbox: SandboxControls, sandbox_process: Sandbox, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    """The endless one by time, each of the others by its own bound."""
    monkeypatch.setattr(http, "CONNECT_SECONDS", 0.5)
    (ticket,) = sandbox.add_tickets()
    async with connectwise(sandbox_process.url, read_seconds=1 if fault is Fault.ENDLESS else 20) as provider:
        await provider.test_connection()
        async with asyncio.timeout(40), no_hang():
            sandbox.set_faults(Plan(next=(fault, fault)))
            with pytest.raises(UnknownOutcomeError):
                await provider.log_time(TicketRef(ticket), TIME, "fp:1")
            with pytest.raises(UnavailableError):
                await provider.find_by_correlation(TicketRef(ticket), TIME, "fp:2")
    assert len(sandbox.entries(ticket=ticket)) == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [(b" " * (MAX_BYTES + 1), "longer than"), (b"[" + b"{}," * MAX_VALUES + b"{}]", "more than 100000 values")],
    ids=["bytes", "values"],
)
async def test_a_large_answer_is_given_up_at_once(body: bytes, why: str) -> None:
    with scripted(Said(body=body)) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(UnavailableError, match=why):
                await provider.test_connection()
    assert len(psa.calls) == 2, "the codebase, and no second try"


async def test_provisional_answers_without_end_are_given_up_and_hold_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "CONNECT_SECONDS", 0.2)

    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            while True:
                writer.write(b"HTTP/1.1 102 \r\n\r\n" * 4_000)
                await writer.drain()

    async with await asyncio.start_server(flood, "127.0.0.1", 0) as server:
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with connectwise(address, read_seconds=0.5) as provider, no_hang():
            with pytest.raises(UnavailableError):
                await provider.test_connection()


async def test_an_answer_is_read_in_sips() -> None:
    """What is read at once is gone through at once."""
    with scripted(Said(body=b" " * 100_000)) as psa:
        transport = PinnedTransport(frozenset({psa.url}), EgressPolicy(sandbox=psa.url), httpx.Limits())
        async with httpx.AsyncClient(transport=transport) as client, client.stream("GET", psa.url) as answer:
            assert max([len(piece) async for piece in answer.aiter_raw()]) <= SIP_BYTES


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "br", "deflate", "zstd", "x-unknown"])
async def test_an_encoded_answer_is_not_read(encoding: str) -> None:
    with scripted(Said(201, {"id": 7}, {"Content-Encoding": encoding})) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(UnknownOutcomeError, match="without the entity"):
                await provider.add_note(TICKET, NOTE, "fp:1")


@pytest.mark.parametrize(
    "entity", [{"id": "7\0"}, {"id": "\ud800"}, {"id": True}, {"id": 7.5}, {"id": "x" * 300}, {"id": " "}]
)
async def test_an_entity_with_an_id_that_cannot_be_kept_is_looked_for_and_found(entity: dict[str, object]) -> None:
    with scripted(Said(201, entity), Said(body=[entity | {"internalNotes": "fp:1"}])) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(UnknownOutcomeError):
                await provider.log_time(TICKET, TIME, "fp:1")
            assert await provider.find_by_correlation(TICKET, TIME, "fp:1") == ExternalRef("")


async def test_a_cookie_is_not_kept() -> None:
    """Thousands of them would be, and sent back with every push."""
    with scripted(Said(body=[], headers={"Set-Cookie": "a=b; Path=/"})) as psa:
        async with connectwise(psa.url) as provider:
            for _ in range(2):
                await provider.test_connection()
    assert not any("cookie" in headers for _method, _path, headers, _body in psa.seen)


async def test_what_a_psa_says_can_be_stored_whatever_it_is() -> None:
    error = {"code": "X\0", "message": "half \ud83d, nothing \0, two\nlines " + "x" * 1_000}
    with scripted(Said(400, {"code": "InvalidObject", "errors": [error] * 50})) as psa:
        async with connectwise(psa.url) as provider:
            with pytest.raises(ValidationError) as raised:
                await provider.log_time(TICKET, TIME, "fp:1")
    said = str(raised.value)
    assert said.startswith("HTTP 400: half  , nothing  , two lines xxx")
    assert said.isprintable()
    assert len(said) == 500


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), -1, 0, True, 10**30])
async def test_a_token_of_an_odd_life_time_serves_one_push_at_least(seconds: float) -> None:
    token = Said(body={"access_token": "token-1", "expires_in": seconds})
    with scripted(token, Said(201, [{"id": 7}]), token, Said(201, [{"id": 8}])) as psa:
        async with halo(psa.url) as provider:
            assert (await provider.add_note(TicketRef("1"), NOTE, "fp:1")).id == "7"
            assert (await provider.add_note(TicketRef("1"), NOTE, "fp:2")).id == "8"
    assert [path for _method, path in psa.calls] == ["/auth/token", "/api/Actions"] * 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
async def test_a_gateway_before_halo_refuses_nothing_for_good(status: int) -> None:
    page = Said(status, "<html>no</html>")
    token = Said(body={"access_token": "token-1", "expires_in": 3600})
    with scripted(page) as psa:
        async with halo(psa.url) as provider:
            with pytest.raises(UnavailableError):
                await provider.add_note(TicketRef("1"), NOTE, "fp:1")
    with scripted(token, page, token, page) as psa:
        async with halo(psa.url) as provider:
            with pytest.raises(PsaError) as error:
                await provider.add_note(TicketRef("1"), NOTE, "fp:1")
    assert type(error.value) is UnknownOutcomeError
