"""The intents' states. Only the claim that holds an intent changes it: once its lease has ended, it changes nothing.

pending -> in_flight -> succeeded | failed | pending (later) | unknown
unknown -> succeeded (found) | unknown (looked for once) | pending (looked for twice) | failed (sent too often)
in_flight whose worker is gone -> unknown
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from psycopg.rows import class_row, dict_row

from services.events import PsaPushed
from services.outbox import add_event
from services.psa.database import Database, Transaction
from services.psa.intents import TimeEntry, decode_action
from services.psa.provider import ExternalRef
from services.psa.ticket import TicketRef
from services.psa.values import one_line

LOOKS: Final = 2
"""How often an intent must not be found before it is sent again."""
_DOUBLINGS: Final = 2  # of the wait before it is sent again
CLAIM: Final = Path(__file__).with_name("claim.sql").read_bytes()
# One worker at a time counts an account's requests and adds to them. Held for a few milliseconds.
ONE_AT_A_TIME: Final = "select from analytics.push_claim_lock for update"
# `looks` counts the look-ups in vain, LOOKS of them for each time that the intent was sent. These do away with the
# rest of a round, and with the round that follows where it was our own fault that there was no answer.
_WHOLE_ROUNDS: Final = f"looks - looks %% {LOOKS}"
_FORGIVEN: Final = f"greatest({_WHOLE_ROUNDS} - {LOOKS}, 0)"
_ORPHANED: Final = f"""
    update analytics.push_intent
    set state = 'unknown', looks = {_FORGIVEN}, available_at = now() + %s, lease_until = null, claim = null,
        error = 'the worker ended, or was silent for too long, in the middle of the request'
    where id in (
      select id from analytics.push_intent where state = 'in_flight' and lease_until <= now()
      for no key update skip locked
    )
"""  # noqa: S608  our own constants
# An erased session leaves no text behind.
_FAILED: Final = """
    state = 'failed', finished_at = now(), account_paused_until = null,
    payload = case when sequence < 0 then '{}' else payload end
"""
_SENT_TOO_OFTEN: Final = f"""
    {_FAILED}, error = format('sent %%s times, and not in the PSA; the last time: %%s', %(sends)s::integer, error)
"""
_SUCCEED: Final = """
    update analytics.push_intent
    set state = 'succeeded', external_id = %(external_id)s, error = null, finished_at = now(), lease_until = null,
        claim = null, account_paused_until = null, payload = case when sequence < 0 then '{}' else payload end
    where {which}
    returning id, account_id, session_id, ticket_ref, kind, %(hours)s::double precision as hours,
      finished_at
"""
_BACKLOG: Final = """
    select state, count(intent.id)::integer, coalesce(extract(epoch from now() - min(intent.created_at)), 0)::float8
    from unnest(array['pending', 'in_flight', 'unknown']) as state
    left join analytics.push_intent as intent using (state)
    group by state
