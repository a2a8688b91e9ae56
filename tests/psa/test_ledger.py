"""Claims: whose they are, how many there are at a time, and when they end."""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from services.psa import Note, StatusChange, TimeEntry
from services.psa.database import Database as Connection
from services.psa.errors import UnavailableError
from services.psa.http import send_until
from services.psa.ledger import CLAIM, LOOKS, ONE_AT_A_TIME, Ledger
from services.psa.provider import ExternalRef
from tests.infra.database import Database
from tests.psa.clients import NOTE, TICKET, connectwise
from tests.psa.conftest import Account, add_account
from tests.psa.scripted import Said, scripted

TIME = TimeEntry(member="154", start=datetime(2026, 7, 29, 20, tzinfo=UTC), minutes=50)
EVERY = 100
WAITING = "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"


@pytest.fixture
async def ledgers(module_database: Database) -> AsyncIterator[list[Ledger]]:
    """Those of four workers. Nothing of an earlier test is open."""
    with module_database.connect() as admin:
        admin.execute("delete from analytics.push_intent")
    connections = [Connection(module_database.dsn_for("flowpilot_pusher")) for _ in range(4)]
    yield [Ledger(connection, lease_seconds=30, reconcile_seconds=60, most_sends=2) for connection in connections]
    for connection in connections:
        await connection.close()


def change(account: Account, changes: str) -> None:
    with account.database.connect() as admin:
        admin.execute(f"update analytics.push_intent set {changes} where account_id = %s".encode(), [account.id])


async def test_no_intent_is_claimed_twice_and_no_account_has_more_than_four(
    module_database: Database, ledgers: list[Ledger]
) -> None:
    accounts = [add_account(module_database) for _ in range(3)]
    for account in accounts:
        for number in range(10):
            account.push(str(number), NOTE)
    rounds = await asyncio.gather(*(ledger.claim(3, 4) for _ in range(5) for ledger in ledgers))
    claimed = [claim for claims in rounds for claim in claims]
    assert len({claim.id for claim in claimed}) == len(claimed) == 12
    assert set(Counter(claim.account_id for claim in claimed).values()) == {4}
    assert await ledgers[0].claim(EVERY, 4) == []


async def test_a_claim_waits_for_another_ones_commit_so_that_it_counts_right(
    account: Account, ledgers: list[Ledger]
) -> None:
    for number in range(8):
        account.push(str(number), NOTE)
    values = {"account_concurrency": 4, "limit": 3, "lease": timedelta(seconds=30)}
    with psycopg.connect(account.database.dsn_for("flowpilot_pusher")) as other:
        other.execute(ONE_AT_A_TIME)
        assert len(other.execute(CLAIM, values).fetchall()) == 3
        # The others come to the front, so that passing over the locked ones is not enough.
        with account.database.connect() as admin:
            admin.execute("update analytics.push_intent set available_at = '2026-01-01' where ticket_ref > '2'")
        claiming = asyncio.create_task(ledgers[0].claim(EVERY, 4))
        with account.database.connect() as admin:
            while not claiming.done() and not admin.execute(WAITING).fetchone():  # noqa: ASYNC110  no event tells
                await asyncio.sleep(0.01)
    assert len(await claiming) == 1


async def test_a_worker_that_was_silent_for_longer_than_its_lease_changes_nothing(
    account: Account, ledgers: list[Ledger]
) -> None:
    account.push("1", TIME)
    (late,) = await ledgers[0].claim(EVERY, 4)
    change(account, "lease_until = now()")
    assert await ledgers[1].claim(EVERY, 4) == []
    assert account.states() == ["unknown"]
    assert not await ledgers[0].succeed(late, ExternalRef("7"))
    assert not await ledgers[0].fail(late, "refused")
    assert account.states() == ["unknown"]
    assert account.events() == []


async def test_a_success_is_recorded_once(account: Account, ledgers: list[Ledger]) -> None:
    account.push("1", TIME)
    (claim,) = await ledgers[0].claim(EVERY, 4)
    assert await ledgers[0].succeed(claim, ExternalRef("7"))
    assert not await ledgers[0].succeed(claim, ExternalRef("7"))
    (row,) = account.intents()
    assert (row["state"], row["external_id"], row["lease_until"], row["claim"]) == ("succeeded", "7", None, None)
    (event,) = account.events()
    assert event.time == row["finished_at"], "by the database's clock: a worker's may be wrong"


async def test_an_orphan_is_looked_for_after_the_wait_and_sent_again_after_the_second_look(
    account: Account, ledgers: list[Ledger]
) -> None:
    account.push("1", TIME)
    await ledgers[0].claim(EVERY, 4)
    change(account, "lease_until = now()")
    for look in range(2):
        assert await ledgers[1].claim(EVERY, 4) == []
        (row,) = account.intents()
        assert (row["state"], row["looks"]) == ("unknown", look)
        assert 55 < (row["available_at"] - datetime.now(UTC)).total_seconds() <= 60
        change(account, "available_at = now()")
        (claim,) = await ledgers[1].claim(EVERY, 4)
        assert claim.to_be_found
        assert await ledgers[1].not_found(claim)
    (again,) = await ledgers[2].claim(EVERY, 4)
    assert (again.to_be_found, again.attempts) == (False, 2)


