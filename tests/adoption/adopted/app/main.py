"""The application's HTTP side; the account would come from its sign-in."""

from uuid import UUID

from app import insights
from app.services import matching
from fastapi import FastAPI

app = FastAPI()
app.include_router(insights.router)


@app.post("/accounts/{account_id}/sessions")
async def open_session(account_id: UUID, problem_domain: str) -> UUID:
    return await matching.open_session(account_id, problem_domain)


@app.post("/accounts/{account_id}/sessions/{session_id}/match")
async def match(account_id: UUID, session_id: UUID, flow_id: UUID, score: float = 0.9) -> None:
    await matching.match(account_id, session_id, flow_id, score)


@app.post("/accounts/{account_id}/sessions/{session_id}/resolve")
async def resolve(account_id: UUID, session_id: UUID) -> None:
    await matching.resolve(account_id, session_id)


@app.post("/accounts/{account_id}/sessions/{session_id}/pushed")
async def pushed(account_id: UUID, session_id: UUID, ticket: str, hours: float) -> None:
    await matching.pushed(account_id, session_id, ticket, hours)
