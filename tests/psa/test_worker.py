"""The worker against the sandbox, both as processes: an intent becomes one entry and one event, whatever goes wrong."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from deploy.sandbox.client import SandboxControls
from deploy.sandbox.faults import Fault, Plan
from services.events import PsaPushed
from services.psa import Note, StatusChange, TimeEntry
from tests.psa.conftest import Account
from tests.psa.processes import Worker, wait_until

TIME = TimeEntry(member="154", start=datetime(2026, 7, 29, 20, tzinfo=UTC), minutes=50, note="Reset the MFA")
StartWorker = Callable[..., Worker]


def test_each_kind_becomes_one_entry_and_one_event(
    account: Account, sandbox: SandboxControls, start_worker: StartWorker
) -> None:
    (ticket,) = sandbox.add_tickets()
    session = account.add_session(ticket)
    intents = [
        account.push(ticket, action, session=session) for action in (TIME, Note(text="n"), StatusChange(status="503"))
    ]
    worker = start_worker()
    account.wait_for("succeeded", "succeeded", "succeeded")
    assert [entry["kind"] for entry in sandbox.entries(ticket=ticket)] in (
        ["time", "note", "status"],
        ["note", "time", "status"],
    )
    events = account.events()
    assert all(isinstance(event, PsaPushed) and event.session_id == session for event in events)
    assert {(event.id, event.activity_type, event.psa_ticket_id, event.hours_logged) for event in events} == {  # type: ignore[union-attr]
        (intents[0], "time_entry_posted", ticket, 50 / 60),
        (intents[1], "note_posted", ticket, None),
        (intents[2], "status_updated", ticket, None),
    }
    assert worker.stop() == 0


@pytest.mark.parametrize(
    ("fault", "looked_for"),
    [
        pytest.param(Fault.DROP_AFTER, True, id="dropped after it was accepted"),
        pytest.param(Fault.ERROR_AFTER, True, id="500 after it was accepted"),
        pytest.param(Fault.TIMEOUT_LATE, True, id="accepted after the time-out"),
        pytest.param(Fault.DROP_BEFORE, True, id="dropped before it was accepted"),
        pytest.param(Fault.HTML_502, True, id="a gateway's page"),
        pytest.param(Fault.TIMEOUT_NEVER, True, id="time-out, never accepted"),
        pytest.param(Fault.RATE_LIMITED, False, id="429"),
    ],
)
@pytest.mark.parametrize("action", [TIME, Note(text="n"), StatusChange(status="502")], ids=["time", "note", "status"])
def test_a_fault_in_the_request_neither_doubles_nor_loses_it(
    account: Account,
    sandbox: SandboxControls,
    start_worker: StartWorker,
    fault: Fault,
    looked_for: bool,
    action: TimeEntry | Note | StatusChange,
) -> None:
    (ticket,) = sandbox.add_tickets()
    sandbox.set_faults(Plan(next=(fault,), methods=("POST", "PATCH"), late_seconds=1.2, retry_after="0"))
    intent = account.push(ticket, action)
    start_worker()
    if looked_for:
        wait_until(lambda: account.states() == ["unknown"], 10, "it becomes unknown")
    account.wait_for("succeeded")
    assert len(sandbox.entries(ticket=ticket)) == 1
    assert [event.id for event in account.events()] == [intent]


def test_nothing_is_looked_for_early_and_it_is_looked_for_twice_before_it_is_sent_again(
    account: Account, sandbox: SandboxControls, start_worker: StartWorker
) -> None:
    (ticket,) = sandbox.add_tickets()
    sandbox.set_faults(Plan(next=(Fault.DROP_BEFORE,), methods=("POST",)))
    account.push(ticket, TIME)
    start_worker()
    account.wait_for("succeeded")
    calls = [(seen["method"], seen["path"].rsplit("/3.0", 1)[-1]) for seen in sandbox.requests()]
    assert [call for call in calls if call[1] == "/time/entries"] == [
        ("POST", "/time/entries"),
        ("GET", "/time/entries"),
        ("GET", "/time/entries"),
        ("POST", "/time/entries"),
    ]
    (row,) = account.intents()
    assert row["attempts"] == 2
    assert (row["finished_at"] - row["created_at"]).total_seconds() >= 2


def test_a_worker_killed_in_the_middle_of_the_request_leaves_it_to_the_others(
    account: Account, sandbox: SandboxControls, start_worker: StartWorker
) -> None:
    (ticket,) = sandbox.add_tickets()
    sandbox.set_faults(Plan(next=(Fault.TIMEOUT_LATE,), methods=("POST",), late_seconds=0.5))
    account.push(ticket, TIME)
    killed = start_worker(PSA_READ_TIMEOUT_SECONDS="2")
    wait_until(lambda: any(seen["method"] == "POST" for seen in sandbox.requests()), 10, "it is sent")
    killed.kill()
    assert account.states() == ["in_flight"]
    start_worker()
    account.wait_for("succeeded", seconds=30)
    assert len(sandbox.entries(ticket=ticket)) == 1
    assert len(account.events()) == 1


def test_sigterm_in_the_middle_of_a_request_ends_it_as_unknown_within_ten_seconds(
    account: Account, sandbox: SandboxControls, start_worker: StartWorker
) -> None:
    (ticket,) = sandbox.add_tickets()
    sandbox.set_faults(Plan(next=(Fault.TIMEOUT_NEVER,), methods=("POST",)))
    account.push(ticket, TIME)
    worker = start_worker(PSA_READ_TIMEOUT_SECONDS="60")
    wait_until(lambda: any(seen["method"] == "POST" for seen in sandbox.requests()), 10, "it is sent")
    assert worker.stop() == 0
    assert account.states() == ["unknown"]


@pytest.mark.parametrize(
    ("action", "ticket", "error"),
    [
        pytest.param(TIME, "1", "Validation", id="time on no ticket"),
        pytest.param(Note(text="n"), "1", "NotFound", id="note on no ticket"),
        pytest.param(Note(text="n"), "T-1", "Validation", id="ticket that is no number"),
        pytest.param(StatusChange(status="603"), None, "501 \\(New\\)", id="status of another board"),
        pytest.param(StatusChange(status="504"), None, "501 \\(New\\)", id="inactive status"),
        pytest.param(
            TimeEntry(member="7", start=TIME.start, minutes=5), None, "member was not found", id="no such member"
        ),
    ],
)
def test_what_the_psa_refuses_fails_with_its_words_and_without_an_event(
    account: Account,
    sandbox: SandboxControls,
    start_worker: StartWorker,
    action: TimeEntry | Note | StatusChange,
    ticket: str | None,
    error: str,
) -> None:
    account.push(ticket or sandbox.add_tickets()[0], action)
    start_worker()
    account.wait_for("failed")
    (row,) = account.intents()
    assert re.search(error, row["error"])
    assert account.events() == []


def test_a_status_waits_for_the_time_before_it(
    account: Account, sandbox: SandboxControls, start_worker: StartWorker
) -> None:
    (ticket,) = sandbox.add_tickets()
    sandbox.set_faults(Plan(next=(Fault.DROP_BEFORE,), methods=("POST",)))
    account.push(ticket, TIME)
    account.push(ticket, StatusChange(status="503"))
    start_worker()
    account.wait_for("succeeded", "succeeded")
    assert [entry["kind"] for entry in sandbox.entries(ticket=ticket)] == ["time", "status"]


def test_no_secret_is_logged(account: Account, sandbox: SandboxControls, start_worker: StartWorker) -> None:
    (ticket,) = sandbox.add_tickets()
    sandbox.set_faults(Plan(next=(Fault.DROP_BEFORE, Fault.HTML_502)))
    account.push(ticket, TIME)
    worker = start_worker(LOG_LEVEL="DEBUG", CONNECTWISE_PRIVATE_KEY="wrong-key-1")
    account.wait_for("failed")
    (row,) = account.intents()
    assert row["error"].startswith("Authentication: HTTP 401")
    log = worker.log.read_text()
    assert "wrong-key-1" not in log + row["error"]
    assert "publickey1" not in log
    assert all(json.loads(line) for line in log.splitlines())
