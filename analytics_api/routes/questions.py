"""The questions, as JSON or CSV, with conditional requests."""

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from analytics_api.edge.layers import matches
from analytics_api.questions.answering import Answering
from analytics_api.questions.endpoints import ENDPOINTS, Endpoint
from analytics_api.questions.session_export import Export
from analytics_api.questions.shown import CSV, Shown


def question_routes(answering: Answering) -> list[HTTPRouteHandler]:
    """One route per endpoint."""
    return [_route(endpoint, answering) for endpoint in ENDPOINTS]


def _route(endpoint: Endpoint, answering: Answering) -> HTTPRouteHandler:
    @get(endpoint.path, name=endpoint.name)
    async def ask(request: Request[Any, Any, Any]) -> Response[bytes] | Stream:
        authorization = request.headers.getall("authorization", [])
        shown = await answering.answer(endpoint, authorization, request.scope["query_string"])
        if isinstance(shown, Export):
            return Stream(shown.chunks, media_type=CSV, headers=dict(shown.headers))
        return _response(shown, request.headers.get("if-none-match"))

    return ask


def _response(shown: Shown, if_none_match: str | None) -> Response[bytes]:
    if matches(if_none_match, shown.etag):
        return Response(b"", status_code=304, headers=dict(shown.headers))
    headers = dict(shown.headers)
    if shown.disposition is not None:
        headers["Content-Disposition"] = shown.disposition
    return Response(shown.body, media_type=shown.media_type, headers=headers)
