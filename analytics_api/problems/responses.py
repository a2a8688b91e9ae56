"""The one place that turns an error into a response."""

from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from analytics_api.problems.errors import Problem, ProblemError

PROBLEM_JSON = "application/problem+json"
ALLOWED_METHODS = "GET, HEAD, OPTIONS"

log = structlog.get_logger(__name__)


def plain_problem(status: int, detail: str) -> bytes:
    """Return a problem without a type of its own: the status says all there is (RFC 9457 section 4.2.1)."""
    problem = Problem(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail)
    return msgspec.json.encode(problem)


def _ours(_: Request[Any, Any, Any], error: ProblemError) -> Response[bytes]:
    headers = {"Cache-Control": "no-store", **error.headers}
    return _response(error.status, msgspec.json.encode(error.problem), headers)


def _litestars(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    status = error.status_code
    headers: dict[str, str] = {}
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ALLOWED_METHODS
        detail = f"only {ALLOWED_METHODS} are answered here"
    elif status == HTTPStatus.NOT_FOUND:
        detail = "nothing is found at this address; see /schema"
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unexpected(request, error)
    else:
        detail = error.detail
    return _response(status, plain_problem(status, detail), headers)


def _unexpected(_: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    log.error("unexpected_error", exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    return _response(status, plain_problem(status, "the service failed; its log says why"), {})


def _response(status: int, body: bytes, headers: dict[str, str]) -> Response[bytes]:
    return Response(body, status_code=status, media_type=PROBLEM_JSON, headers=headers)


EXCEPTION_HANDLERS: ExceptionHandlersMap = {ProblemError: _ours, HTTPException: _litestars, Exception: _unexpected}
