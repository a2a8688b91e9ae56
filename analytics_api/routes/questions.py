"""The five questions, as JSON or CSV, with conditional requests."""

from dataclasses import replace
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.handlers import HTTPRouteHandler

from analytics_api.edge.caching import CACHE_HEADERS, matches, weak_etag
from analytics_api.questions.answering import Answered, Answering
from analytics_api.questions.csv_export import metrics_csv, table_csv
from analytics_api.questions.endpoints import ENDPOINTS, Endpoint

JSON = "application/json"
CSV = "text/csv"


def question_routes(answering: Answering) -> list[HTTPRouteHandler]:
    """One route per endpoint."""
    return [_route(endpoint, answering) for endpoint in ENDPOINTS]


def _route(endpoint: Endpoint, answering: Answering) -> HTTPRouteHandler:
    @get(endpoint.path, name=endpoint.name)
    async def ask(request: Request[Any, Any, Any]) -> Response[bytes]:
        authorization = request.headers.getall("authorization", [])
        answered = await answering.answer(endpoint, authorization, request.scope["query_string"])
        return _response(answered, request.headers.get("if-none-match"))

    return ask


def _response(answered: Answered, if_none_match: str | None) -> Response[bytes]:
    endpoint, as_csv = answered.endpoint, answered.values.get("format") == "csv"
    body = _csv(answered) if as_csv else msgspec.json.encode(answered.response)
    etag = weak_etag(
        answered.principal.scope.account_id,
        answered.principal.role,
        [endpoint.name, *(f"{name}={value}" for name, value in sorted(answered.values.items()))],
        body if as_csv else _tagged(answered.response),
    )
    headers = {**CACHE_HEADERS, **answered.freshness.headers, "ETag": etag}
    if matches(if_none_match, etag):
        return Response(b"", status_code=304, headers=headers)
    if as_csv:
        headers["Content-Disposition"] = f'attachment; filename="{_file_name(answered)}"'
    return Response(body, media_type=CSV if as_csv else JSON, headers=headers)


def _tagged(response: Any) -> bytes:  # noqa: ANN401  any of the response types
    """Return the body without what changes while the answer stays: `as_of`, and a cursor's now."""
    volatile = {"as_of": None, "next_cursor": None}
    return msgspec.json.encode(
        replace(response, **{name: volatile[name] for name in volatile if hasattr(response, name)})
    )


def _csv(answered: Answered) -> bytes:
    table = answered.endpoint.table
    if table is None:
        return metrics_csv(answered.answer)
    name, row_type = table
    return table_csv(row_type, getattr(answered.answer, name))


def _file_name(answered: Answered) -> str:
    period = answered.response.period
    return f"flowpilot-{answered.endpoint.name}-{period.from_}-to-{period.to}.csv"
