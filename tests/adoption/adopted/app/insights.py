"""The numbers on a page of the application's own, by the same functions that the API has."""

import os
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, HTTPException
from sqlalchemy.ext.asyncio import create_async_engine

from shared_queries.errors import ParameterError
from shared_queries.periods.period import parse_period
from shared_queries.questions.overview import overview
from shared_queries.run import run
from shared_queries.scope import Scope

router = APIRouter()
replica = create_async_engine(os.environ["INSIGHTS_DATABASE_URL"])


@router.get("/accounts/{account_id}/insights")
async def insights(account_id: UUID, period: str = "30d") -> dict[str, Any]:
    scope = Scope(account_id)
    try:
        asked = parse_period(period=period, from_=None, to=None, tz=None, now=datetime.now(UTC), default_tz=None)
    except ParameterError as error:
        raise HTTPException(400, f"{error.parameter}: {error.message}") from error
    async with replica.connect() as connection:
        answer = await run(connection, lambda source: overview(scope, asked, source), scope)
    return asdict(answer)