async def test_only_what_the_psa_did_not_answer_with_a_success_counts_as_sent(
    account: Account, ledgers: list[Ledger]
) -> None:
    """A worker that is killed or stopped uses up none of the times that an intent may be sent."""
    account.push("1", TIME)
    states = []
    for outcome in ("the PSA's fault", "stopped", "killed", "killed", "stopped", "the PSA's fault"):
        (claim,) = await ledgers[0].claim(EVERY, 4)
        if outcome == "killed":
            change(account, "lease_until = now()")
            await ledgers[0].claim(EVERY, 4)
        else:
            await ledgers[0].unknown(claim, outcome, ours=outcome == "stopped")
        for _ in range(LOOKS):
            change(account, "available_at = now()")
            (claim,) = await ledgers[0].claim(EVERY, 4)
            states.append(await ledgers[0].not_found(claim))
        change(account, "available_at = now()")
    assert states == ["unknown", "pending"] * 5 + ["unknown", "failed"]
    assert account.intents()[0]["error"] == "sent 2 times, and not in the PSA; the last time: the PSA's fault"


async def test_an_intent_that_somebody_holds_is_passed_over(account: Account, ledgers: list[Ledger]) -> None:
    held, free = account.push("1", NOTE), account.push("2", NOTE)
    with psycopg.connect(account.database.dsn) as operator:
        operator.execute("select from analytics.push_intent where id = %s for update", [held])
        assert [claim.id for claim in await ledgers[0].claim(EVERY, 4)] == [free]


async def test_an_orphan_that_somebody_holds_stops_nobody(account: Account, ledgers: list[Ledger]) -> None:
    account.push("1", NOTE)
    (orphan,) = await ledgers[0].claim(EVERY, 4)
    change(account, "lease_until = now()")
    free = account.push("2", NOTE)
    with psycopg.connect(account.database.dsn) as erasure:
        erasure.execute("select from analytics.push_intent where id = %s for update", [orphan.id])
        async with asyncio.timeout(5):
            assert [claim.id for claim in await ledgers[1].claim(EVERY, 4)] == [free]


async def test_a_paused_account_does_not_hold_up_another(
    account: Account, module_database: Database, ledgers: list[Ledger]
) -> None:
    other = add_account(module_database)
    account.push("1", NOTE)
    account.push("2", NOTE)
    other.push("1", NOTE)
    change(account, "account_paused_until = now() + interval '1 minute'")
    assert {claim.account_id for claim in await ledgers[0].claim(EVERY, 4)} == {other.id}


async def test_an_unknown_time_entry_keeps_the_status_waiting(account: Account, ledgers: list[Ledger]) -> None:
    account.push("1", TIME)
    account.push("1", StatusChange(status="503"))
    (claim,) = await ledgers[0].claim(EVERY, 4)
    await ledgers[0].unknown(claim, "time-out")
    assert await ledgers[0].claim(EVERY, 4) == []
    with account.database.connect() as admin:
        admin.execute("update analytics.push_intent set state = 'failed' where id = %s", [claim.id])
    (status,) = await ledgers[0].claim(EVERY, 4)
    assert status.id != claim.id


@pytest.mark.parametrize(
    "statement",
    [
        "delete from analytics.push_intent",
        "insert into analytics.push_intent (id) values (gen_random_uuid())",
        "update analytics.push_intent set account_id = gen_random_uuid()",
        "update analytics.push_intent set session_id = null",
        "select from analytics.outbox",
        "select from ai_sessions",
    ],
)
def test_the_worker_may_do_no_more_than_its_work(module_database: Database, statement: str) -> None:
    refused = pytest.raises(psycopg.errors.InsufficientPrivilege)
    with module_database.connect("flowpilot_pusher") as connection, refused:
        connection.execute(statement.encode())


@pytest.mark.parametrize(
    "seconds_left",
    [
        pytest.param(-1, id="before the request"),
        pytest.param(0.2, id="while the name was looked up"),
    ],
)
async def test_nothing_is_sent_once_the_lease_has_ended(monkeypatch: pytest.MonkeyPatch, seconds_left: float) -> None:
    """A worker that was suspended between its claim and its request."""
    look_up = socket.getaddrinfo

    def look_up_slowly(host: str, port: int, *options: int) -> list[Any]:
        time.sleep(0.4)
        return look_up(host, port, *options)

    with scripted(Said(body=[]), Said(201, {"id": 7})) as psa:
        async with connectwise(psa.url) as provider:
            await provider.test_connection()
            monkeypatch.setattr(socket, "getaddrinfo", look_up_slowly)
            send_until.set(asyncio.get_running_loop().time() + seconds_left)
            with pytest.raises(UnavailableError, match="lease"):
                await provider.add_note(TICKET, Note(text="n"), "fp:1")
    assert {method for method, _path in psa.calls} == {"GET"}
