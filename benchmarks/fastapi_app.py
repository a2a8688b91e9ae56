"""The API's questions behind FastAPI instead of Litestar, for comparison alone.

The same token, snapshot, plan and encoding, with FastAPI's own routing and responses; `benchmarks.http_latency` starts
it with the API's own environment.
"""

import os

import uvicorn
from fastapi import FastAPI, Request, Response

from analytics_api.auth.tokens import TokenVerifier
from analytics_api.database.replica import Replica
from analytics_api.questions.answering import Answering
from analytics_api.questions.endpoints import ENDPOINTS, Endpoint
from analytics_api.settings import Settings

settings = Settings.from_env(os.environ)
answering = Answering(
    settings=settings,
    verifier=TokenVerifier(secret=settings.jwt_secret, keys=settings.jwt_keys),
    replica=Replica(settings.database_url),
)
app = FastAPI()


@app.get("/health/live")
async def live() -> dict[str, str]:
    """Answer without a database."""
    return {"status": "live"}


def add_route(endpoint: Endpoint) -> None:
    """Answer the endpoint's question."""

    async def ask(request: Request) -> Response:
        shown = await answering.answer(
            endpoint, request.headers.getlist("authorization"), request.scope["query_string"]
        )
        return Response(shown.body, media_type=shown.media_type, headers=dict(shown.headers))

    app.get(endpoint.path)(ask)


for each in ENDPOINTS:
    add_route(each)

if __name__ == "__main__":
    uvicorn.run(app, host=settings.host, port=settings.port, access_log=False, log_level="warning")
