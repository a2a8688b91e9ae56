"""The operator's commands."""

import json
from uuid import uuid4

import pytest

from services.events import PsaPushed
from services.psa import Note
from services.psa.operate import operate
from tests.infra.database import Database
from tests.psa.conftest import Account
from tests.psa.processes import KEYS, Sandbox
from tests.psa.test_ledger import TIME, change

UNKNOWN = "state = 'unknown', error = 'time-out', available_at = now() + interval '1 hour'"


@pytest.fixture(autouse=True)
def _database(module_database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PSA_DATABASE_URL", module_database.dsn_for("flowpilot_pusher"))


def run(*arguments: object) -> int:
    return operate(["intents", *map(str, arguments)])


def test_unknown_intents_are_listed(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    intent = account.push("48213", TIME)
    change(account, UNKNOWN)
    assert run("list", "--state", "unknown") == 0
    assert f"{intent}  unknown    time_entry_posted  ticket 48213  time-out" in capsys.readouterr().out
    assert run("list", "--state", "unknown", "--json") == 0
    assert str(intent) in [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]
    assert run("show", intent) == 0
    assert json.loads(capsys.readouterr().out)["error"] == "time-out"


def test_what_is_in_the_psa_is_recorded_with_its_event_once(account: Account) -> None:
    intent = account.push("project:48213", TIME)
    change(account, UNKNOWN)
    assert run("resolve", intent, "--external-id", "90211") == 0
    (row,) = account.intents()
    assert (row["state"], row["external_id"]) == ("succeeded", "90211")
    (event,) = account.events()
    assert isinstance(event, PsaPushed)
    assert (event.id, event.psa_ticket_id, event.hours_logged) == (intent, "48213", 50 / 60)
    assert run("resolve", intent, "--external-id", "90211") == 1
    assert len(account.events()) == 1


@pytest.mark.parametrize("state", ["unknown", "failed"])
def test_what_is_not_in_the_psa_is_sent_again(account: Account, state: str) -> None:
    intent = account.push("48213", Note(text="n"))
    change(account, f"{UNKNOWN}, state = '{state}'".replace("state = 'unknown', ", "", 1))
    assert run("retry", intent) == 0
    assert account.states() == ["pending"]


def test_an_intent_is_given_up_with_a_reason(account: Account) -> None:
    intent = account.push("48213", TIME)
    change(account, UNKNOWN)
    assert run("fail", intent, "--because", "entered by hand") == 0
    (row,) = account.intents()
    assert (row["state"], row["error"]) == ("failed", "entered by hand")
    assert account.events() == []


@pytest.mark.parametrize("command", [("resolve", "--external-id", "1"), ("retry",), ("fail", "--because", "x")])
def test_nothing_is_taken_from_a_worker_that_is_busy_with_it(
    account: Account, command: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    intent = account.push("48213", TIME)
    change(account, f"{UNKNOWN}, lease_until = now() + interval '1 minute'")
    assert run(command[0], intent, *command[1:]) == 1
    assert "busy" in capsys.readouterr().err
    assert account.states() == ["unknown"]


@pytest.mark.parametrize("command", [("resolve", "--external-id", "1"), ("retry",), ("fail", "--because", "x")])
def test_an_unknown_id_and_an_intent_that_is_done_are_left_alone(account: Account, command: tuple[str, ...]) -> None:
    intent = account.push("48213", TIME)
    change(account, "state = 'succeeded'")
    assert run(command[0], intent, *command[1:]) == 1
    assert run(command[0], uuid4(), *command[1:]) == 1
    assert account.states() == ["succeeded"]


def test_an_erased_intent_has_nothing_left_to_send(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    intent = account.push("48213", TIME)
    change(account, "state = 'failed', payload = '{}'")
    assert run("retry", intent) == 1
    assert run("resolve", intent, "--external-id", "1") == 1
    assert "cannot be read" in capsys.readouterr().err


def test_a_connection_is_checked_before_anything_is_pushed(
    sandbox_process: Sandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        **KEYS,
        "CONNECTWISE_SITE": sandbox_process.url,
        "PSA_SANDBOX_URL": sandbox_process.url,
    }.items():
        monkeypatch.setenv(name, value)
    assert operate(["connections", "check", str(uuid4())]) == 0
    monkeypatch.setenv("CONNECTWISE_PRIVATE_KEY", "another")
    assert operate(["connections", "check", str(uuid4())]) == 1
    assert capsys.readouterr().err == "Authentication: HTTP 401: Invalid or unknown API keys\n"
