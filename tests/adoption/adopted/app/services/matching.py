"""What the assistant does: opens a session, finds its flow, ends it."""

from uuid import UUID, uuid4

from app.database import transaction
from app.models import AiSession
from sqlalchemy import func, insert, update

from services.events import FlowMatched, PsaPushed
from services.outbox import add_event


async def open_session(account_id: UUID, problem_domain: str) -> UUID:
    session_id = uuid4()
    async with transaction(account_id) as connection:
        await connection.execute(
            insert(AiSession).values(id=session_id, account_id=account_id, problem_domain=problem_domain)
        )
    return session_id


async def match(account_id: UUID, session_id: UUID, flow_id: UUID, score: float) -> None:
    async with transaction(account_id) as connection:
        await connection.execute(
            update(AiSession)
            .where(AiSession.id == session_id)
            .values(matched_flow_id=flow_id, match_score=score, confidence_tier="guided", confidence_score=score)
        )
        await add_event(connection, FlowMatched(account_id, session_id, flow_id, match_score=score))


async def resolve(account_id: UUID, session_id: UUID) -> None:
    async with transaction(account_id) as connection:
        await connection.execute(
            update(AiSession).where(AiSession.id == session_id).values(status="resolved", resolved_at=func.now())
        )


async def pushed(account_id: UUID, session_id: UUID, ticket: str, hours: float) -> None:
    async with transaction(account_id) as connection:
        await add_event(connection, PsaPushed(account_id, session_id, "time_entry_posted", ticket, hours_logged=hours))
