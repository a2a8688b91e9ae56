"""Counts an account's `trees.usage_count` again from its sessions, while events go on being applied.

In one snapshot every session that is matched counts once for its flow. An event that was committed before that snapshot
and is applied after it would count the same match again, so it is taken off beforehand: it waits in the outbox or in
Kafka, and its own application brings the count to what the sessions say. What is committed later is not in the snapshot
and counts as ever. The result is written as a difference, so that it does not matter what is applied meanwhile.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import AsyncConnection

from psa_event_consumer.apply.database import uuid_array
from services.events import FLOW_MATCHED_TOPIC, FlowMatched


@dataclass(frozen=True, slots=True)
class FlowCount:
    """One flow in the snapshot."""

    usage_count: int
    """What `trees` says."""
    sessions: int
    """What the sessions say."""
    last_matched_at: datetime | None
    """When the newest of them was created."""


async def flows(connection: AsyncConnection, account_id: UUID) -> dict[UUID, FlowCount]:
    """Return the account's flows as this snapshot has them."""
    cursor = await connection.execute(
        """
        select flow.id, coalesce(flow.usage_count, 0), count(session.id), max(session.created_at)
        from trees as flow
        left join ai_sessions as session
          on session.matched_flow_id = flow.id and session.account_id = flow.account_id
        where flow.account_id = %s
        group by flow.id
        """,
        (account_id,),
    )
    return {flow: FlowCount(*rest) for flow, *rest in await cursor.fetchall()}


async def outbox_payloads(connection: AsyncConnection) -> list[bytes]:
    """Return what waits in the outbox in this snapshot."""
    cursor = await connection.execute("select payload from analytics.waiting_events(%s)", (FLOW_MATCHED_TOPIC,))
    return [payload for (payload,) in await cursor.fetchall()]


async def dead_payloads(connection: AsyncConnection) -> list[bytes]:
    """Return the values of dead letters that an operator may still replay."""
    cursor = await connection.execute(
        "select value from analytics.dead_letter where topic = %s and status = 'new' and value is not null",
        (FLOW_MATCHED_TOPIC,),
    )
    return [value for (value,) in await cursor.fetchall()]


async def still_to_count(connection: AsyncConnection, events: Iterable[FlowMatched]) -> Counter[UUID]:
    """Count, for each flow, those of these events that this snapshot has not applied; the same id counts once.

    An event whose session is gone will be a dead letter, and count nothing.
    """
    by_id = {event.id: event for event in events}
    cursor = await connection.execute(
        """
        select event_id
        from unnest(%s::uuid[], %s::uuid[], %s::uuid[]) as waiting (event_id, session_id, account_id)
        join ai_sessions as session on session.id = waiting.session_id and session.account_id = waiting.account_id
        where event_id not in (select event_id from analytics.inbox where event_id = any(%s::uuid[]))
        """,
        (
            uuid_array(list(by_id)),
            uuid_array([event.session_id for event in by_id.values()]),
            uuid_array([event.account_id for event in by_id.values()]),
            uuid_array(list(by_id)),
        ),
    )
    return Counter(by_id[event_id].flow_id for (event_id,) in await cursor.fetchall())


async def correct(
    connection: AsyncConnection, guard: AsyncConnection, counts: Mapping[UUID, FlowCount], waiting: Counter[UUID]
) -> int:
    """Bring the flows to what the snapshot says; how many differed. In the order in which the consumer locks them.

    Raises:
        psycopg.OperationalError: the guard's connection, and with it the lock, was lost; nothing is changed then.
    """
    changed = 0
    async with connection.transaction():
        for flow_id, count in sorted(counts.items()):
            difference = count.sessions - waiting[flow_id] - count.usage_count
            cursor = await connection.execute(
                """
                update trees set usage_count = coalesce(usage_count, 0) + %(difference)s,
                  last_matched_at = greatest(last_matched_at, %(last_matched_at)s)
                where id = %(flow_id)s
                  and (%(difference)s <> 0 or last_matched_at is null or last_matched_at < %(last_matched_at)s)
                """,
                {"difference": difference, "last_matched_at": count.last_matched_at, "flow_id": flow_id},
            )
            changed += cursor.rowcount
        await guard.execute("select")
    return changed
