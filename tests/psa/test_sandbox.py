"""The sandbox itself, where the other tests do not show it."""

from pathlib import Path

import pytest

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


@pytest.mark.parametrize("label", ["demo", "other"])
def test_counts_are_by_label(sandbox_process: Sandbox, label: str) -> None:
    before = sandbox_process.controls.counts(label)["tickets"]
    sandbox_process.controls.add_tickets(3, label=label)
    assert sandbox_process.controls.counts(label)["tickets"] == before + 3
