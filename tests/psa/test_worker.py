"""The worker against the sandbox, both as processes: an intent becomes one entry and one event, whatever goes wrong."""

import re
from datetime import UTC, datetime

import pytest

from deploy.sandbox.client import SandboxControls
from deploy.sandbox.faults import Fault, Plan
from services.events import PsaPushed
from services.psa import Action, Note, StatusChange, TimeEntry
from services.psa.intents import KINDS
from services.psa.operate import operate
from tests.infra.database import Database
from tests.infra.waiting import wait_until
from tests.psa.conftest import Account, add_account
from tests.psa.processes import MOST_SENDS, Worker
from tests.psa.test_odd_answers import COSTLY, ODD

pytestmark = pytest.mark.usefixtures("shared_worker")

TIME = TimeEntry(member="154", start=datetime(2026, 7, 29, 20, tzinfo=UTC), minutes=50, note="Reset the MFA")
NOTE = Note(text="Restarted the spooler")
MEMORY_LIMIT = 256 * 2**20
"""Of the worker, as the manifests give it."""


def test_each_kind_becomes_one_entry_and_one_event(account: Account, sandbox: SandboxControls) -> None:
    (ticket,) = sandbox.add_tickets()
    session = account.add_session(ticket)
    actions: tuple[Action, ...] = (TIME, NOTE, StatusChange(status="503"))
    intents = [account.push(ticket, action, session=session) for action in actions]
    account.wait_for("succeeded", "succeeded", "succeeded")
    assert sorted(entry["kind"] for entry in sandbox.entries(ticket=ticket)) == ["note", "status", "time"]
    events = account.events()
    times = {event.id: event.time for event in events}
    assert {event.id: event for event in events} == {
        intent: PsaPushed(account.id, session, KINDS[type(action)], ticket, hours, id=intent, time=times[intent])
        for intent, action, hours in zip(intents, actions, (50 / 60, None, None), strict=True)
    }


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault.DROP_AFTER, id="dropped after it was accepted"),
        pytest.param(Fault.ERROR_AFTER, id="500 after it was accepted"),
        pytest.param(Fault.TIMEOUT_LATE, id="accepted after the time-out"),
        pytest.param(Fault.DROP_BEFORE, id="dropped before it was accepted"),
        pytest.param(Fault.ERROR_BEFORE, id="500 before it was accepted"),
        pytest.param(Fault.HTML_502, id="a gateway's page"),
        pytest.param(Fault.TIMEOUT_NEVER, id="time-out, never accepted"),
    ],
)
def test_a_request_without_an_answer_is_unknown_and_ends_as_one_entry(
    account: Account, sandbox: SandboxControls, fault: Fault
) -> None:
    tickets = sandbox.add_tickets(3)
    sandbox.set_faults(Plan(next=(fault,) * 3, methods=("POST", "PATCH"), late_seconds=1.2))
    actions: tuple[Action, ...] = (TIME, NOTE, StatusChange(status="502"))
    for ticket, action in zip(tickets, actions, strict=True):
        account.push(ticket, action)
    wait_until(lambda: account.states() == ["unknown"] * 3, "they become unknown", 10)
    account.wait_for(*["succeeded"] * 3)
    assert [len(sandbox.entries(ticket=ticket)) for ticket in tickets] == [1, 1, 1]
    assert len(account.events()) == 3


def test_whatever_the_answer_holds_each_push_is_there_once(
    account: Account, sandbox: SandboxControls, shared_worker: Worker
) -> None:
    faults = (Fault.HTML_403, Fault.HTML_404, *ODD, *COSTLY)
    tickets = sandbox.add_tickets(len(faults))
    sandbox.set_faults(Plan(next=faults, methods=("POST",)))
    for ticket in tickets:
        account.push(ticket, TIME)
    account.wait_for(*["succeeded"] * len(faults), seconds=40)
    assert [len(sandbox.entries(ticket=ticket)) for ticket in tickets] == [1] * len(faults)
    assert shared_worker.peak_memory() < MEMORY_LIMIT


