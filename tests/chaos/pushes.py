"""2,000 pushes, 30 % of the PSA's calls broken, workers killed with kill -9: each is made once, and counted once.

Time entries, notes and statuses of 500 tickets in 25 accounts, against the sandbox, through relay, Kafka and
consumer into `psa_activity_log`. Broken calls are dropped or answered by a 500 after they were carried out, refused
with a 429, or not answered at all and carried out late or never.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import psycopg

from deploy.sandbox.client import SandboxControls
from deploy.sandbox.faults import Fault, Plan
from services.events import uuid7
from services.psa import Action, Note, PushIntent, StatusChange, TimeEntry, request_push
from tests.infra.waiting import wait_until
from tests.stack.stack import ROOT, RunningStack, running

ACCOUNTS = 25
TICKETS = 20  # of each account, with four intents each
WORKERS = 3
KILL_EVERY_S = 3.0
CALLS_BETWEEN_KILLS = 15
LONGEST_S = 1200  # most of it for the unlucky few, whose back-off has grown to minutes
REPORT_EVERY_S = 20.0
FAULTS = Plan(
    share=0.3,
    kinds=(Fault.DROP_AFTER, Fault.ERROR_AFTER, Fault.RATE_LIMITED, Fault.TIMEOUT_LATE, Fault.TIMEOUT_NEVER),
    late_seconds=4.5,
)
# Longer than the sandbox takes with a request that no one waits for any more, which is 5 s at most.
SETTINGS = {
    "PSA_RECONCILE_AFTER_SECONDS": "6",
    "PSA_READ_TIMEOUT_SECONDS": "2",
    "PSA_POLL_MS": "200",
    "LOG_LEVEL": "WARNING",
}


def run(report: Callable[[str], None]) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="flowpilot-chaos-") as temporary:
        folder = Path(temporary) / "state"
        with running(folder, "--empty", "--without=push-worker", "--without=api", "--without=replica") as stack:
            sandbox = SandboxControls(stack.environment["PSA_SANDBOX_URL"])
            asked = _ask(stack, sandbox)
            report(f"{len(asked)} pushes asked for")
            sandbox.set_faults(FAULTS)
            began = time.monotonic()
            kills = _work_and_kill(stack, sandbox, report)
            seconds = time.monotonic() - began
            sandbox.set_faults()
            _assert_made_once(sandbox, asked)
            wait_until(lambda: _logged(stack) >= len(asked), "logged", 60)
            _assert_logged_once(stack, asked)
            attempts, most = stack.query("select sum(attempts), max(attempts) from analytics.push_intent") or (0, 0)
            calls = sandbox.counts()["requests"]
    return {
        "pushes": len(asked),
        "kills": kills,
        "seconds": round(seconds),
        "attempts": attempts,
        "most attempts": most,
        "calls": calls,
    }


def _ask(stack: RunningStack, sandbox: SandboxControls) -> dict[UUID, PushIntent]:
    """Asks for everything as the main application does, and returns it by id."""
    start = datetime.now(UTC) - timedelta(days=2)
    asked: dict[UUID, PushIntent] = {}
    with psycopg.connect(stack.environment["MAIN_APP_DSN"]) as connection:
        for _ in range(ACCOUNTS):
            account = uuid7()
            connection.execute("insert into accounts (id, name) values (%s, 'Chaos')", [account])
            for ticket in sandbox.add_tickets(TICKETS, label=str(account)):
                session = uuid7()
                connection.execute("insert into ai_sessions (id, account_id) values (%s, %s)", [session, account])
                for sequence, action in enumerate(_actions(start), 1):
                    intent = PushIntent(account, session, ticket, action, sequence)
                    asked[request_push(connection, intent)] = intent
    return asked


def _actions(start: datetime) -> tuple[Action, ...]:
    first = TimeEntry(member="154", start=start, minutes=50, note="Found the cause")
    second = TimeEntry(member="155", start=start, minutes=20, note="Mended it")
    return first, second, Note(text="Restarted the spooler"), StatusChange(status="503")


def _work_and_kill(stack: RunningStack, sandbox: SandboxControls, report: Callable[[str], None]) -> int:
    """Runs workers until nothing is open; every few seconds one that works is killed, and another one started.

    On a busy machine a worker may not get to its first request in that time, so some calls must lie between two kills.
    """
    workers = {f"chaos-{number}": _start(stack, f"chaos-{number}") for number in range(WORKERS)}
    kills, calls, began = 0, 0.0, time.monotonic()
    killed_at = reported_at = began
    try:
        while states := _open(stack):
            now = time.monotonic()
            assert now < began + LONGEST_S, f"not done after {LONGEST_S} s: {states}"
            if now >= reported_at + REPORT_EVERY_S:
                report(f"{kills} kills, open: {dict(states)}")
                reported_at = now
            victim = _one_that_works(stack) if now >= killed_at + KILL_EVERY_S else None
            idle = victim is None or sandbox.counts()["requests"] < calls + CALLS_BETWEEN_KILLS
            if idle or victim not in workers:  # none yet, or one whose connection outlives it
                time.sleep(0.2)
                continue
            workers[victim].send_signal(signal.SIGKILL)
            workers.pop(victim).wait()
            name = f"chaos-{WORKERS + kills}"
            workers[name] = _start(stack, name)
            kills += 1
            calls, killed_at = sandbox.counts()["requests"], now
    finally:
        for worker in workers.values():
            worker.kill()
            worker.wait()
    return kills


def _start(stack: RunningStack, name: str) -> subprocess.Popen[bytes]:
    url = f"{stack.environment['PSA_DATABASE_URL']}?application_name={name}"
    with (stack.folder.parent / "workers.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "services.psa"],
            cwd=ROOT,
            env=os.environ | stack.environment | SETTINGS | {"PSA_DATABASE_URL": url},
            stderr=log,
        )


def _one_that_works(stack: RunningStack) -> str | None:
    """The worker that has been at work for longest, if that is long enough: what never began proves nothing."""
    with psycopg.connect(stack.environment["PRIMARY_DSN"]) as connection:
        row = connection.execute(
            "select application_name from pg_stat_activity where application_name like 'chaos-%%'"
            " and backend_start < now() - make_interval(secs => %s) order by backend_start limit 1",
            [KILL_EVERY_S],
        ).fetchone()
    return str(row[0]) if row else None


def _open(stack: RunningStack) -> Counter[str]:
    with psycopg.connect(stack.environment["PRIMARY_DSN"]) as connection:
        rows = connection.execute(
            "select state, count(*) from analytics.push_intent"
            " where state not in ('succeeded', 'failed') group by state"
        )
        return Counter(dict(rows.fetchall()))


def _assert_made_once(sandbox: SandboxControls, asked: dict[UUID, PushIntent]) -> None:
    """Every entry in the sandbox carries the marker of one intent, but for a status, which its ticket stands for."""
    made: Counter[str] = Counter()
    for entry in sandbox.entries():
        body = entry["body"]
        text = body.get("internalNotes") or body.get("text") or ""
        made[str(entry["ticket"]) if entry["kind"] == "status" else text.rpartition("fp:")[2].rstrip("]")] += 1
    wanted = Counter(
        intent.ticket_ref if isinstance(intent.action, StatusChange) else str(intent_id)
        for intent_id, intent in asked.items()
    )
    assert not made - wanted, f"made too often: {dict(made - wanted)}"
    assert not wanted - made, f"missing: {dict(wanted - made)}"


def _logged(stack: RunningStack) -> int:
    (count,) = stack.query("select count(*) from psa_activity_log") or (0,)
    return int(str(count))


def _assert_logged_once(stack: RunningStack, asked: dict[UUID, PushIntent]) -> None:
    with psycopg.connect(stack.environment["PRIMARY_DSN"]) as connection:
        rows = connection.execute(
            "select event_id, account_id, session_id, activity_type, psa_ticket_id, hours_logged from psa_activity_log"
        ).fetchall()
        (failed,) = connection.execute(
            "select count(*) from analytics.push_intent where state <> 'succeeded'"
        ).fetchone() or (None,)
    assert failed == 0, f"{failed} did not succeed"
    wanted = {
        (
            intent_id,
            intent.account_id,
            intent.session_id,
            intent.kind,
            intent.ticket_ref,
            intent.action.hours if isinstance(intent.action, TimeEntry) else None,
        )
        for intent_id, intent in asked.items()
    }
    assert len(rows) == len(wanted), f"{len(rows)} activities of {len(wanted)} pushes"
    assert set(rows) == wanted, "an activity differs from its push"
