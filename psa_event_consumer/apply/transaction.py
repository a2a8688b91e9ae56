"""The one transaction of docs/design.md section 5: a batch of one topic is applied whole, or not at all.

A fetch that brings both topics is two transactions, lower topic first. One would hold locks on flows while it waits for
rows about sessions, and a main application that updates sessions and then a flow would meet it in a deadlock.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from psycopg import AsyncConnection, errors

from psa_event_consumer.apply import database, dead_letters, effects, offsets, readiness
from psa_event_consumer.apply.batch import Batch, Dead, Reason, Record
from services.events import Event

log = structlog.get_logger(__name__)

_TESTS_AGAIN = 5
_DETAILS: dict[Reason, str] = {
    "unknown_flow": "no flow has this flow_id",
    "unknown_session": "no session has this session_id",
    "account_mismatch": "the account does not exist, or another one owns what the event names",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: every record is exactly one of these."""

    applied: int
    duplicates: int
    dead: list[Dead]


async def apply_batch(connection: AsyncConnection, group_id: str, batch: Batch) -> Outcome:
    """Advance the positions, apply the events that are new, keep what cannot be applied: all of it or nothing.

    Raises:
        offsets.FencedError: a position is not where we believed it.
        psycopg.Error: anything but a record's own fault. The batch may even be committed, when the connection died at
            the end: whoever calls loads the positions again and fetches from there.
    """
    async with database.transaction(connection):
        await offsets.advance(connection, group_id, batch.topic, batch.moves)
        outcome = await apply_events(connection, batch)
        if outcome.dead:
            epochs = {move.partition: move.epoch for move in batch.moves}
            await dead_letters.insert(connection, group_id, epochs, outcome.dead)
    return outcome


async def apply_events(connection: AsyncConnection, batch: Batch) -> Outcome:
    """Apply a batch's events in the caller's transaction; also how an operator's replay is applied."""
    applied, late = await _apply(connection, batch.topic, batch.events)
    if late:
        # Were rows hidden from us by row-level security, every event would look as if it named nothing.
        await readiness.ensure_rows_are_visible(connection)
    dead = sorted([*batch.dead, *late], key=lambda letter: (letter.record.partition, letter.record.offset))
    return Outcome(applied, len(batch) - applied - len(dead), dead)


async def _apply(
    connection: AsyncConnection, topic: str, entries: Sequence[tuple[Record, Event]]
) -> tuple[int, list[Dead]]:
    if not entries:
        return 0, []
    try:
        effect = await _apply_tested(connection, topic, [event for _, event in entries])
    except (errors.DataError, errors.IntegrityError, UnicodeError) as error:
        # One record's own fault stops the statement: halve until it stands alone.
        if len(entries) == 1:
            record, event = entries[0]
            log.warning("event_refused_by_database", topic=topic, event_id=event.id, error=str(error))
            return 0, [Dead(record, _reason(error), _detail(error), event.id)]
        middle = len(entries) // 2
        first, first_dead = await _apply(connection, topic, entries[:middle])
        second, second_dead = await _apply(connection, topic, entries[middle:])
        return first + second, first_dead + second_dead
    dead = [Dead(entries[index][0], reason, _DETAILS[reason], entries[index][1].id) for index, reason in effect.dead]
    return effect.accepted, dead


async def _apply_tested(connection: AsyncConnection, topic: str, events: Sequence[Event]) -> effects.Effect:
    """Apply events within a savepoint; again where a row was deleted between its test and its use."""
    for attempt in range(1, _TESTS_AGAIN + 1):
        try:
            async with connection.transaction():
                return await effects.apply(connection, topic, events)
        except (errors.ForeignKeyViolation, effects.RowVanishedError):
            if attempt == _TESTS_AGAIN:
                raise
    raise AssertionError  # pragma: no cover  the loop returns or raises


def _reason(error: Exception) -> Reason:
    if isinstance(error, errors.ForeignKeyViolation):
        return "unknown_session" if "session" in (error.diag.constraint_name or "") else "account_mismatch"
    return "invalid"


def _detail(error: Exception) -> str:
    if isinstance(error, errors.Error) and error.diag.message_primary:
        return f"the database refuses it: {error.sqlstate} {error.diag.message_primary}"
    return f"the database cannot take it: {error}"