def test_a_psa_that_accepts_nothing_is_asked_so_often_and_no_more(
    account: Account, sandbox: SandboxControls, monkeypatch: pytest.MonkeyPatch
) -> None:
    (ticket,) = sandbox.add_tickets()
    before = sandbox.counts()["time_entries"]
    sandbox.set_faults(Plan(share=1, kinds=(Fault.ERROR_BEFORE,), methods=("POST",)))
    intent = account.push(ticket, TIME)
    account.push(ticket, StatusChange(status="505"))
    account.wait_for("failed", "succeeded", seconds=30)
    assert [seen["method"] for seen in sandbox.requests()].count("POST") == MOST_SENDS
    assert account.intents()[0]["error"] == (
        f"sent {MOST_SENDS} times, and not in the PSA; the last time: HTTP 500: Server error"
    )
    assert [event.id for event in account.events()] != [intent]
    sandbox.set_faults()
    monkeypatch.setenv("PSA_DATABASE_URL", account.database.dsn_for("flowpilot_pusher"))
    assert operate(["intents", "retry", str(intent)]) == 0
    account.wait_for("succeeded", "succeeded")
    assert sandbox.counts()["time_entries"] - before == 1


def test_nothing_is_looked_for_early_and_it_is_looked_for_twice_before_it_is_sent_again(
    account: Account, sandbox: SandboxControls
) -> None:
    (ticket,) = sandbox.add_tickets()
    sandbox.set_faults(Plan(next=(Fault.DROP_BEFORE,), methods=("POST",)))
    account.push(ticket, TIME)
    account.wait_for("succeeded")
    calls = [seen["method"] for seen in sandbox.requests() if seen["path"].endswith("/time/entries")]
    assert calls == ["POST", "GET", "GET", "POST"]
    (row,) = account.intents()
    assert row["attempts"] == 2
    assert (row["finished_at"] - row["created_at"]).total_seconds() >= 2


def test_a_look_up_that_fails_is_no_sign_of_absence(account: Account, sandbox: SandboxControls) -> None:
    (ticket,) = sandbox.add_tickets()
    sandbox.set_faults(Plan(next=(Fault.DROP_AFTER, *[Fault.HTML_502] * 3, *[Fault.DROP_BEFORE] * 3)))
    account.push(ticket, NOTE)
    account.wait_for("succeeded", seconds=40)
    assert len(sandbox.entries(ticket=ticket)) == 1


def test_a_429_pauses_the_whole_account_for_as_long_as_it_says(account: Account, sandbox: SandboxControls) -> None:
    first, second = sandbox.add_tickets(2)
    sandbox.set_faults(Plan(next=(Fault.RATE_LIMITED,), methods=("POST",), retry_after="2"))
    account.push(first, TIME)
    wait_until(lambda: account.intents()[0]["account_paused_until"] is not None, "the account is paused", 10)
    account.push(second, TIME)
    account.wait_for("succeeded", "succeeded")
    early, late = account.intents()
    assert early["attempts"] == 2
    assert (late["finished_at"] - early["created_at"]).total_seconds() >= 2


@pytest.mark.parametrize(
    ("action", "ticket", "error"),
    [
        pytest.param(TIME, "1", "Validation.*chargeToId was not found", id="time on no ticket"),
        pytest.param(NOTE, "1", "NotFound", id="note on no ticket"),
        pytest.param(NOTE, "T-1", "not a ConnectWise id", id="ticket that is no number"),
        pytest.param(StatusChange(status="603"), None, "has 501 \\(New\\), 502", id="another board's"),
        pytest.param(StatusChange(status="504"), None, "has 501 \\(New\\), 502", id="inactive status"),
        pytest.param(TimeEntry(member="7", start=TIME.start, minutes=5), None, "member was not found", id="no member"),
    ],
)
def test_what_the_psa_refuses_fails_with_its_words_and_without_an_event(
    account: Account, sandbox: SandboxControls, action: Action, ticket: str | None, error: str
) -> None:
    account.push(ticket or sandbox.add_tickets()[0], action)
    account.wait_for("failed")
    (row,) = account.intents()
    assert re.search(error, row["error"])
    assert account.events() == []


