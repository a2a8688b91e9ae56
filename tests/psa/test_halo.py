"""HaloPSA, against the sandbox's Halo side."""

import pytest

from deploy.sandbox.client import SandboxControls
from deploy.sandbox.faults import Fault, Plan
from services.psa import Note, TicketRef
from services.psa.errors import AuthenticationError, UnavailableError, UnknownOutcomeError, ValidationError
from tests.psa.clients import NOTE, STATUS, TIME, halo
from tests.psa.processes import Sandbox
from tests.psa.scripted import Said, scripted

TOKEN = Said(body={"access_token": "token-1", "expires_in": 3600})


async def test_time_and_its_note_are_one_action(sandbox: SandboxControls, sandbox_process: Sandbox) -> None:
    (ticket,) = sandbox.add_tickets()
    async with halo(sandbox_process.url) as provider:
        made = await provider.log_time(TicketRef(ticket), TIME, "fp:7c1e")
        assert await provider.find_by_correlation(TicketRef(ticket), TIME, "fp:7c1e") == made
        assert await provider.find_by_correlation(TicketRef(ticket), TIME, "fp:other") is None
    (entry,) = sandbox.entries(ticket=ticket)
    assert (entry["kind"], entry["hours"]) == ("time", 0.75)
    (sent,) = [
        request["body"] for request in sandbox.requests() if request["path"] == "/api/Actions" and request["body"]
    ]
    assert sent == [
        {
            "ticket_id": int(ticket),
            "outcome": "Time",
            "note": "Reset the MFA\n\n[fp:7c1e]",
            "hiddenfromuser": True,
            "sendemail": False,
            "timetaken": 0.75,
            "actionarrivaldate": "2026-07-29T20:00:30Z",
            "actioncompletiondate": "2026-07-29T20:45:30Z",
            "who_agentid": 154,
        }
    ]


async def test_a_note_is_an_action_without_time_and_a_status_is_set(
    sandbox: SandboxControls, sandbox_process: Sandbox
) -> None:
    (ticket,) = sandbox.add_tickets()
    where = TicketRef(ticket)
    async with halo(sandbox_process.url) as provider:
        await provider.test_connection()
        await provider.add_note(where, Note(text="n", visibility="public"), "fp:1")
        assert await provider.find_by_correlation(where, STATUS, "fp:2") is None
        await provider.set_status(where, STATUS)
        assert await provider.find_by_correlation(where, STATUS, "fp:2") is not None
    assert [entry["kind"] for entry in sandbox.entries(ticket=ticket)] == ["note", "status"]


async def test_a_dropped_action_is_unknown_and_one_on_no_ticket_is_refused(
    sandbox: SandboxControls, sandbox_process: Sandbox
) -> None:
    (ticket,) = sandbox.add_tickets()
    async with halo(sandbox_process.url) as provider:
        await provider.test_connection()
        sandbox.set_faults(Plan(next=(Fault.DROP_AFTER,)))
        with pytest.raises(UnknownOutcomeError):
            await provider.add_note(TicketRef(ticket), NOTE, "fp:1")
        with pytest.raises(ValidationError):
            await provider.add_note(TicketRef("1"), NOTE, "fp:1")


async def test_a_revoked_token_is_replaced_once() -> None:
    with scripted(TOKEN, Said(401, ""), TOKEN, Said(201, [{"id": 7}])) as psa:
        async with halo(psa.url) as provider:
            assert (await provider.add_note(TicketRef("1"), NOTE, "fp:1")).id == "7"
    assert [path for _method, path in psa.calls] == ["/auth/token", "/api/Actions"] * 2


async def test_a_server_that_repeats_the_token_does_not_put_it_into_the_error() -> None:
    with scripted(TOKEN, Said(400, {"message": "no token-1 here"})) as psa:
        async with halo(psa.url) as provider:
            with pytest.raises(ValidationError, match=r"no \*\*\* here"):
                await provider.add_note(TicketRef("1"), NOTE, "fp:1")


@pytest.mark.parametrize(
    ("said", "error"),
    [
        pytest.param(Said(401, {"error": "invalid_client"}), AuthenticationError, id="wrong secret"),
        pytest.param(Said(400, {"error": "invalid_client"}), AuthenticationError, id="wrong secret as 400"),
        pytest.param(Said(500, ""), UnavailableError, id="500"),
        pytest.param(Said(200, {"no": "token"}), UnavailableError, id="no token"),
        pytest.param(
            Said(200, {"access_token": "a\nb", "expires_in": 60}), UnavailableError, id="a token of two lines"
        ),
    ],
)
async def test_without_a_token_nothing_is_sent(said: Said, error: type[Exception]) -> None:
    with scripted(said) as psa:
        async with halo(psa.url) as provider:
            with pytest.raises(error):
                await provider.add_note(TicketRef("1"), NOTE, "fp:1")
    assert {path for _method, path in psa.calls} == {"/auth/token"}
