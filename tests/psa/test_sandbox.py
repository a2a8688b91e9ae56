"""The sandbox itself, where the other tests do not show it."""

import asyncio
from pathlib import Path

import pytest

from deploy.sandbox import misbehave
from deploy.sandbox.company import Company
from deploy.sandbox.faults import Fault, Plan
from deploy.sandbox.misbehave import Message, Misbehaving, Receive, Scope, Send
from deploy.sandbox.settings import Keys
from deploy.sandbox.store import Store
from services.psa import TicketRef
from tests.psa.clients import NOTE, STATUS, TIME, connectwise
from tests.psa.processes import Sandbox, running_sandbox


async def test_what_it_accepted_is_there_after_a_kill(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as sandbox:
        (ticket,) = sandbox.controls.add_tickets(label="demo")
        async with connectwise(sandbox.url) as provider:
            await provider.log_time(TicketRef(ticket), TIME, "fp:1")
            await provider.add_note(TicketRef(ticket), NOTE, "fp:2")
            await provider.set_status(TicketRef(ticket), STATUS)
        before = sandbox.controls.entries()
        sandbox.kill()
        sandbox.start()
        assert sandbox.controls.entries() == before
        counts = sandbox.controls.counts("demo")
        async with connectwise(sandbox.url) as provider:
            assert await provider.find_by_correlation(TicketRef(ticket), TIME, "fp:1") is not None
            assert await provider.find_by_correlation(TicketRef(ticket), STATUS, "fp:3") is not None
    assert {name: counts[name] for name in ("tickets", "time_entries", "notes", "status_changes", "hours")} == {
        "tickets": 1,
        "time_entries": 1,
        "notes": 1,
        "status_changes": 1,
        "hours": 0.75,
    }


@pytest.mark.parametrize("kind", [None, Fault.TIMEOUT_LATE])
async def test_however_slow_it_answers_a_request_is_carried_out_by_the_latest_moment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: Fault | None
) -> None:
    """Or a look-up that waits for longer than that would not find it."""
    monkeypatch.setattr(misbehave, "LATEST_SECONDS", 0.2)
    clock = asyncio.get_running_loop().time
    began, done = clock(), asyncio.Event()
    asked: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def application(_scope: Scope, _receive: Receive, send: Send) -> None:
        assert clock() - began < 0.5
        done.set()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        if asked:
            return asked.pop()
        await asyncio.wait_for(done.wait(), 2)
        return {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        assert clock() - began >= 0.8

    store = Store(tmp_path)
    company = Company(Keys("c", "p", "k", "i"), store)
    company.faults.set(Plan(next=(kind,), latency_ms=800, late_seconds=5))
    scope = {"type": "http", "method": "POST", "path": "/x", "query_string": b"", "headers": []}
    await Misbehaving(application, company)(scope, receive, send)
    assert done.is_set()
    store.close()


@pytest.mark.parametrize("label", ["demo", "other"])
def test_counts_are_by_label(sandbox_process: Sandbox, label: str) -> None:
    before = sandbox_process.controls.counts(label)["tickets"]
    sandbox_process.controls.add_tickets(3, label=label)
    assert sandbox_process.controls.counts(label)["tickets"] == before + 3
