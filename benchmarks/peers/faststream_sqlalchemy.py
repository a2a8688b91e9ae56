"""FastStream and SQLAlchemy as their documentation shows them: a handler per message, a session per message."""

import asyncio
import os
from datetime import datetime
from uuid import UUID

from faststream import AckPolicy, FastStream
from faststream.kafka import KafkaBroker
from pydantic import BaseModel
from sqlalchemy import func, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from services.events import FLOW_MATCHED_TOPIC
from shared_queries.tables import inbox, trees


class Data(BaseModel):
    """What the event tells."""

    account_id: UUID
    session_id: UUID
    flow_id: UUID
    match_score: float | None = None


class FlowMatched(BaseModel):
    """The CloudEvent."""

    id: UUID
    time: datetime
    data: Data


engine = create_async_engine(os.environ["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"))
sessions = async_sessionmaker(engine)
broker = KafkaBroker(os.environ["BOOTSTRAP"])
app = FastStream(broker)


@broker.subscriber(
    FLOW_MATCHED_TOPIC,
    group_id=os.environ["GROUP"],
    auto_offset_reset="earliest",
    ack_policy=AckPolicy.NACK_ON_ERROR,
)
async def handle(event: FlowMatched) -> None:
    """Count a match once."""
    async with sessions.begin() as session:
        first = await session.execute(
            insert(inbox).values(event_id=event.id).on_conflict_do_nothing().returning(inbox.c.event_id)
        )
        if first.first() is None:
            return
        await session.execute(
            update(trees)
            .where(trees.c.id == event.data.flow_id, trees.c.account_id == event.data.account_id)
            .values(
                usage_count=trees.c.usage_count + 1,
                last_matched_at=func.greatest(trees.c.last_matched_at, event.time),
            )
        )


if __name__ == "__main__":
    asyncio.run(app.run())