def test_a_missing_work_role_is_replaced_by_the_members_own(account: Account, sandbox: SandboxControls) -> None:
    (ticket,) = sandbox.add_tickets(role_required=True)
    account.push(ticket, TIME)
    account.push(ticket, TimeEntry(member="199", start=TIME.start, minutes=5), sequence=2)
    account.wait_for("succeeded", "failed")
    (entry,) = sandbox.entries(ticket=ticket)
    assert entry["body"]["workRole"] == {"id": 5}
    assert account.intents()[1]["error"].startswith("MissingWorkRole: HTTP 400")


def test_time_on_a_closed_ticket_fails(account: Account, sandbox: SandboxControls) -> None:
    (ticket,) = sandbox.add_tickets()
    account.push(ticket, StatusChange(status="503"))
    account.wait_for("succeeded")
    account.push(ticket, TIME)
    account.wait_for("succeeded", "failed")
    assert account.intents()[1]["error"].startswith("TimeNotAllowed: HTTP 400: Please update the status")


def test_time_in_a_week_that_is_approved_already_fails(account: Account, sandbox: SandboxControls) -> None:
    sandbox.set_behaviour(time_sheets_closed_before="2026-08-01T00:00:00Z")
    account.push(sandbox.add_tickets()[0], TIME)
    account.wait_for("failed")
    assert account.intents()[0]["error"].startswith("TimeNotAllowed: HTTP 400: The time sheet of this week")


def test_a_new_release_of_the_psa_is_found_in_the_middle_of_the_work(
    account: Account, sandbox: SandboxControls
) -> None:
    before, after = sandbox.add_tickets(2)
    account.push(before, TIME)
    account.wait_for("succeeded")
    sandbox.set_behaviour(codebase="v2026_1")
    account.push(after, TIME)
    account.wait_for("succeeded", "succeeded")


def test_an_account_never_has_more_than_four_requests_at_a_time(account: Account, sandbox: SandboxControls) -> None:
    tickets = sandbox.add_tickets(40)
    sandbox.set_faults(Plan(latency_ms=60))
    for ticket in tickets:
        account.push(ticket, NOTE)
    account.wait_for(*["succeeded"] * 40)
    assert sandbox.counts()["most_at_a_time"] == 4


def test_accounts_of_one_connection_do_not_use_up_each_others_leases(
    module_database: Database, sandbox: SandboxControls
) -> None:
    accounts = [add_account(module_database) for _ in range(8)]
    tickets = sandbox.add_tickets(4)
    sandbox.set_faults(Plan(latency_ms=600))
    for account in accounts:
        for ticket in tickets:
            account.push(ticket, NOTE)
    for account in accounts:
        account.wait_for(*["succeeded"] * 4, seconds=40)
    assert {row["attempts"] for account in accounts for row in account.intents()} == {1}


def test_a_session_erased_before_its_push_leaves_an_event_without_a_session(
    account: Account, sandbox: SandboxControls
) -> None:
    (ticket,) = sandbox.add_tickets()
    session = account.add_session(ticket)
    sandbox.set_faults(Plan(next=(Fault.DROP_AFTER,), methods=("POST",)))
    account.push(ticket, TIME, session=session)
    wait_until(lambda: account.states() == ["unknown"], "it becomes unknown", 10)
    with account.database.connect("main_app") as connection:
        connection.execute("delete from ai_sessions where id = %s", [session])
    account.wait_for("succeeded")
    (event,) = account.events()
    assert isinstance(event, PsaPushed)
    assert (event.session_id, event.hours_logged) == (None, 50 / 60)
    assert account.intents()[0]["payload"] == {}