"""
_MINE: Final = "id = %(id)s and claim = %(claim)s and state in ('in_flight', 'unknown')"


@dataclass(frozen=True, slots=True)
class Claim:
    """An intent that this worker, and no other, works on until its lease ends."""

    id: UUID
    claim: UUID
    account_id: UUID
    ticket_ref: str
    payload: str
    attempts: int
    looks: int
    to_be_found: bool
    """It is unknown: to be looked for, not to be sent."""


class Ledger:
    """Claims intents and records what became of them."""

    def __init__(
        self, database: Database, *, lease_seconds: float, reconcile_seconds: float, most_sends: int = 8
    ) -> None:
        self._database = database
        self._most_sends = most_sends
        self._lease = timedelta(seconds=lease_seconds)
        self._reconcile_after = timedelta(seconds=reconcile_seconds)

    async def claim(self, limit: int, account_concurrency: int) -> list[Claim]:
        """Claim up to so many intents, and commit: nothing is sent that the database does not know to be in flight."""
        async with self._database.transaction() as connection:
            await connection.execute(ONE_AT_A_TIME)
            await connection.execute(_ORPHANED, [self._reconcile_after])
            cursor = connection.cursor(row_factory=class_row(Claim))
            values = {"limit": limit, "account_concurrency": account_concurrency, "lease": self._lease}
            return await (await cursor.execute(CLAIM, values)).fetchall()

    async def succeed(self, claim: Claim, ref: ExternalRef) -> bool:
        """End the intent and store its event, in one transaction."""
        async with self._database.transaction() as connection:
            values = {"id": claim.id, "claim": claim.claim, "external_id": ref.id, "hours": hours_in(claim.payload)}
            return await record_success(connection, _MINE, values)

    async def fail(self, claim: Claim, error: str) -> bool:
        """Record that the PSA refused it for good."""
        return await self._end(claim, f"{_FAILED}, error = %(error)s", error=error)

    async def retry(self, claim: Claim, error: str, wait: timedelta, pause: timedelta) -> bool:
        """Record that nothing was done, to try again later; the account's other intents pause too, for less long."""
        return await self._end(
            claim,
            "state = 'pending', error = %(error)s, available_at = now() + %(wait)s,"
            " account_paused_until = now() + %(pause)s",
            error=error,
            wait=wait,
            pause=pause,
        )

    async def unknown(self, claim: Claim, error: str, *, ours: bool = False) -> bool:
        """Record that the outcome is not known, to look for it after a while. `ours`: the PSA is not at fault."""
        return await self._end(
            claim,
            f"state = 'unknown', looks = {_FORGIVEN if ours else _WHOLE_ROUNDS}, error = %(error)s,"
            " available_at = now() + %(after)s",
            error=error,
            after=self._reconcile_after,
        )

    async def not_found(self, claim: Claim) -> str | None:
        """Record that it was looked for in vain; return its new state, None where the claim had ended.

        It is looked for once more, then sent again, each time after a longer wait. After the last time that it may be
        sent it has failed: the PSA answers, and never with a success, and nothing must wait for it without end.
        """
        looks = claim.looks + 1
        sends, rest = divmod(looks, LOOKS)
        if rest:
            changes, wait = "state = 'unknown'", self._reconcile_after
        elif sends < self._most_sends:
            changes, wait = "state = 'pending'", self._reconcile_after * (2 ** min(sends - 1, _DOUBLINGS) - 1)
        else:
            changes, wait = _SENT_TOO_OFTEN, timedelta()
        return await self._end_as(
            claim, f"{changes}, looks = %(looks)s, available_at = now() + %(wait)s", looks=looks, wait=wait, sends=sends
        )

    async def look_later(self, claim: Claim, error: str, wait: timedelta, pause: timedelta) -> bool:
        """Record that it could not be looked for."""
        return await self._end(
            claim,
            "error = %(error)s, available_at = now() + %(wait)s, account_paused_until = now() + %(pause)s",
            error=error,
            wait=wait,
            pause=pause,
        )

    async def backlog(self) -> list[tuple[str, int, float]]:
        """For each state that is not an end: how many, and the age of the oldest in seconds."""
        async with self._database.transaction() as connection:
            return await (await connection.execute(_BACKLOG)).fetchall()

    async def _end(self, claim: Claim, changes: str, **values: Any) -> bool:  # noqa: ANN401  the changes' own values
        return await self._end_as(claim, changes, **values) is not None

    async def _end_as(self, claim: Claim, changes: str, **values: Any) -> str | None:  # noqa: ANN401  the same
        """Return the intent's new state, None where the claim had ended."""
        # The changes are this file's own constants; what comes from elsewhere is a parameter.
        statement = (
            f"update analytics.push_intent set lease_until = null, claim = null, {changes}"  # noqa: S608
            f" where {_MINE} returning state"
        )
        if "error" in values:
            values["error"] = one_line(values["error"])
        async with self._database.transaction() as connection:
            row = await (
                await connection.execute(statement, {"id": claim.id, "claim": claim.claim, **values})
            ).fetchone()
            return None if row is None else str(row[0])


async def record_success(connection: Transaction, which: str, values: dict[str, Any]) -> bool:
    """Mark the intent as succeeded and add its event; False where the intent is gone.

    The session is read here, not when the intent was claimed: it may have been erased meanwhile.
    """
    cursor = connection.cursor(row_factory=dict_row)
    row = await (await cursor.execute(_SUCCEED.replace("{which}", which), values)).fetchone()
    if row is None:
        return False
    ticket = TicketRef.parse(row["ticket_ref"]).id
    # At the database's time, like all else here: a worker's clock may be wrong by more than a consumer accepts.
    event = PsaPushed(
        row["account_id"], row["session_id"], row["kind"], ticket, row["hours"], id=row["id"], time=row["finished_at"]
    )
    await add_event(connection, event)
    return True


def hours_in(payload: str) -> float | None:
    """Return the hours that a stored action sends; None where it is no time."""
    action = decode_action(payload)
    return action.hours if isinstance(action, TimeEntry) else None
