"""The order of intents on one ticket."""

from datetime import UTC, datetime

import pytest

from deploy.sandbox.client import SandboxControls
from deploy.sandbox.faults import Fault, Plan
from services.psa import Action, Note, PushIntent, StatusChange, TimeEntry, request_push
from tests.psa.conftest import Account

pytestmark = pytest.mark.usefixtures("shared_worker")

TIME = TimeEntry(member="154", start=datetime(2026, 7, 29, 20, tzinfo=UTC), minutes=30)
CLOSE = StatusChange(status="503")
REOPEN = StatusChange(status="502", closing=False)
ONE_FAULT = Plan(next=(Fault.DROP_BEFORE,), methods=("POST", "PATCH"))
"""The first request comes to nothing for a while: whoever follows must wait for it."""


def order_of(sandbox: SandboxControls, ticket: str) -> list[str]:
    return [entry["kind"] for entry in sandbox.entries(ticket=ticket)]


def test_a_status_waits_for_the_time_and_the_note_before_it(account: Account, sandbox: SandboxControls) -> None:
    (ticket,) = sandbox.add_tickets()
    sandbox.set_faults(ONE_FAULT)
    account.push(ticket, TIME)
    account.push(ticket, Note(text="n"))
    account.push(ticket, CLOSE)
    account.wait_for("succeeded", "succeeded", "succeeded")
    assert order_of(sandbox, ticket)[-1] == "status"


def test_time_asked_for_after_the_closing_status_in_one_transaction_goes_first(
    account: Account, sandbox: SandboxControls
) -> None:
    (ticket,) = sandbox.add_tickets()
    with account.database.connect("main_app") as connection, connection.transaction():
        request_push(connection, PushIntent(account.id, None, ticket, CLOSE))
        request_push(connection, PushIntent(account.id, None, f"service:{ticket}", TIME))
    account.wait_for("succeeded", "succeeded")
    assert order_of(sandbox, ticket) == ["time", "status"]


def test_time_waits_for_the_status_that_opens_the_ticket_again(account: Account, sandbox: SandboxControls) -> None:
    (ticket,) = sandbox.add_tickets()
    account.push(ticket, CLOSE)
    account.wait_for("succeeded")
    sandbox.set_faults(ONE_FAULT)
    account.push(ticket, REOPEN, sequence=2)
    account.push(ticket, TIME)
    account.push(ticket, CLOSE, sequence=3)
    account.wait_for(*["succeeded"] * 4)
    assert order_of(sandbox, ticket) == ["status", "status", "time", "status"]


def test_closing_opening_and_logging_asked_for_at_once_do_not_wait_for_each_other(
    account: Account, sandbox: SandboxControls
) -> None:
    (ticket,) = sandbox.add_tickets()
    with account.database.connect("main_app") as connection, connection.transaction():
        actions: tuple[Action, ...] = (CLOSE, REOPEN, TIME)
        for sequence, action in enumerate(actions, 1):
            request_push(connection, PushIntent(account.id, None, ticket, action, sequence))
    account.wait_for(*["succeeded"] * 3)
    assert order_of(sandbox, ticket) == ["status", "status", "time"]


def test_another_ticket_and_another_account_do_not_wait(account: Account, sandbox: SandboxControls) -> None:
    blocked, free = sandbox.add_tickets(2)
    sandbox.set_faults(ONE_FAULT)
    account.push(blocked, TIME)
    account.push(blocked, CLOSE)
    account.push(free, CLOSE)
    account.wait_for("unknown", "pending", "succeeded")
