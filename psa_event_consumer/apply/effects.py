"""What events do to the database: one statement a topic, which takes a batch and says what became of each event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import assert_never, cast

import msgspec
from psycopg import AsyncConnection

from psa_event_consumer.apply.batch import Reason
from psa_event_consumer.apply.database import timestamptz_array, uuid_array
from services.events import CONTRACTS, Event, FlowMatched, PsaPushed


class RowVanishedError(Exception):
    """A flow was deleted between its test and its update: the batch has to be tested again."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a statement did; an event that is neither accepted nor dead was a duplicate."""

    accepted: int
    dead: list[tuple[int, Reason]]
    """Index within the batch, and reason."""


def parameters_of(events: Sequence[Event]) -> Mapping[str, object]:
    """Return the statement's parameters for a batch of one topic, which is of one kind."""
    match events[0]:
        case FlowMatched():
            return _flow_matched(cast("Sequence[FlowMatched]", events))
        case PsaPushed():
            return _psa_pushed(cast("Sequence[PsaPushed]", events))
        case never:
            assert_never(never)


def _flow_matched(events: Sequence[FlowMatched]) -> Mapping[str, object]:
    return {
        "event_id": uuid_array([event.id for event in events]),
        "account_id": uuid_array([event.account_id for event in events]),
        "session_id": uuid_array([event.session_id for event in events]),
        "flow_id": uuid_array([event.flow_id for event in events]),
        "occurred_at": timestamptz_array([event.time for event in events]),
    }


def _psa_pushed(events: Sequence[PsaPushed]) -> Mapping[str, object]:
    rows = [
        {
            "event_id": event.id,
            "account_id": event.account_id,
            "session_id": event.session_id,
            "activity_type": event.activity_type,
            "psa_ticket_id": event.psa_ticket_id,
            "hours_logged": event.hours_logged,
            "occurred_at": event.time,
        }
        for event in events
    ]
    return {"events": msgspec.json.encode(rows).decode()}


STATEMENTS: Mapping[str, str] = {
    contract.topic: files(__package__).joinpath("statements", f"{contract.name}.sql").read_text("utf-8")
    for contract in CONTRACTS
}
"""The hot statement by its topic."""


async def apply(connection: AsyncConnection, topic: str, events: Sequence[Event]) -> Effect:
    """Apply the events of one topic in the caller's transaction.

    Raises:
        RowVanishedError: a flow was deleted meanwhile.
        psycopg.Error: as the database says; the caller rolls back.
    """
    cursor = await connection.execute(STATEMENTS[topic], parameters_of(events))
    row = await cursor.fetchone()
    assert row is not None  # noqa: S101  an aggregate without grouping gives one row
    accepted, written, ordinals, reasons = row
    if accepted != written:
        raise RowVanishedError
    return Effect(accepted, [(ordinal - 1, reason) for ordinal, reason in zip(ordinals, reasons, strict=True)])
