"""The worker as a process: killed, stopped, and started wrongly."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from deploy.sandbox.client import SandboxControls
from deploy.sandbox.faults import Fault, Plan
from services.psa import TimeEntry
from services.psa.connections import Connection, ConnectWiseConnection
from services.psa.providers import connection_for as connections_of
from services.psa.settings import WorkerSettings
from services.settings import SettingsError
from tests.infra.collector import Collector
from tests.infra.pgbouncer import PgBouncer
from tests.infra.waiting import wait_until
from tests.psa.conftest import Account
from tests.psa.processes import KEYS, Worker
from tests.psa.scripted import Said, scripted

TIME = TimeEntry(member="154", start=datetime(2026, 7, 29, 20, tzinfo=UTC), minutes=50, note="Reset the MFA")
StartWorker = Callable[..., Worker]


def test_a_request_whose_worker_is_killed_is_left_to_the_others(
    account: Account, sandbox: SandboxControls, start_worker: StartWorker
) -> None:
    (ticket,) = sandbox.add_tickets()
    sandbox.set_faults(Plan(next=(Fault.TIMEOUT_LATE,), methods=("POST",), late_seconds=0.5))
    account.push(ticket, TIME)
    killed = start_worker(PSA_READ_TIMEOUT_SECONDS="2")
    wait_until(lambda: any(seen["method"] == "POST" for seen in sandbox.requests()), "it is sent", 30)
    killed.kill()
    assert account.states() == ["in_flight"]
    start_worker()
    account.wait_for("succeeded", seconds=60)
    assert len(sandbox.entries(ticket=ticket)) == 1
    assert len(account.events()) == 1


def test_sigterm_in_the_middle_of_a_request_ends_it_as_unknown_within_ten_seconds(
    account: Account, sandbox: SandboxControls, start_worker: StartWorker
) -> None:
    (ticket,) = sandbox.add_tickets()
    sandbox.set_faults(Plan(next=(Fault.TIMEOUT_NEVER,), methods=("POST",)))
    account.push(ticket, TIME)
    worker = start_worker(PSA_READ_TIMEOUT_SECONDS="60")
    wait_until(lambda: any(seen["method"] == "POST" for seen in sandbox.requests()), "it is sent", 30)
    assert worker.stop() == 0
    assert account.states() == ["unknown"]


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(Said(409, {"message": "in use"}), id="locked ticket"),
        pytest.param(Said(429, {"message": "slow down"}, {"Retry-After": "0"}), id="429 that asks for no wait"),
    ],
)
def test_an_intent_that_was_tried_often_is_tried_again_but_not_soon(
    account: Account, start_worker: StartWorker, said: Said
) -> None:
    account.push("1", TIME)
    with account.database.connect() as admin:
        admin.execute("update analytics.push_intent set attempts = 50 where account_id = %s", [account.id])
    with scripted(said) as psa:
        start_worker(CONNECTWISE_SITE=psa.url, PSA_SANDBOX_URL=psa.url)
        wait_until(lambda: account.intents()[0]["error"], "it was tried", 30)
    (row,) = account.intents()
    assert row["state"] == "pending"
    assert row["available_at"] - datetime.now(UTC) > timedelta(minutes=2)
    assert not row["account_paused_until"] or row["account_paused_until"] < row["available_at"]


def test_wrong_keys_fail_the_intent_and_no_secret_is_logged(
    account: Account, sandbox: SandboxControls, start_worker: StartWorker
) -> None:
    (ticket,) = sandbox.add_tickets()
    sandbox.set_faults(Plan(next=(Fault.HTML_502,)))
    account.push(ticket, TIME)
    worker = start_worker(LOG_LEVEL="DEBUG", CONNECTWISE_PRIVATE_KEY="wrong-key-1")
    account.wait_for("failed", seconds=40)
    (row,) = account.intents()
    assert row["error"].startswith("Authentication: HTTP 401")
    log = worker.log.read_text()
    assert not [secret for secret in ("wrong-key-1", KEYS["CONNECTWISE_PUBLIC_KEY"], "Basic ") if secret in log]
    assert KEYS["CONNECTWISE_CLIENT_ID"] not in log
    assert all(json.loads(line) for line in log.splitlines())


SETTINGS = KEYS | {
    "PSA_DATABASE_URL": "postgresql://u:secret@127.0.0.1:1/none",
    "CONNECTWISE_SITE": "na.myconnectwise.net",
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param({"PSA_DATABASE_URL": ""}, "PSA_DATABASE_URL is not set", id="no database"),
        pytest.param({"PSA_DATABASE_URL": "nonsense"}, "PSA_DATABASE_URL is no libpq URI", id="database that is none"),
        pytest.param({"CONNECTWISE_SITE": ""}, "CONNECTWISE_SITE is not set", id="no site"),
        pytest.param({"CONNECTWISE_PRIVATE_KEY": ""}, "CONNECTWISE_PRIVATE_KEY is not set", id="no key"),
        pytest.param({"PSA_RECONCILE_AFTER_SECONDS": "0"}, "PSA_RECONCILE_AFTER_SECONDS is 0", id="too soon"),
        pytest.param({"PSA_ACCOUNT_CONCURRENCY": "9"}, "PSA_ACCOUNT_CONCURRENCY is 9", id="too many at a time"),
        pytest.param({"PSA_SANDBOX_URL": "sandbox"}, "PSA_SANDBOX_URL is 'sandbox'", id="no address"),
        pytest.param({"PSA_ON_PREMISE_NETWORKS": "10.0.0.1/8"}, "PSA_ON_PREMISE_NETWORKS has", id="no network"),
        pytest.param({"PSA_CONNECTIONS": "a:b"}, "PSA_CONNECTIONS is set, and so is CONNECTWISE_SITE", id="both"),
    ],
)
def test_a_wrong_setting_is_refused_with_its_name(change: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=f"^{re.escape(says)}"):
        WorkerSettings.from_env(SETTINGS | change)


def test_a_missing_setting_is_one_line_and_exit_code_2() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "services.psa"],
        env=os.environ | KEYS | {"PSA_DATABASE_URL": ""},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr == "PSA_DATABASE_URL is not set; it is required for this process\n"


def connection_for(account_id: UUID) -> None:
    """What the main application would give: an account without a PSA."""


def keys_in_plain_text(_account_id: UUID) -> Connection:
    """A mistake of the main application's."""
    keys: Any = ("acme", "publickey1", "privatekey1", "client-1")
    return ConnectWiseConnection("na.myconnectwise.net", *keys)


