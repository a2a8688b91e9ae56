"""The main app backs its own `/insights` with these functions: FastAPI, its own engine, its own role and sign-in."""

from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI, HTTPException
from httpx import ASGITransport, AsyncClient
from sqlalchemy import Engine, NullPool, create_engine

from shared_queries.errors import ParameterError
from shared_queries.periods.period import parse_period
from shared_queries.plan import Plan
from shared_queries.questions.coverage import coverage
from shared_queries.questions.drill_down import drill_down
from shared_queries.questions.flow_quality import flow_quality
from shared_queries.questions.overview import overview
from shared_queries.questions.psa import psa
from shared_queries.questions.session_filter import SessionFilter
from shared_queries.run import run
from shared_queries.scope import Scope
from tests.infra.database import Database
from tests.queries.rows import NOW, category, fill, flow, session
from tests.reference.rows import AllRows

MINE, OTHERS = uuid4(), uuid4()


def insights(engine: Engine) -> FastAPI:
    """A page of the main app: the account comes from its session, here from the path."""
    app = FastAPI()

    def answer(scope: Scope, plan: Plan[Any]) -> dict[str, Any]:
        with engine.connect() as connection:
            return asdict(run(connection, plan, scope))

    @app.get("/accounts/{account_id}/insights")
    def show(account_id: UUID, period: str | None = None, tz: str | None = None) -> dict[str, Any]:
        scope = Scope(account_id)
        try:
            asked = parse_period(period=period, from_=None, to=None, tz=tz, now=NOW, default_tz=None)
        except ParameterError as error:
            raise HTTPException(400, f"{error.parameter}: {error.message}") from error
        return {
            "coverage": answer(scope, coverage(scope, asked)),
            "flow_quality": answer(scope, flow_quality(scope, asked, sort="usage")),
            "overview": answer(scope, overview(scope, asked)),
            "psa": answer(scope, psa(scope, asked)),
            "sessions": answer(scope, drill_down(scope, asked, SessionFilter(limit=1))),
        }

    return app


@pytest.fixture
async def client(database: Database) -> AsyncIterator[AsyncClient]:
    superuser = create_engine(_sqlalchemy(database.dsn), poolclass=NullPool)
    with superuser.begin() as connection:
        world = AllRows()
        for account in (MINE, OTHERS, OTHERS):
            named = category(account, "Network")
            matched = flow(account, category_id=named["id"], last_matched_at=NOW)
            world.categories.append(named)
            world.flows.append(matched)
            world.sessions.append(
                session(
                    account,
                    status="resolved",
                    matched_flow_id=matched["id"],
                    created_at=NOW - timedelta(hours=1),
                    resolved_at=NOW,
                )
            )
        fill(connection, world)
    engine = create_engine(_sqlalchemy(database.dsn_for("flowpilot_api")), poolclass=NullPool)
    async with AsyncClient(transport=ASGITransport(insights(engine)), base_url="http://main-app") as client:
        yield client


async def test_the_main_app_shows_the_same_numbers_from_its_own_engine(client: AsyncClient) -> None:
    asked = {"period": "7d", "tz": "Europe/Berlin"}
    shown = (await client.get(f"/accounts/{MINE}/insights", params=asked)).json()
    assert shown["overview"]["total_sessions"] == 1
    assert shown["overview"]["mttr_minutes"] == 60
    assert [(row["domain"], row["flow_count"]) for row in shown["coverage"]["domains"]] == [("Network", 1)]
    assert [row["usage_count"] for row in shown["flow_quality"]["flows"]] == [1]
    assert [row["date"] for row in shown["psa"]["daily_trend"]][-1] == "2026-03-18"
    assert (shown["sessions"]["total_count"], shown["sessions"]["next_cursor"]) == (1, None)


async def test_an_account_sees_its_own_rows_only(client: AsyncClient) -> None:
    counts = [
        (await client.get(f"/accounts/{account}/insights")).json()["overview"]["total_sessions"]
        for account in (MINE, OTHERS, uuid4())
    ]
    assert counts == [1, 2, 0]


async def test_a_period_that_cannot_be_used_is_the_callers_to_report(client: AsyncClient) -> None:
    response = await client.get(f"/accounts/{MINE}/insights", params={"tz": "Mars"})
    assert (response.status_code, response.json()["detail"].split(":")[0]) == (400, "tz")


def _sqlalchemy(dsn: str) -> str:
    return dsn.replace("postgresql://", "postgresql+psycopg://", 1)
