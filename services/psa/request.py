"""`request_push`: asks for a push inside the caller's transaction."""

from collections.abc import Awaitable
from typing import Any, overload
from uuid import UUID

from sqlalchemy import Text, cast, literal, select
from sqlalchemy.dialects.postgresql import JSONB, insert

from services.connection import AnyAsyncConnection, Steps, SyncConnection, run
from services.psa.errors import IntentConflictError
from services.psa.intents import PushIntent, checked, decode_action, encode_action
from services.psa.ticket import TicketRef
from shared_queries.tables import push_intent


@overload
def request_push(connection: SyncConnection, intent: PushIntent) -> UUID: ...
@overload
def request_push(connection: AnyAsyncConnection, intent: PushIntent) -> Awaitable[UUID]: ...
def request_push(connection: Any, intent: PushIntent) -> UUID | Awaitable[UUID]:
    """Store the intent inside the caller's transaction, and return its id: a worker pushes it once that commits.

    Asked for again with the same key and content, it is the same push, and the answer is the first one's id. Takes
    what `services.outbox.add_event` takes; with an asynchronous connection the answer is to be awaited.

    Raises:
        InvalidIntentError: a field breaks its rule; nothing has been sent to the database.
        IntentConflictError: the key was used before, for something else. The transaction can go on.
        TypeError: the connection is of another kind.
    """
    recorded: UUID | Awaitable[UUID] = run(connection, _request(checked(intent)))
    return recorded


def _request(intent: PushIntent) -> Steps[UUID]:
    ticket_ref = str(TicketRef.parse(intent.ticket_ref))
    added = yield (
        insert(push_intent)
        .values(
            id=intent.id,
            account_id=intent.account_id,
            session_id=intent.session_id,
            ticket_ref=ticket_ref,
            kind=intent.kind,
            sequence=intent.sequence,
            payload=cast(literal(encode_action(intent.action), Text), JSONB),
        )
        .on_conflict_do_nothing()
        .returning(push_intent.c.id)
    )
    if added:
        return intent.id
    found = yield (
        select(push_intent.c.id, cast(push_intent.c.payload, Text)).where(
            push_intent.c.account_id == intent.account_id,
            push_intent.c.session_id.is_not_distinct_from(intent.session_id),
            push_intent.c.ticket_ref == ticket_ref,
            push_intent.c.kind == intent.kind,
            push_intent.c.sequence == intent.sequence,
        )
    )
    if not found or decode_action(found[0][1]) != intent.action:
        raise IntentConflictError(
            f"{intent.kind} {intent.sequence} for session {intent.session_id} on ticket {intent.ticket_ref!r} was"
            " requested before, with another content: give a further one the next sequence"
        )
    return UUID(str(found[0][0]))