@pytest.mark.parametrize(
    "name", ["no_such_module:f", "services.psa:no_such_function", "services.psa", "services.psa:__all__"]
)
def test_a_function_that_cannot_be_loaded_is_refused(name: str) -> None:
    settings = WorkerSettings.from_env({"PSA_DATABASE_URL": SETTINGS["PSA_DATABASE_URL"], "PSA_CONNECTIONS": name})
    with pytest.raises(SettingsError, match="PSA_CONNECTIONS is"):
        connections_of(settings)


def test_the_main_applications_function_is_asked(
    account: Account, sandbox: SandboxControls, start_worker: StartWorker
) -> None:
    account.push(sandbox.add_tickets()[0], TIME)
    none = dict.fromkeys([*KEYS, "CONNECTWISE_SITE"], "")
    start_worker(PSA_CONNECTIONS=f"{connection_for.__module__}:connection_for", **none)
    account.wait_for("failed", seconds=40)
    assert account.intents()[0]["error"] == "NoConnection: the account is not connected to a PSA"


def test_a_connection_that_cannot_be_used_is_asked_for_again(account: Account, start_worker: StartWorker) -> None:
    account.push("1", TIME)
    none = dict.fromkeys([*KEYS, "CONNECTWISE_SITE"], "")
    start_worker(PSA_CONNECTIONS=f"{connection_for.__module__}:keys_in_plain_text", **none)
    wait_until(lambda: account.intents()[0]["error"], "it was tried", 40)
    (row,) = account.intents()
    assert (row["state"], row["error"]) == ("pending", "connection_for's answer cannot be used: AttributeError")


def test_behind_pgbouncer_workers_share_server_sessions_and_push_each_once(
    account: Account, sandbox: SandboxControls, pooler: PgBouncer, start_worker: StartWorker, collector: Collector
) -> None:
    tickets = sandbox.add_tickets(30)
    url = pooler.url(account.database.dsn_for("flowpilot_pusher"))
    traced = {"PSA_DATABASE_URL": url, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint}
    workers = [start_worker(**traced) for _ in range(3)]
    intents = [account.push(ticket, TIME) for ticket in tickets]
    account.wait_for(*["succeeded"] * len(tickets), seconds=60)
    assert [len(sandbox.entries(ticket=ticket)) for ticket in tickets] == [1] * len(tickets)
    assert {event.id for event in account.events()} == set(intents)
    assert [worker.stop() for worker in workers] == [0] * 3
    assert not [worker.log.read_text() for worker in workers if "push_worker_waits" in worker.log.read_text()]
    traced_ids = {attribute.value.string_value for span in collector.spans for attribute in span.attributes}
    assert traced_ids >= {str(intent) for intent in intents}
